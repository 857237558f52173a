import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from tasks.models import Answer, Lease
from tasks.showing.projects import count_progress
from tests.factories import make_known, make_project, make_task, make_workflow, post_answer

pytestmark = pytest.mark.django_db


class PlainBrowser:
    """A browser without scripts: it sends the fields of the form that it sees."""

    def __init__(self, project):
        self.client = Client(enforce_csrf_checks=True)
        self.url = f"/play/{project.slug}/"
        self.page = ""

    def post(self, **fields):
        hidden = {name: self.hidden(name) for name in ("lease", "key", "csrfmiddlewaretoken")} if self.page else {}
        response = self.client.post(self.url, {k: v for k, v in (hidden | fields).items() if v})
        self.page = response.content.decode()
        return response

    def hidden(self, name):
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return found and found[1]


@pytest.fixture
def workflow():
    return make_workflow(make_project(letters="åäö"))


def test_the_page_before_play_only_offers_to_start(workflow):
    make_task(workflow)

    response = Client().get(f"/play/{workflow.project.slug}/")

    assert response.status_code == 200
    assert Lease.objects.count() == 0
    assert 'name="lease" value=""' in response.content.decode()


def test_lines_are_read_with_plain_forms(workflow):
    for _ in range(2):
        make_task(workflow)
    browser = PlainBrowser(workflow.project)

    browser.post()
    browser.post(text="Oulu")
    response = browser.post(blank="true")

    assert response.status_code == 200
    assert sorted(Answer.objects.values_list("vote", flat=True)) == ["!blank", "=Oulu"]


def take_back(browser):
    """Press the button that takes the last answer back; None when the page offers none."""
    fields = {name: browser.hidden(name) for name in ("back", "taken", "now")}
    return browser.post(**fields, lease="", key="") if fields["back"] else None


def test_the_last_answer_is_taken_back_with_a_plain_button_and_comes_again_as_typed(workflow):
    for _ in range(2):
        make_task(workflow)
    browser = PlainBrowser(workflow.project)
    browser.post()
    first = browser.hidden("lease")
    browser.post(text="Olu")

    take_back(browser)
    assert (browser.hidden("lease"), 'value="Olu"' in browser.page) == (first, True)
    assert take_back(browser) is None
    for text in ("Oulu", "Kemi"):
        browser.post(text=text)

    assert list(Answer.objects.filter(withdrawn_at=None).order_by("pk").values_list("vote", flat=True)) == [
        "=Oulu",
        "=Kemi",
    ]


def test_after_a_minute_an_answer_stands_and_the_line_shown_stays(workflow):
    for _ in range(2):
        make_task(workflow)
    browser = PlainBrowser(workflow.project)
    browser.post()
    browser.post(text="Olu")
    second = browser.hidden("lease")
    Answer.objects.update(created_at=timezone.now() - timedelta(seconds=61))

    take_back(browser)

    assert "An answer can be taken back for a minute; this one is older." in browser.page
    assert (browser.hidden("lease"), Answer.objects.get().withdrawn_at) == (second, None)


