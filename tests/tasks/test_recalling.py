from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from tasks.consensus.differences import WordDifference
from tasks.enums import ProjectState, TaskState
from tasks.models import Answer, Project, Task
from tasks.playing.undoing import withdraw_answer
from tasks.review.reviewing import settle
from tasks.showing.recalling import Fate, answers_by_project, memories
from tests.factories import NOON, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
TWO = {"minimum": 2, "maximum": 2}


@pytest.fixture
def me():
    return make_volunteer()


def recalled(me, now=LATER):
    return [(m.mine, m.fate, m.decided) for m in memories(me.pk, 10, now=now)]


def test_an_answer_waits_until_others_have_read_the_line(me):
    post_answer(make_task(), "Helsinki", me)

    assert recalled(me) == [("Helsinki", Fate.WAITING, "")]


def test_what_others_read_shows_no_sooner_than_the_answer_stands(me):
    task = make_task(make_workflow(policy=TWO))
    post_answer(task, "Helsinki", me)
    post_answer(task, "Helsinki")

    shown = [recalled(me, NOON + timedelta(seconds=seconds)) for seconds in (59, 61)]

    assert shown == [[("Helsinki", Fate.WAITING, "")], [("Helsinki", Fate.AGREED, "Helsinki")]]


def test_newest_comes_first_and_each_says_what_became_of_it(me):
    disputed, withdrawn = make_task(make_workflow(policy=TWO)), make_task()
    for task, text in ((disputed, "Turku"), (withdrawn, "Oulu")):
        post_answer(task, text, me)
    post_answer(disputed, "Åbo")
    Task.objects.filter(pk=withdrawn.pk).update(state=TaskState.WITHDRAWN, settled_at=NOON)
    post_answer(make_task(), {"unreadable": True}, me)
    taken_back = make_task()
    post_answer(taken_back, "Pori", me)
    withdraw_answer(me.pk, Answer.objects.get(task=taken_back).key, now=NOON)

    assert recalled(me) == [
        ("Pori", Fate.TAKEN_BACK, ""),
        ("It cannot be read", Fate.WAITING, ""),
        ("Oulu", Fate.WITHDRAWN, ""),
        ("Turku", Fate.DISPUTED, ""),
    ]


def test_letters_say_why_an_answer_differed(me):
    task = make_task(make_workflow(policy={"minimum": 3, "maximum": 3}))
    for text, reader in (("Tesson Jean", me), ("Usson Jean", None), ("Usson Jean", None)):
        post_answer(task, text, reader)

    [memory] = memories(me.pk, 10, now=LATER)

    assert (memory.fate, memory.decided, memory.by_the_archive) == (Fate.DIFFERED, "Usson Jean", False)
    assert [(part.mine, part.decided) for part in memory.parts] == [("Te", "U"), ("sson Jean", "sson Jean")]
    assert memory.words == (WordDifference(1, "Tesson", "Usson"),)


def test_a_reviewer_s_decision_replaces_that_of_the_readers(me):
    task = make_task(make_workflow(policy=TWO))
    for reader in (me, None):
        post_answer(task, "Helsinki", reader)
    reviewer = make_volunteer()
    Membership.objects.create(organisation=task.project.organisation, volunteer=reviewer, role=Role.REVIEWER)

    settle(reviewer, task.pk, {"text": "Helsingfors"}, seen=task.decision)

    [memory] = memories(me.pk, 10, now=LATER)
    assert (memory.fate, memory.decided, memory.by_the_archive) == (Fate.DIFFERED, "Helsingfors", True)


def test_nothing_of_a_draft_and_no_withheld_page_is_shown(me):
    hidden, withheld, open_ = make_task(), make_task(), make_task()
    for task in (hidden, withheld, open_):
        post_answer(task, "Helsinki", me)
    Project.objects.filter(pk=hidden.project_id).update(state=ProjectState.DRAFT)
    withheld.page.withheld_at = timezone.now()
    withheld.page.save()

    shown = [(m.slug, bool(m.title), bool(m.prompt), bool(m.picture)) for m in memories(me.pk, 10, now=LATER)]

    assert shown == [
        (open_.project.slug, True, True, True),
        (withheld.project.slug, True, True, False),
        ("", True, False, False),
    ]


@pytest.mark.parametrize("answers", [1, 12])
def test_a_list_takes_two_queries_however_long_it_is(me, answers, django_assert_num_queries):
    for _ in range(answers):
        task = make_task(make_workflow(policy=TWO))
        for reader in (me, None):
            post_answer(task, "Helsinki", reader)

    with django_assert_num_queries(2):
        assert len(memories(me.pk, 20, now=LATER)) == answers


def test_older_answers_follow_by_key(me):
    workflow = make_workflow()
    for number in range(5):
        post_answer(make_task(workflow), f"line {number}", me)

    first = memories(me.pk, 2, now=LATER)
    second = memories(me.pk, 2, before=first[-1].answer, now=LATER)

    assert [m.mine for m in first + second] == ["line 4", "line 3", "line 2", "line 1"]


def test_answers_are_counted_by_project(client, me):
    one, other = make_task(), make_task()
    client.force_login(me)
    for task in (one, other):
        client.post(f"/api/v1/projects/{task.project.slug}/leases", {"count": 1}, "application/json")
    post_answer(make_task(one.workflow), "Helsinki", me)

    assert answers_by_project(me.pk) == {one.project_id: 1}
