import os
import signal

import pytest

from gamification import announcing, chores
from gamification.announcing import Announcer
from gamification.chores import keep_boards
from gamification.models import EVERYONE, BoardVersion
from tasks.chores import CHORES
from tasks.enums import ProjectState
from tests.factories import make_project, make_volunteer

from .builders import earn, standings
from .hearing import Listener

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def announcer(monkeypatch):
    """A sweeper that has just started and, after a failure, tries Redis again at its next look."""
    monkeypatch.setattr(announcing, "PAUSE", 0.0)
    monkeypatch.setattr(chores, "announcer", Announcer())
    return chores.announcer


@pytest.fixture
def cards():
    return make_project(slug="cards")


def test_the_sweeper_looks_twice_a_second():
    every = {name: chore.every.total_seconds() for name, chore in CHORES.items() if name.startswith("gamification.")}
    assert every == {"gamification.keep_boards": 0.5, "gamification.credit_again": 15, "gamification.keep_days": 60}


def test_changed_boards_are_told_of_once_a_look_however_many_points_there_were(valkey, cards):
    volunteer = make_volunteer()
    with Listener() as listener:
        for _ in range(3):
            earn(cards, volunteer)
        assert keep_boards() == 3
        assert listener.heard(2) == {("all", 1), ("project-cards", 1)}
        assert keep_boards() == 0
        earn(cards, volunteer)
        keep_boards()
        assert listener.heard(2) == {("all", 2), ("project-cards", 2)}


def test_a_draft_s_board_is_never_told_of(valkey):
    with Listener() as listener:
        earn(make_project(state=ProjectState.DRAFT), make_volunteer())
        keep_boards()
        assert listener.heard(1) == {("all", 1)}


def test_a_long_backlog_is_projected_in_one_look(valkey, cards, monkeypatch):
    monkeypatch.setattr(chores, "ROUNDS", 3)
    monkeypatch.setattr(chores, "project_lines", lambda: projected.pop())
    projected = [0, 500, 500, 500, 500]

    assert (keep_boards(), projected) == (1500, [0, 500])


def stop(valkey):
    valkey.stop()


def start(valkey):
    valkey.start()


def hang(valkey):
    os.kill(valkey.process.pid, signal.SIGSTOP)


def go_on(valkey):
    os.kill(valkey.process.pid, signal.SIGCONT)


@pytest.mark.parametrize(("break_it", "mend_it"), [(stop, start), (hang, go_on)])
def test_boards_go_on_without_redis_and_are_told_of_when_it_is_back(
    valkey, cards, break_it, mend_it, caplog, announcer
):
    volunteer = make_volunteer()
    earn(cards, volunteer)
    keep_boards()
    break_it(valkey)
    try:
        for _ in range(3):
            earn(cards, volunteer)
            assert keep_boards() == 1
    finally:
        mend_it(valkey)

    assert {amounts[0] for amounts in standings().values()} == {4}
    failures = [record for record in caplog.records if record.name == "gamification.announcing"]
    assert [(record.levelname, record.exc_info) for record in failures] == [("WARNING", None)]

    with Listener() as listener:
        assert announcer.announce() == 2
        assert listener.heard(2) == {("all", 4), ("project-cards", 4)}


def test_an_emptied_redis_changes_nothing(valkey, cards):
    with Listener() as listener:
        earn(cards, make_volunteer())
        valkey.flush()
        keep_boards()
        assert listener.heard(2) == {("all", 1), ("project-cards", 1)}


def test_a_redis_that_failed_is_left_in_peace_for_a_while(monkeypatch, cards, announcer):
    tries = []

    async def refuse(changed):
        tries.append(changed)
        raise ConnectionError

    monkeypatch.setattr(announcing, "PAUSE", 60.0)
    monkeypatch.setattr(announcing, "send", refuse)
    for _ in range(3):
        earn(cards, make_volunteer())
        keep_boards()

    assert len(tries) == 1
    assert BoardVersion.objects.get(pk=EVERYONE).version == 3