def test_the_answer_after_which_nothing_is_left_can_be_taken_back_too(workflow):
    task = make_task(workflow)
    post_answer(task, "Oulu", now=None)
    browser = PlainBrowser(workflow.project)
    browser.post()
    browser.post(text="Oulu")

    take_back(browser)

    assert "Taken back. The line goes to someone else." in browser.page
    assert Answer.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("back", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nothing_is_taken_back_under_a_key_that_is_none(workflow, back):
    make_task(workflow)
    browser = PlainBrowser(workflow.project)
    browser.post()

    response = browser.client.post(
        browser.url, {"back": back, "csrfmiddlewaretoken": browser.hidden("csrfmiddlewaretoken")}
    )

    assert (response.status_code, 'role="alert"' in response.text) == (200, True)


def test_nothing_typed_is_lost_when_an_answer_is_refused(workflow):
    task = make_task(workflow)
    browser = PlainBrowser(workflow.project)
    browser.post()
    lease = browser.hidden("lease")

    browser.post(text="x" * 2001)

    assert (browser.hidden("lease"), "x" * 2001 in browser.page) == (lease, True)
    assert browser.post(text="Oulu").status_code == 200
    assert Answer.objects.get().task_id == task.pk


def test_a_verification_is_answered_with_plain_buttons():
    workflow = make_workflow(kind="verify")
    make_task(workflow, suggestion="Helsmki")
    browser = PlainBrowser(workflow.project)

    browser.post()
    assert "Helsmki" in browser.page
    browser.post(match="false")

    assert Answer.objects.get().value == {"matches": False}


def test_a_form_sent_twice_counts_once(workflow):
    make_task(workflow)
    browser = PlainBrowser(workflow.project)
    browser.post()
    fields = {name: browser.hidden(name) for name in ("lease", "key")}

    for _ in range(2):
        browser.post(text="Oulu", **fields)

    assert Answer.objects.count() == 1


def test_a_form_from_another_site_is_refused_in_plain_words(workflow):
    response = Client().post(f"/play/{workflow.project.slug}/", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert "another site" in response.content.decode()
    assert Lease.objects.count() == 0


def test_a_draft_project_is_nowhere(workflow):
    workflow.project.state = "draft"
    workflow.project.save()

    for path in (f"/play/{workflow.project.slug}/", f"/projects/{workflow.project.slug}/"):
        assert Client().get(path).status_code == 404


def test_when_nothing_is_left_the_page_thanks_and_offers_the_next_project(workflow):
    other = make_task().project

    count_progress(other.pk)
    browser = PlainBrowser(workflow.project)

    browser.post()

    assert f"/play/{other.slug}/" in browser.page


@pytest.mark.parametrize(
    ("opens_as", "query", "way"),
    [
        ("plain", "", "plain"),
        ("bridge", "", "bridge"),
        ("bridge", "?way=plain", "plain"),
        ("plain", "?way=bridge", "bridge"),
        ("bridge", "?way=nonsense", "bridge"),
    ],
)
def test_the_address_says_which_way_is_played_else_the_project(opens_as, query, way):
    project = make_project(way=opens_as)

    page = Client().get(f"/play/{project.slug}/{query}")

    assert (f"as-{way}" in page.content.decode(), page.cookies) == (True, {})


def test_the_way_asked_for_stays_when_lines_are_read_with_plain_forms(workflow):
    make_task(workflow)

    page = Client().post(f"/play/{workflow.project.slug}/?way=bridge").content.decode()

    assert f'action="/play/{workflow.project.slug}/?way=bridge"' in page


def imported_by(module):
    """Return the names of all scripts of the play page that a script needs, those that they need included."""
    found, todo = set(), [module]
    while todo:
        source = Path(finders.find(f"tasks/{todo.pop()}")).read_text()
        new = set(re.findall(r'from "\./([\w.]+)"', source)) - found
        found |= new
        todo += new
    return found


def test_the_page_asks_for_all_scripts_at_once(workflow):
    page = Client().get(f"/play/{workflow.project.slug}/").content.decode()

    assert set(re.findall(r'rel="modulepreload" href="/static/tasks/([\w.]+)"', page)) == imported_by("play.js")


def test_the_plain_form_says_what_a_known_line_says_to_whoever_read_it_otherwise(client, monkeypatch):
    monkeypatch.setattr("random.shuffle", lambda made: made.sort(key=lambda lease: -lease[1].purpose))  # checks first
    workflow = make_workflow()
    make_task(workflow)
    make_known(make_task(workflow), "i Helsinki 1903")
    address = f"/play/{workflow.project.slug}/"
    lease = client.post(address).context["first"]["lease"]

    page = client.post(address, {"lease": lease, "key": str(uuid4()), "text": "i Helsinky 1903"}).content.decode()

    assert "i Helsink<del>y</del> 1903" in page
    assert "i Helsink<ins>i</ins> 1903" in page
    assert "Word 2: “Helsinki”, not “Helsinky”." in page
