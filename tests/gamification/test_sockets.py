import asyncio
import json
import os
import signal

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.db import connections

from gamification import announcing, chores, relaying
from gamification.announcing import Announcer
from gamification.chores import keep_boards
from gamification.models import BoardVersion
from gamification.routing import websocket_urlpatterns
from tasks.enums import ProjectState
from tasks.models import Project
from tests.factories import make_project, make_volunteer

from .builders import earn
from .hearing import PATIENCE

pytestmark = pytest.mark.django_db
application = URLRouter(websocket_urlpatterns)


@pytest.fixture(autouse=True)
def fresh_sweeper(monkeypatch):
    monkeypatch.setattr(announcing, "PAUSE", 0.0)
    monkeypatch.setattr(chores, "announcer", Announcer())


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch):
    """Channels would close the connection in the middle of the test's transaction."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda **_signal: None)


@pytest.fixture
def cards():
    return make_project(slug="cards")


@sync_to_async
def score(project: Project) -> None:
    """Somebody earns a point, and the sweeper looks."""
    earn(project, make_volunteer())
    keep_boards()


async def connect(board: str = "all") -> WebsocketCommunicator:
    socket = WebsocketCommunicator(application, f"/ws/leaderboards/{board}/")
    accepted, _protocol = await socket.connect(timeout=PATIENCE)
    assert accepted
    return socket


async def heard(socket: WebsocketCommunicator) -> tuple[str, int]:
    message = json.loads(await socket.receive_from(timeout=PATIENCE))
    return message["board"], message["version"]


async def closing_code(socket: WebsocketCommunicator) -> int:
    while (message := await socket.receive_output(timeout=PATIENCE))["type"] != "websocket.close":
        pass
    return message["code"]


async def listening() -> None:
    """Wait until the process has subscribed: what is announced before is told by the next look."""
    relay = relaying.Relay.of_this_loop()
    async with asyncio.timeout(5):
        while not relay.subscribed.is_set():
            await asyncio.sleep(0.01)


def test_a_socket_is_told_the_version_and_each_change(valkey, cards):
    async def story():
        everyone, project, other = await connect(), await connect("project-cards"), await connect()
        told = [await heard(socket) for socket in (everyone, project, other)]
        await listening()
        await score(cards)
        told += [await heard(socket) for socket in (everyone, project, other)]
        for socket in (everyone, project, other):
            await socket.disconnect(timeout=PATIENCE)
        return told

    assert async_to_sync(story)() == [
        *[("all", 0), ("project-cards", 0), ("all", 0)],
        *[("all", 1), ("project-cards", 1), ("all", 1)],
    ]


def test_an_older_or_equal_version_is_not_told(valkey):
    BoardVersion.objects.create(board=0, version=5)

    async def story():
        socket = await connect()
        first = await heard(socket)
        relay = relaying.Relay.of_this_loop()
        for version in (4, 5, 7):
            await relay.hear("all", version)
        second = await heard(socket)
        assert await socket.receive_nothing()
        await socket.disconnect(timeout=PATIENCE)
        return first, second

    assert async_to_sync(story)() == (("all", 5), ("all", 7))


@pytest.mark.parametrize(
    ("sockets", "words"),
    [
        (50, {"board": "all", "version": 7}),
        (51, {"board": "all", "version": 7, "spread": 20}),
        (500, {"board": "all", "version": 7, "spread": 9000}),
        (5000, {"board": "all", "version": 7, "spread": 10_000}),
    ],
)
def test_many_browsers_are_asked_to_share_out_when_they_fetch(sockets, words):
    assert json.loads(relaying.message_of("all", 7, sockets)) == words


@pytest.mark.parametrize("board", ["nobody", "project-missing", "project-draft", "ALL", "project-%00"])
def test_an_unknown_or_draft_board_closes_the_socket(board):
    make_project(slug="draft", state=ProjectState.DRAFT)

    async def story():
        socket = await connect(board)
        return await closing_code(socket)

    assert async_to_sync(story)() == 4404


def test_a_board_that_is_withdrawn_closes_its_sockets(cards, monkeypatch):
    monkeypatch.setattr(relaying.Relay, "LOOK", 0.05)

    async def story():
        socket, other = await connect("project-cards"), await connect()
        await sync_to_async(Project.objects.update)(state=ProjectState.DRAFT)
        code = await closing_code(socket)
        told = await heard(other)
        assert await other.receive_nothing()
        await other.disconnect(timeout=PATIENCE)
        return code, told

    assert async_to_sync(story)() == (4404, ("all", 0))


@pytest.mark.parametrize(
    "messages",
    [["x" * 1025], ["ä" * 513], [b"x" * 1025], ["x"] * 6],
    ids=["long text", "text long in bytes", "long bytes", "too many"],
)
def test_a_client_that_talks_too_much_is_sent_away(messages):
    async def story():
        socket = await connect()
        for message in messages:
            await socket.send_to(**{"text_data" if isinstance(message, str) else "bytes_data": message})
        return await closing_code(socket)

    assert async_to_sync(story)() == 4008


def test_a_few_short_messages_are_ignored():
    async def story():
        socket = await connect()
        told = await heard(socket)
        for _ in range(5):
            await socket.send_to(text_data="x" * 1024)
        assert await socket.receive_nothing()
        await socket.disconnect(timeout=PATIENCE)
        return told

    assert async_to_sync(story)() == ("all", 0)


def test_a_process_holds_only_so_many_sockets(monkeypatch):
    monkeypatch.setattr(relaying.Relay, "SOCKETS", 1)

    async def story():
        first, second = await connect(), await connect()
        code = await closing_code(second)
        await first.disconnect(timeout=PATIENCE)
        third = await connect()
        told = await heard(third)
        await third.disconnect(timeout=PATIENCE)
        return code, told

    assert async_to_sync(story)() == (4013, ("all", 0))


def test_sockets_that_left_are_forgotten():
    async def story():
        for _ in range(3):
            socket = await connect()
            await socket.disconnect(timeout=PATIENCE)
        await closing_code(await connect("nobody"))
        return dict(relaying.Relay.of_this_loop().sockets)

    assert async_to_sync(story)() == {}


def test_without_redis_sockets_follow_the_database(cards, monkeypatch, caplog):
    monkeypatch.setattr(relaying.Relay, "LOOK", 0.05)

    async def story():
        socket = await connect("project-cards")
        told = [await heard(socket)]
        await score(cards)
        told.append(await heard(socket))
        await socket.disconnect(timeout=PATIENCE)
        return told

    assert async_to_sync(story)() == [("project-cards", 0), ("project-cards", 1)]
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def stop(valkey):
    valkey.stop()


def start(valkey):
    valkey.start()


def hang(valkey):
    os.kill(valkey.process.pid, signal.SIGSTOP)


def go_on(valkey):
    os.kill(valkey.process.pid, signal.SIGCONT)


def flush(valkey):
    valkey.flush()


def nothing(valkey):
    pass


def score_elsewhere(project: Project) -> None:
    try:
        earn(project, make_volunteer())
        keep_boards()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("break_it", "mend_it"), [(stop, start), (hang, go_on), (flush, nothing)])
def test_a_board_is_live_again_after_an_outage(valkey, cards, break_it, mend_it, caplog, monkeypatch):
    monkeypatch.setattr(relaying.Relay, "LOOK", 60.0)  # what comes, comes through Redis

    async def story():
        socket = await connect()
        told = [await heard(socket)]
        await listening()
        await sync_to_async(break_it)(valkey)
        try:
            await asyncio.to_thread(score_elsewhere, cards)
            late = await connect()
            told.append(await heard(late))
        finally:
            await sync_to_async(mend_it)(valkey)
        async with asyncio.timeout(10):
            while socket.output_queue.empty():
                await asyncio.to_thread(score_elsewhere, cards)
                await asyncio.sleep(0.1)
        told.append(await heard(socket))
        for each in (socket, late):
            await each.disconnect(timeout=PATIENCE)
        return told

    first, during, after = async_to_sync(story)()

    assert (first, during) == (("all", 0), ("all", 1))
    assert after[1] >= 1
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
