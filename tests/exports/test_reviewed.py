"""What a reviewer decided, as a data team reads it."""

from datetime import timedelta

import pytest

from exports.releasing import NothingChanged, release
from tasks.review.reviewing import reopen, settle, undo
from tests.factories import make_volunteer, make_workflow, settle_task

from .conftest import LATER
from .reading import datapackage, table

pytestmark = pytest.mark.django_db
DISPUTED = {"minimum": 2, "maximum": 2}
COLUMNS = ("value", "mark", "status", "agreement", "confidence", "answers", "decided_by", "method")
THEN = LATER + timedelta(minutes=5)


@pytest.fixture
def task():
    return settle_task(make_workflow(policy=DISPUTED), "Oulu", "Kemi")


def row(made):
    [found] = table(made)
    return tuple(found[name] for name in COLUMNS)


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ({"text": "Kemi"}, ("Kemi", "", "agreed", "0.500000")),
        ({"text": "Kimi"}, ("Kimi", "", "agreed", "0.000000")),
        ({"blank": True}, ("", "blank", "agreed", "0.000000")),
        ({"unreadable": True}, ("", "unreadable", "unreadable", "0.000000")),
    ],
)
def test_a_row_says_that_a_reviewer_decided_and_how_sure_that_is_taken_to_be(task, value, cells):
    settle(make_volunteer(), task.pk, value, seen=task.decision, note="for colleagues only", now=LATER)

    made = release(task.project, now=THEN)

    assert row(made) == (*cells, "0.990000", "2", "reviewer", "reviewer")
    assert made.snapshot["decided_by"] == {"reviewer": 1}
    assert [part["parameters"] for part in datapackage(made)["civictasks:methods"]] == [{"confidence": 0.99}]
    assert all(float(answer["weight"]) > 0 for answer in table(made, "answers.csv"))
    assert not any(b"colleagues" in path.read_bytes() for path in made.folder.iterdir())


def test_a_later_decision_shows_in_the_next_release_and_leaves_the_one_before(task):
    first = settle(make_volunteer(), task.pk, {"text": "Kemi"}, seen=task.decision, now=LATER)
    before = release(task.project, now=THEN)
    settle(make_volunteer(), task.pk, {"text": "Oulu"}, seen=first.pk, now=THEN)

    after = release(task.project, now=THEN + timedelta(minutes=5))

    assert (row(before)[0], row(after)[0], after.number) == ("Kemi", "Oulu", 2)


def test_what_was_undone_is_in_dispute_again_with_its_figures(task):
    reviewer = make_volunteer()
    disputed = release(task.project, now=LATER)
    undo(reviewer, settle(reviewer, task.pk, {"text": "Kemi"}, seen=task.decision, now=LATER), now=LATER)

    assert release(task.project, now=THEN) == NothingChanged(disputed)


def test_what_is_asked_again_is_not_released(task):
    settle_task(make_workflow(task.project), "Turku", "Turku")
    reopen(make_volunteer(), task.pk, 2, seen=task.decision, now=LATER)

    assert [each["value"] for each in table(release(task.project, now=THEN))] == ["Turku"]


def test_what_a_reviewer_did_this_minute_waits(task):
    settle_task(make_workflow(task.project), "Turku", "Turku")
    settle(make_volunteer(), task.pk, {"text": "Kemi"}, seen=task.decision, now=THEN)

    assert [each["value"] for each in table(release(task.project, now=THEN))] == ["Turku"]
