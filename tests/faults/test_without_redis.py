"""Redis only carries news: without it answering goes on at its pace, and the boards are complete when it is back."""

import json
import signal
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from civictasks.embedded.valkey import Valkey
from gamification import chores
from gamification.announcing import Announcer
from gamification.models import Ledger
from tasks.models import Answer
from tests.factories import make_page, make_task, make_workflow

from .player import Player

pytestmark = pytest.mark.django_db(transaction=True)
PLAYERS = 4


@pytest.fixture
def project(size):
    workflow = make_workflow()
    for _page in range(size(2, 20)):
        page = make_page(workflow.project)
        for position in range(20):
            make_task(workflow, page=page, position=position)
    return workflow.project


@pytest.fixture(autouse=True)
def announcer(monkeypatch) -> Announcer:
    """A sweeper that has told nobody anything yet and tries again at once."""
    monkeypatch.setattr("gamification.announcing.PAUSE", 0)
    announcer = Announcer()
    monkeypatch.setattr(chores, "announcer", announcer)
    return announcer


def answer(server, project, answers: int) -> int:
    """Let several volunteers play so many tasks each, and return how many answers were acknowledged."""
    players = [Player(server.url, project.slug) for _ in range(PLAYERS)]
    with ThreadPoolExecutor(PLAYERS) as threads:
        for playing in [threads.submit(lambda p=player: [p.play() for _ in range(answers)]) for player in players]:
            assert all(playing.result())
    results = [result for player in players for result in player.acknowledged.values()]
    assert {result["status"] for result in results} == {"counted"}
    assert not any(player.sent_again for player in players)
    for player in players:
        player.close()
    return len(results)


def points_of_the_board(server) -> int:
    with urllib.request.urlopen(f"{server.url}/api/v1/leaderboards/all", timeout=10) as reply:
        return sum(entry["points"] for entry in json.load(reply)["entries"])


def points_of_the_ledger() -> int:
    return sum(Ledger.objects.values_list("points", flat=True))


def stop(valkey: Valkey) -> None:
    valkey.stop()


def hang(valkey: Valkey) -> None:
    assert valkey.process
    valkey.process.send_signal(signal.SIGSTOP)


def wake(valkey: Valkey) -> None:
    assert valkey.process
    valkey.process.send_signal(signal.SIGCONT)


def start(valkey: Valkey) -> None:
    valkey.start()


def flush(valkey: Valkey) -> None:
    valkey.flush()


def test_a_loop_says_nothing_to_redis(server, project, valkey, settings):
    def heard() -> tuple[int, int]:
        with Redis.from_url(settings.REDIS_URL) as redis:
            told = redis.info("stats")
        return told["total_connections_received"], told["total_commands_processed"]

    before, then = heard(), heard()
    asking = (then[0] - before[0], then[1] - before[1])

    assert answer(server, project, 5) == 5 * PLAYERS

    after = heard()
    assert (after[0] - then[0], after[1] - then[1]) == asking


@pytest.mark.parametrize(("break_it", "mend_it"), [(stop, start), (hang, wake), (flush, flush)])
def test_answering_goes_on_and_the_boards_catch_up(
    server, project, valkey, in_thread, announcer, size, break_it: Callable, mend_it: Callable
):
    answers = size(5, 100)
    in_thread(chores.keep_boards)
    break_it(valkey)
    try:
        assert answer(server, project, answers) == answers * PLAYERS
        in_thread(chores.keep_boards)
        during = points_of_the_board(server)
    finally:
        mend_it(valkey)
    assert answer(server, project, 1) == PLAYERS
    in_thread(chores.keep_boards)

    assert Answer.objects.count() == (answers + 1) * PLAYERS
    assert 0 < during < points_of_the_board(server) == points_of_the_ledger()
    assert (announcer.failing, set(announcer.told)) == (False, {0, project.pk})
