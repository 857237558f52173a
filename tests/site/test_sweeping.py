from datetime import timedelta

import pytest

from civictasks.sweeping import LONGEST_PAUSE, Turn, sweep_once
from tasks.chores import CHORES, Chore


def failing() -> int:
    raise RuntimeError("this chore never works")


def chore(work, seconds: float = 10) -> Chore:
    return Chore("a chore", timedelta(seconds=seconds), work)


@pytest.mark.django_db
def test_every_chore_of_every_app_runs_on_an_empty_database():
    assert {name.partition(".")[0] for name in CHORES} >= {"tasks", "gamification"}
    assert sweep_once(CHORES.values())


def test_a_failing_chore_is_logged_and_does_not_keep_the_others_from_running(caplog):
    done = []

    assert not sweep_once([chore(failing), chore(lambda: done.append(1) or 1)])

    assert done == [1]
    assert [record.message for record in caplog.records] == ["the chore a chore failed"]


@pytest.mark.parametrize(("seconds", "pauses"), [(10, [20, 40, 60, 60]), (0.5, [1, 2, 4, 8]), (600, [600, 600])])
def test_a_chore_that_keeps_failing_comes_back_after_pauses_that_double(seconds, pauses):
    turn = Turn(chore(failing, seconds))

    due = []
    for _time in pauses:
        turn.take(now=1000)
        due.append(turn.due_at - 1000)

    assert (due, LONGEST_PAUSE) == (pauses, 60)


def test_a_chore_that_works_again_is_back_at_its_interval():
    turn = Turn(chore(lambda: 0), failures=3)

    turn.take(now=1000)

    assert (turn.due_at, turn.failures) == (1010, 0)
