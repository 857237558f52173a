"""What an archivist does with a batch that is here."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Act, Volunteer
from ingestion import overseeing
from ingestion.claiming import claim
from ingestion.errors import ActRefused, ClaimLost
from tasks.curating.spreading import questions_to_spread, spread
from tasks.enums import BatchState, TaskState
from tasks.models import Batch, Lease, Page, Progress, Task
from tests.factories import make_lease, make_page, make_task, make_volunteer, make_workflow, post_answer, settle_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Volunteer:
    return make_volunteer()


@pytest.fixture
def batch() -> Batch:
    """A batch of two pages: one line agreed, one answered once, one held, one untouched."""
    workflow = make_workflow()
    first = make_page(workflow.project)
    settle_task(workflow, page=first)
    post_answer(make_task(workflow, page=first), "Turku")
    make_lease(make_task(workflow, page=first))
    make_task(workflow, page=make_page(workflow.project))
    batch = first.item.batch
    Batch.objects.update(state=BatchState.DONE)
    batch.refresh_from_db()
    return batch


def states() -> list[int]:
    return list(Task.objects.order_by("pk").values_list("state", flat=True))


def progress(batch: Batch) -> tuple[int, int]:
    row = Progress.objects.get(project=batch.project_id)
    return row.tasks, row.settled


def test_a_withdrawn_batch_keeps_its_answers_and_asks_nothing(batch: Batch, who: Volunteer):
    overseeing.withdraw(batch, who)

    assert batch.state == BatchState.WITHDRAWN
    assert states() == [TaskState.AGREED, *[TaskState.WITHDRAWN] * 3]
    assert (Lease.objects.live().count(), Task.objects.filter(leased__gt=0).count()) == (0, 0)
    assert (Page.objects.filter(withheld_at=None).count(), progress(batch)) == (0, (0, 0))
    assert [act.what for act in Act.objects.all()] == ["batch.withdrawn"]


def test_an_answer_that_was_on_its_way_is_late_and_thanked(batch: Batch, who: Volunteer):
    task = Task.objects.last()
    volunteer = make_volunteer()
    token = make_lease(task, volunteer, now=timezone.now())
    overseeing.withdraw(batch, who)

    from uuid import uuid4

    from tasks.playing.submission import Submission, submit_answers

    [result] = submit_answers(volunteer, [Submission(token, uuid4(), {"text": "Turku"})])
    assert result["status"] == "late"


def test_a_restored_batch_asks_again_but_for_pages_withheld_before(batch: Batch, who: Volunteer):
    last = Page.objects.select_related("item__batch__project__organisation").last()
    overseeing.withhold_page(last, who)
    assert (states()[-1], progress(batch)) == (TaskState.WITHDRAWN, (3, 1))
    overseeing.withdraw(batch, who)
    overseeing.restore(batch, who)

    assert (batch.state, batch.withdrawn_at) == (BatchState.DONE, None)
    assert states() == [TaskState.AGREED, TaskState.OPEN, TaskState.OPEN, TaskState.WITHDRAWN]
    last.refresh_from_db()
    overseeing.show_page(last, who)
    assert (states()[-1], progress(batch)) == (TaskState.OPEN, (4, 1))
    assert [act.what for act in Act.objects.order_by("number")] == [
        "page.withheld", "batch.withdrawn", "batch.restored", "page.shown",
    ]  # fmt: skip


def test_a_question_asked_meanwhile_reaches_a_page_when_it_is_shown_again(batch: Batch, who: Volunteer):
    overseeing.withdraw(batch, who)
    question = make_workflow(batch.project)
    spread(question)
    assert Task.objects.filter(workflow=question).count() == 0
    overseeing.restore(batch, who)
    for waiting in questions_to_spread():
        spread(waiting)

    assert Task.objects.filter(workflow=question).count() == 4


def test_a_pause_stops_the_reader_at_its_next_page_and_the_batch_goes_on_later(batch: Batch, who: Volunteer):
    Batch.objects.update(state=BatchState.UPLOADED)
    mine = claim(batch.pk)
    overseeing.pause(batch, who)
    with pytest.raises(ClaimLost):
        mine.hold(done=1)
    assert claim(batch.pk) is None
    overseeing.go_on(batch, who)

    assert (batch.state, claim(batch.pk) is None) == (BatchState.UPLOADED, False)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (overseeing.pause, BatchState.DONE),
        (overseeing.go_on, BatchState.DONE),
        (overseeing.read_again, BatchState.READING),
        (overseeing.restore, BatchState.DONE),
        (overseeing.withdraw, BatchState.WITHDRAWN),
        (overseeing.withdraw, BatchState.ARRIVING),
    ],
)
def test_an_act_that_comes_too_late_is_told_and_leaves_no_trace(
    act: Any, state: BatchState, batch: Batch, who: Volunteer
):
    Batch.objects.update(state=state, source="uploads/a")
    batch.refresh_from_db()
    before = states()
    with pytest.raises(ActRefused):
        act(batch, who)

    assert (Batch.objects.get().state, states(), Act.objects.count()) == (state, before, 0)
