"""A reviewer settles disputes with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import Act, Membership
from tasks.enums import TaskState
from tasks.models import Project, Task
from tests.factories import make_volunteer, post_answer

pytestmark = pytest.mark.browser
PASSWORD = "kept in a drawer"
READINGS = ("Usson Jean Marius", "Tesson Jean Marius", "Usson Jean Narius", "Uson Jean Marius", "Usson Jan Marius")


def make_disputes(slug, count):
    project = Project.objects.get(slug=slug)
    reviewer = make_volunteer(username="aino", display_name="Aino")
    reviewer.set_password(PASSWORD)
    reviewer.save()
    Membership.objects.create(organisation=project.organisation, volunteer=reviewer, role=Role.REVIEWER)
    page = project.page_set.order_by("pk").first()
    tasks = list(Task.objects.filter(page=page).order_by("position")[:count])
    for task in tasks:
        for reading in READINGS:
            post_answer(task, reading, now=None)
        assert task.state == TaskState.DISPUTED
    return [task.pk for task in tasks]


@pytest.fixture
def disputes(cards, in_thread):
    """Five disputes on one page; their reviewer is called Aino."""
    return in_thread(make_disputes, cards, 5)


@pytest.fixture
def outcome(in_thread):
    """``outcome(task)``: its state and what was decided."""

    def look(task):
        found = Task.objects.get(pk=task)
        return TaskState(found.state).name, found.decisions.get(pk=found.decision).value

    return lambda task: in_thread(look, task)


def sign_in(page, path):
    page.goto(path)
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("aino")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/*/")
    page.locator("#scan img.crop").wait_for()


def shows(page, cards, task):
    page.wait_for_url(f"**/desk/{cards}/review/{task}/")
    page.locator("#scan img.crop").wait_for()
    expect(page.locator("#asked")).to_be_focused()


def test_disputes_are_settled_by_keyboard_alone(page, cards, disputes, outcome, in_thread):
    one, two, three, four, five = disputes
    sign_in(page, f"/desk/{cards}/review/")
    page.wait_for_url(f"**/review/{one}/")
    loads = []
    page.on("load", lambda: loads.append(page.url))

    look_at_the_whole_page(page)
    second = page.locator(".choice .reading").nth(1).inner_text()
    page.keyboard.press("2")
    shows(page, cards, two)
    expect(page.locator("#news")).to_contain_text(f"Settled as “{second}”.")
    assert outcome(one) == ("AGREED", {"text": second})

    page.keyboard.press("z")
    shows(page, cards, one)
    assert outcome(one) == ("DISPUTED", None)

    settle_in_own_words(page, "Tesson 1, Uson Marius")
    shows(page, cards, two)
    assert outcome(one) == ("AGREED", {"text": "Tesson 1, Uson Marius"})

    for key, next_task in (("u", three), ("b", four), ("n", five), ("p", four), ("r", five)):
        page.keyboard.press(key)
        shows(page, cards, next_task)
    page.keyboard.press("Alt+1")
    page.wait_for_url(f"**/desk/{cards}/review/")
    expect(page.get_by_text("Nothing is in dispute")).to_be_visible()

    assert [outcome(task) for task in (two, three, four)] == [
        ("UNREADABLE", {"unreadable": True}),
        ("AGREED", {"blank": True}),
        ("OPEN", None),
    ]
    assert outcome(five)[0] == "AGREED"
    assert len(loads) == 1  # the last page only: the others took one another's place
    assert in_thread(Act.objects.count) == 7


def look_at_the_whole_page(page):
    page.keyboard.press("c")
    expect(page.locator("#scan svg.whole")).to_be_visible()
    page.keyboard.press("c")


def settle_in_own_words(page, text):
    """Type them, leave the field by Escape, come back to it and settle."""
    page.keyboard.press("e")
    expect(page.get_by_label("None of these?")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    expect(page.locator("#asked")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("Enter")


def test_a_key_types_in_a_field_and_rests_when_switched_off(page, cards, disputes, outcome):
    sign_in(page, f"/desk/{cards}/review/")
    page.keyboard.press("e")
    page.keyboard.type("1u")
    expect(page.get_by_label("None of these?")).to_have_value("Usson Jean Marius1u")
    page.keyboard.press("Escape")

    page.get_by_label("Single keys without Alt").uncheck()
    page.locator("#asked").focus()
    page.keyboard.press("1")
    page.keyboard.press("u")

    page.reload()
    expect(page.get_by_label("Single keys without Alt")).not_to_be_checked()
    assert outcome(disputes[0]) == ("DISPUTED", None)


@pytest.mark.story
def test_the_second_of_two_windows_sees_what_the_first_decided(page, cards, disputes, outcome):
    sign_in(page, f"/desk/{cards}/review/")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#scan img.crop").wait_for()
    other.keyboard.press("1")
    other.wait_for_url(f"**/review/{disputes[1]}/")

    page.keyboard.press("u")

    expect(page.get_by_role("alert")).to_contain_text("Someone was faster")
    expect(page.locator("#holds")).to_contain_text("Settled as “Usson Jean Marius”.")
    assert outcome(disputes[0]) == ("AGREED", {"text": "Usson Jean Marius"})
    page.problems[:] = [problem for problem in page.problems if "409" not in problem]


def test_without_a_connection_nothing_is_lost(page, cards, disputes, outcome):
    sign_in(page, f"/desk/{cards}/review/")
    page.keyboard.press("e")
    page.keyboard.type(" 1893")
    page.context.set_offline(True)
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("nothing was settled")
    expect(page.get_by_label("None of these?")).to_have_value("Usson Jean Marius 1893")

    page.context.set_offline(False)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/{disputes[1]}/")
    assert outcome(disputes[0]) == ("AGREED", {"text": "Usson Jean Marius 1893"})
    page.problems[:] = [problem for problem in page.problems if "ERR_INTERNET_DISCONNECTED" not in problem]


def test_axe_finds_nothing_and_nothing_sticks_out(page, cards, disputes, faults):
    sign_in(page, f"/desk/{cards}/review/")
    first = page.url

    assert faults(page) == []
    page.locator(".choice").first.click()
    page.wait_for_url(f"**/review/{disputes[1]}/")
    assert faults(page) == []  # with what was done last
    for path in (first, f"/desk/{cards}/review/all/", f"/desk/{cards}/review/settled/"):
        page.goto(path)
        assert (path, faults(page)) == (path, [])
    for task in disputes[1:]:
        page.goto(f"/desk/{cards}/review/{task}/")
        page.get_by_role("button", name="Empty").click()
        page.wait_for_url(lambda url, task=task: not url.endswith(f"/{task}/"))
    assert faults(page) == []  # nothing is left
