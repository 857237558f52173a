"""The web process is killed while answers arrive: what it acknowledged is there, once."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gamification.models import Ledger
from tasks.models import Answer, Lease, Task
from tests.factories import make_page, make_task, make_workflow

from .player import Player

pytestmark = pytest.mark.django_db(transaction=True)
PLAYERS = 6
BETWEEN_KILLS = 40  # answers, on average


@pytest.fixture
def project(size):
    workflow = make_workflow()
    for _page in range(size(8, 80)):
        page = make_page(workflow.project)
        for position in range(20):
            make_task(workflow, page=page, position=position)
    return workflow.project


class Turmoil:
    """Players in threads, and a moment to wait for: so many more answers have been acknowledged."""

    def __init__(self, players: list[Player]) -> None:
        self.players = players
        self.over = threading.Event()
        self.news = threading.Condition()
        self.answers = 0

    def play(self, player: Player) -> None:
        try:
            while not self.over.is_set() and player.play():
                with self.news:
                    self.answers += 1
                    self.news.notify_all()
        finally:
            self.over.set()
            with self.news:
                self.news.notify_all()

    def wait_for(self, more: int) -> None:
        with self.news:
            wanted = self.answers + more
            self.news.wait_for(lambda: self.answers >= wanted or self.over.is_set(), 60)


def assert_kept(players: list[Player]) -> None:
    acknowledged = {key: result for player in players for key, result in dict(player.acknowledged).items()}
    stored = {key: result for key, result in acknowledged.items() if result["status"] in {"counted", "late"}}
    rows = [(str(key), result) for key, result in Answer.objects.filter(key__in=stored).values_list("key", "result")]
    assert (len(rows), dict(rows)) == (len(stored), stored)
    assert {result["status"] for result in acknowledged.values()} == {"counted"}


def assert_good_books() -> None:
    """No counter without its rows, no row without its counter, no points twice and none forgotten."""
    for task in Task.objects.all():
        counted = Answer.objects.filter(task=task, counted=True).count()
        held = Lease.objects.live().filter(task=task).count()
        assert (task.answered, task.leased) == (counted, held)
    answers = list(Answer.objects.filter(counted=True).order_by("id").values_list("id", flat=True))
    credited = list(Ledger.objects.filter(rule="took_part").order_by("answer").values_list("answer", flat=True))
    assert credited == answers


def test_a_web_process_killed_again_and_again_loses_and_doubles_nothing(server, project, size):
    chance = random.Random(1)
    players = [Player(server.url, project.slug) for _ in range(PLAYERS)]
    turmoil = Turmoil(players)
    with ThreadPoolExecutor(PLAYERS) as threads:
        playing = [threads.submit(turmoil.play, player) for player in players]
        for _time in range(size(2, 50)):
            turmoil.wait_for(chance.randrange(2 * BETWEEN_KILLS))
            server.kill()
            assert_kept(players)
            server.start()
        turmoil.wait_for(BETWEEN_KILLS)
        assert not turmoil.over.is_set(), "the tasks were used up"
        turmoil.over.set()
        for each in playing:
            each.result()

    assert sum(player.sent_again for player in players) >= size(2, 50)
    assert_kept(players)
    assert_good_books()
    for player in players:
        assert {key: player.answer_again(key) for key in player.posted} == player.acknowledged
        player.close()
