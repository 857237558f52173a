"""Review by plain forms: what a browser without scripts sees and sends."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from tasks.enums import ProjectState, TaskState
from tasks.models import Answer, Decision, Page, Project, Task
from tasks.review.disputes import MANY, disputes_of, marking_own
from tasks.showing.projects import count_progress
from tests.factories import make_page, make_project, make_task, make_volunteer, make_workflow, post_answer, settle_task

from .building import make_dispute, make_reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def task():
    return make_dispute(suggestion="Oula")


@pytest.fixture
def reviewer(task):
    return make_reviewer(task.project)


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer)
    return client


def at(task, name="dispute"):
    return reverse(f"desk:{name}", args=[task.project.slug, task.pk] if name == "dispute" else [task.project.slug])


def post(client, task, **form):
    return client.post(at(task), {"seen": task.decision} | form)


def text_of(reply):
    words = re.sub(r"</?span[^>]*>", "", reply.content.decode())
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", words, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def latest(task):
    return task.decisions.latest("number")


def test_review_begins_with_the_first_dispute_and_shows_all_readings(desk, task):
    assert desk.get(at(task, "review")).url == at(task)

    page = desk.get(at(task))

    assert re.findall(r'data-key="(\d)"', page.content.decode()) == ["1", "2", "3"]
    for said in (
        "Oulu",
        "Kemi",
        "1 volunteer: A",
        "1 volunteer: B",
        "text recognition",
        "best guess",
        "Dispute 1 of 1",
    ):
        assert said in text_of(page)


@pytest.mark.parametrize(
    ("form", "state", "value"),
    [
        ({"value": '{"text": "Kemi"}'}, TaskState.AGREED, {"text": "Kemi"}),
        ({"text": "  Oulu 1904 "}, TaskState.AGREED, {"text": "Oulu 1904"}),
        ({"value": '{"unreadable": true}'}, TaskState.UNREADABLE, {"unreadable": True}),
        ({"value": '{"blank": true}'}, TaskState.AGREED, {"blank": True}),
        ({"more": "2"}, TaskState.OPEN, None),
    ],
)
def test_every_act_is_a_plain_form_and_leads_to_the_next_dispute(desk, task, form, state, value):
    other = make_dispute(workflow=task.workflow, page=task.page)

    assert post(desk, task, note=" see the page\0 before ", **form).url == at(other)

    task.refresh_from_db()
    decision = latest(task)
    assert (task.state, decision.value, decision.reason) == (state, value, "see the page before")
    assert post(desk, other, text="Oulu").url == at(task, "review")
    assert "Nothing is in dispute" in text_of(desk.get(at(task, "review")))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": " "}, "Nothing was typed"),
        ({"value": "[" * 5000}, "An answer&#x27;s value is an object"),
        ({"value": '{"matches": true}'}, "A transcription&#x27;s value is"),
        ({"text": "x" * 2001}, "longer than 2000"),
    ],
)
def test_what_cannot_be_a_decision_is_refused_and_nothing_typed_is_lost(desk, task, form, sentence):
    reply = post(desk, task, note="my note", **form)

    assert (reply.status_code, sentence in reply.content.decode()) == (422, True)
    assert 'value="my note"' in reply.content.decode()
    if form.get("text", "").strip():
        assert form["text"] in reply.content.decode()
    assert latest(task).number == 1


def test_the_second_reviewer_gets_a_sentence_and_sees_what_the_first_decided(desk, task):
    first = make_reviewer(task.project)
    first.display_name = "Aino"
    first.save()
    other = Client()
    other.force_login(first)
    post(other, task, text="Oulu", note="clear on the scan")

    reply = post(desk, task, value='{"text": "Kemi"}')

    assert reply.status_code == 409
    for said in ("Someone was faster", "Settled as “Oulu”.", "By Aino", "clear on the scan", "Choose otherwise"):
        assert said in text_of(reply)
    assert latest(task).value == {"text": "Oulu"}
    assert 'name="text" value="Kemi"' in reply.content.decode()  # the best guess, to start from

    changed = re.search(r'name="seen" value="(\d+)"', reply.content.decode())[1]
    assert post(desk, task, value='{"text": "Kemi"}', seen=changed).status_code == 302
    assert latest(task).value == {"text": "Kemi"}


@pytest.mark.parametrize("seen", ["", "x", "²", "9" * 30])
def test_a_form_that_saw_nothing_decides_nothing(desk, task, seen):
    assert post(desk, task, text="Oulu", seen=seen).status_code == 409


def test_lines_of_ones_own_are_passed_over_and_said_to_be_for_someone_else(desk, task, reviewer):
    own = make_dispute(workflow=task.workflow, page=task.page, people=[reviewer, make_volunteer()])

    page = desk.get(at(own))
    assert "someone else must settle this" in text_of(page)
    assert ('name="value"' in page.content.decode(), "1 volunteer" in text_of(page)) == (False, False)
    assert post(desk, own, text="Oulu").status_code == 403

    assert "1 more dispute is about a line that you read yourself" in text_of(desk.get(at(task)))
    assert "someone else must settle this" in text_of(desk.get(at(task, "disputes")))
    assert post(desk, task, text="Oulu").url == at(task, "review")
    assert "Nothing left for you" in text_of(desk.get(at(task, "review")))


def test_undo_brings_the_line_back(desk, task):
    post(desk, task, text="Oulu")
    made = latest(task)
    assert "Settled as “Oulu”." in text_of(desk.get(at(task, "review")))

    reply = desk.post(at(task, "review-undo"), {"decision": made.pk})

    task.refresh_from_db()
    assert (reply.url, task.state) == (at(task), TaskState.DISPUTED)
    again = desk.post(at(task, "review-undo"), {"decision": made.pk})
    assert (again.status_code, "Something else has been decided" in text_of(again)) == (409, True)


def test_nobody_undoes_what_another_did(desk, task):
    other = Client()
    other.force_login(make_reviewer(task.project))
    post(other, task, text="Oulu")

    assert desk.post(at(task, "review-undo"), {"decision": latest(task).pk}).status_code == 404
    assert ("Change" in text_of(desk.get(at(task, "reviewed"))), "Undo" in text_of(desk.get(at(task, "reviewed")))) == (
        True,
        False,
    )


def test_what_was_settled_can_be_changed_from_the_list(desk, task):
    post(desk, task, text="Oulu")
    post(desk, Task.objects.get(pk=task.pk), text="Kemi")

    page = text_of(desk.get(at(task, "reviewed")))

    assert page.index("Settled as “Kemi”.") < page.index("Settled as “Oulu”.") < page.index("overtaken since")


def test_a_task_that_volunteers_agreed_on_can_be_corrected(desk, task):
    agreed = settle_task(make_workflow(task.project), page=task.page)

    assert "By 2 volunteers" in text_of(desk.get(at(agreed)))
    post(desk, agreed, text="Espoo")

    assert (latest(agreed).value, latest(agreed).decided_by) == ({"text": "Espoo"}, "reviewer")


def test_an_open_task_shows_no_answers(desk, task):
    still = make_task(make_workflow(task.project), page=task.page)
    post_answer(still, "Salainen")

    page = desk.get(at(still))

    assert ("Salainen" in page.content.decode(), 'name="value"' in page.content.decode()) == (False, False)


def test_neighbouring_lines_of_one_page_come_one_after_the_other(desk, task):
    first, second = make_page(task.project), make_page(task.project)
    order = [make_dispute(workflow=task.workflow, page=page, position=n) for page, n in
             ((second, 2), (first, 3), (second, 1), (first, 1))]  # fmt: skip
    later_on_second, later_on_first, on_second, on_first = order

    went = [task.pk]
    while len(went) < 5:
        page = desk.get(reverse("desk:dispute", args=[task.project.slug, went[-1]]))
        went.append(page.context["next"])

    assert went == [task.pk, on_first.pk, later_on_first.pk, on_second.pk, later_on_second.pk]
    last = desk.get(at(later_on_second))
    assert (last.context["next"], last.context["previous"]) == (task.pk, on_second.pk)
    assert [line["task"] for line in desk.get(at(on_first)).context["neighbours"]] == [later_on_first.pk]


@pytest.mark.parametrize("name", ["review", "dispute", "disputes", "reviewed"])
def test_the_number_of_queries_does_not_grow(desk, task, name):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(at(task, name)).status_code in (200, 302)
        return len(captured)

    made = make_dispute(workflow=task.workflow, page=task.page)
    post(desk, made, text="Oulu")
    queries()
    few = queries()
    for _ in range(3):
        made = make_dispute("Oulu", "Kemi", "Kimi", workflow=task.workflow, page=make_page(task.project))
        make_dispute(workflow=task.workflow, page=task.page)
        post(desk, made, text="Oulu")

    assert queries() <= few <= 20


def test_beyond_many_the_number_comes_from_the_totals(desk, task, monkeypatch):
    monkeypatch.setattr("tasks.review.disputes.MANY", 2)
    for _ in range(3):
        make_dispute(workflow=task.workflow, page=task.page)
    count_progress(task.project_id)

    assert MANY > 100
    assert "Dispute 1 of about 4" in text_of(desk.get(at(task)))


def test_withheld_pages_and_withdrawn_tasks_are_not_reviewed(desk, task):
    Task.objects.filter(pk=task.pk).update(state=TaskState.WITHDRAWN)
    assert "Nothing is in dispute" in text_of(desk.get(at(task, "review")))
    assert 'name="value"' not in desk.get(at(task)).content.decode()
    assert post(desk, task, text="Oulu").status_code == 409

    Page.objects.update(withheld_at=timezone.now())
    assert desk.get(at(task)).status_code == 404
    assert post(desk, task, text="Oulu").status_code == 404


@pytest.mark.parametrize("name", ["review", "dispute", "disputes", "reviewed"])
@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("volunteer", 302), ("stranger", 404), ("reviewer", 200), ("owner", 200)]
)
def test_only_members_of_the_organisation_review(client, task, name, who, status):
    other = make_project()
    people = {
        "volunteer": lambda: make_volunteer(password="!anonymous"),
        "stranger": lambda: make_reviewer(other, Role.OWNER),
        "reviewer": lambda: make_reviewer(task.project),
        "owner": lambda: make_reviewer(task.project, Role.OWNER),
    }
    if who in people:
        client.force_login(people[who]())

    reply = client.get(at(task, name), follow=status == 200)

    assert reply.status_code == status
    if who in ("nobody", "volunteer"):
        assert reply.url.startswith(reverse("sign-in"))
        assert post(client, task, text="Oulu").status_code == 302
    if who == "stranger":
        assert post(client, task, text="Oulu").status_code == 404
        assert client.post(at(task, "review-undo"), {"decision": 1}).status_code == 404
    assert Decision.objects.count() == 1


def test_a_task_of_another_project_is_not_found_here(desk, task):
    elsewhere = make_dispute()

    assert desk.get(reverse("desk:dispute", args=[task.project.slug, elsewhere.pk])).status_code == 404
    assert desk.get(at(task, "disputes") + f"?after={elsewhere.pk}").status_code == 200


def test_the_lists_go_on_page_by_page(desk, task, monkeypatch):
    monkeypatch.setattr("tasks.review.showing.PER_PAGE", 2)
    monkeypatch.setattr("tasks.review.views.PER_PAGE", 2)
    page = make_page(task.project)
    others = [make_dispute(workflow=task.workflow, page=page) for _ in range(4)]

    def listed():
        reply, found = desk.get(at(task, "disputes")), []
        while True:
            found += [line["task"] for page in reply.context["pages"] for line in page["lines"]]
            if not reply.context["after"]:
                return found
            reply = desk.get(at(task, "disputes") + f"?after={reply.context['after']}")

    assert listed() == [task.pk, *(other.pk for other in others)]
    for other in others[:3]:
        post(desk, other, text="Oulu")
    first = desk.get(at(task, "reviewed"))
    second = desk.get(at(task, "reviewed") + f"?before={first.context['before']}")
    assert [row["task"] for reply in (first, second) for row in reply.context["rows"]] == [
        other.pk for other in reversed(others[:3])
    ]


def test_nothing_is_reopened_in_a_closed_project(desk, task):
    Project.objects.update(state=ProjectState.CLOSED)

    reply = post(desk, task, more="2")

    assert (reply.status_code, "takes no answers now" in text_of(reply)) == (409, True)
    assert Answer.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plan of SQLite")
def test_whether_a_line_is_ones_own_is_asked_by_index(task, reviewer):
    plan = marking_own(disputes_of(task.project), reviewer).filter(own=False).explain()

    for index in ("task_review (project_id=?)", "answer_never_twice (project_id=? AND volunteer_id=? AND subject=?)"):
        assert index in plan
    assert "answer_of_volunteer" not in plan  # which would look through all that somebody ever answered
