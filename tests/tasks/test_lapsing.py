"""A choice between readings that nobody takes up."""

from datetime import timedelta

import pytest

from exports.settled import Selection, settled_rows
from tasks.enums import DecidedBy
from tasks.review.collating import collate
from tasks.settling.lapsing import PATIENCE, end_forgotten_choices
from tasks.showing.recalling import Fate, memories
from tests.factories import NOON, make_lease, make_volunteer, post_answer

from .competing import choose, competing_line, decision_of, state_of

pytestmark = pytest.mark.django_db

LATER = NOON + PATIENCE + timedelta(seconds=1)


def test_a_choice_that_nobody_takes_up_ends_and_the_line_is_typed_again():
    line, child = competing_line()

    assert end_forgotten_choices(NOON + PATIENCE) == 0
    assert [end_forgotten_choices(LATER), end_forgotten_choices(LATER)] == [1, 0]

    assert (state_of(child), state_of(line)) == (("WITHDRAWN", 1, 0, 0), ("OPEN", 3, 2, 0))
    told = "Volunteers were asked which reading is right, and nobody came to choose."
    assert collate(line).choices == (told,)
    post_answer(line, "Oulu", now=LATER)
    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.RULE, 3)


def test_what_was_chosen_before_a_choice_ended_counts_and_is_released():
    chooser = make_volunteer()
    line, child = competing_line()
    choose(child, "Oulu", chooser)

    end_forgotten_choices(LATER)
    post_answer(line, "Oulu", now=LATER)

    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.RULE, 4)
    assert memories(chooser.pk, 1, now=LATER)[0].fate == Fate.LAPSED
    released = Selection(line.project_id, "lines", LATER + timedelta(minutes=2), b"secret")
    [row] = settled_rows(released)
    assert [(reading.kind, reading.weight is None) for reading in row.readings].count(("choose", False)) == 1
    assert released.count_volunteers() == {"people": 4, "simulated": 0}


def test_choosers_are_counted_with_their_line_and_not_before():
    line, child = competing_line()
    for _chooser in range(2):
        choose(child, "None of these")

    assert state_of(line)[0] == "OPEN"
    counted = Selection(line.project_id, "lines", NOON + timedelta(minutes=2), b"secret").count_volunteers()
    assert counted == {"people": 0, "simulated": 0}


def test_a_choice_in_hand_does_not_end():
    _line, child = competing_line()
    make_lease(child)

    assert end_forgotten_choices(LATER) == 0
