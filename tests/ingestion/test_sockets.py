"""The socket of a batch."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership, Volunteer
from ingestion import announcing, relaying
from ingestion.announcing import Announcer
from ingestion.models import Upload
from ingestion.routing import websocket_urlpatterns
from tasks.enums import BatchState
from tasks.models import Batch
from tests.factories import make_organisation, make_project, make_volunteer

PATIENCE = 30  # seconds; a busy machine takes some
pytestmark = pytest.mark.django_db
application = URLRouter(websocket_urlpatterns)


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch):
    """Channels would close the connection in the middle of the test's transaction."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda **_signal: None)


@pytest.fixture
def batch() -> Batch:
    return Batch.objects.create(project=make_project(), name="a", state=BatchState.READING, total=9)


def member(batch: Batch, role: str = Role.ARCHIVIST, *, foreign: bool = False) -> Volunteer:
    volunteer = make_volunteer()
    organisation = make_organisation() if foreign else batch.project.organisation
    Membership.objects.create(organisation=organisation, volunteer=volunteer, role=role)
    return volunteer


def cookies(volunteer: Volunteer | None) -> list[tuple[bytes, bytes]]:
    client = Client()
    if volunteer:
        client.force_login(volunteer)
    return [(b"cookie", "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()).encode())]


async def connected(batch: Batch, headers: list[tuple[bytes, bytes]]) -> WebsocketCommunicator:
    socket = WebsocketCommunicator(application, f"/ws/batches/{batch.pk}/", headers)
    accepted, _protocol = await socket.connect(timeout=PATIENCE)
    assert accepted
    return socket


async def heard(socket: WebsocketCommunicator) -> dict[str, Any]:
    return json.loads(await socket.receive_from(timeout=PATIENCE))


def test_a_socket_hears_how_far_the_batch_is_and_each_change(batch: Batch, valkey):
    headers, announcer = cookies(member(batch)), Announcer()

    @sync_to_async
    def move(**fields: Any) -> int:
        Batch.objects.update(**fields)
        return announcer.announce()

    async def watch() -> list[dict[str, Any]]:
        socket = await connected(batch, headers)
        messages = [await heard(socket)]
        await relaying.Relay.of_this_loop().subscribed.wait()
        for fields in ({"done": 1}, {"done": 9, "state": BatchState.DONE}):
            assert await move(**fields) == 1
            messages.append(await heard(socket))
        assert await move() == 0
        await socket.disconnect(timeout=PATIENCE)
        return messages

    assert [(m["batch"], m["state"], m["done"], m["total"]) for m in async_to_sync(watch)()] == [
        (batch.pk, "reading", 0, 9), (batch.pk, "reading", 1, 9), (batch.pk, "done", 9, 9),
    ]  # fmt: skip


def test_an_upload_on_its_way_is_told_in_bytes(batch: Batch):
    Batch.objects.update(state=BatchState.ARRIVING)
    for name in "ab":
        Upload.objects.create(batch=batch, path_label=name, place=name, size=10, offset=4)
    headers = cookies(member(batch, Role.OWNER))

    async def first() -> dict[str, Any]:
        socket = await connected(batch, headers)
        message = await heard(socket)
        await socket.disconnect(timeout=PATIENCE)
        return message

    told = async_to_sync(first)()
    assert (told["state"], told["arrived"], told["size"]) == ("arriving", 8, 20)


@pytest.mark.parametrize("who", ["nobody", "a reviewer", "a stranger"])
def test_nobody_else_hears_anything(who: str, batch: Batch):
    people = {
        "nobody": lambda: None,
        "a reviewer": lambda: member(batch, Role.REVIEWER),
        "a stranger": lambda: member(batch, foreign=True),
    }
    headers = cookies(people[who]())

    async def closed() -> dict[str, Any]:
        return await (await connected(batch, headers)).receive_output(timeout=PATIENCE)

    assert async_to_sync(closed)() == {"type": "websocket.close", "code": 4404}


def test_without_redis_the_announcer_waits_and_the_relay_looks_for_itself(batch: Batch, monkeypatch):
    async def fail(_changed: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(relaying.Relay, "LOOK", 0.05)
    monkeypatch.setattr(announcing, "send", fail)
    headers, announcer = cookies(member(batch)), Announcer()
    assert (announcer.announce(), announcer.told) == (0, {})

    async def watch() -> list[int]:
        socket = await connected(batch, headers)
        first = await heard(socket)
        await sync_to_async(Batch.objects.update)(done=5)
        second = await heard(socket)
        await socket.disconnect(timeout=PATIENCE)
        return [first["done"], second["done"]]

    assert async_to_sync(watch)() == [0, 5]
