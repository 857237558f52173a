"""Files that come in pieces."""

import base64
import hashlib
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import Act, Membership
from ingestion import chores, receiving, storing
from ingestion.jobs import read_batch
from ingestion.models import File, Upload
from ingestion.uploading import uploaded_files
from tasks.enums import BatchState, ProjectState
from tasks.models import Batch, Page, Project
from tests.factories import make_token, make_volunteer, make_workflow
from tests.live import LiveServer

from .drawing import THREE_LINES, alto, page_bytes

pytestmark = pytest.mark.django_db
KILLED_AT = 10  # cuts left
PIECE = "application/offset+octet-stream"


class Sender:
    """A program with a token, by way of the test client."""

    def __init__(self, client: Client, project: Project, role: str = Role.ARCHIVIST) -> None:
        self.client, self.project = client, project
        volunteer = make_volunteer(username=f"u-{uuid4().hex[:12]}")
        Membership.objects.create(organisation=project.organisation, volunteer=volunteer, role=role)
        self.headers = {"Authorization": f"Bearer {make_token(volunteer, Scope.INGEST)}"}

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(
            f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=self.headers
        )

    def begin(self, *files: dict[str, Any], name: str = "Box 1") -> Any:
        return self.post(f"projects/{self.project.slug}/batches/uploads", {"name": name, "files": files})

    def send(self, upload: dict[str, Any], at: int, content: bytes, **headers: str) -> Any:
        known = self.headers | {"Upload-Offset": str(at)} | headers
        return self.client.patch(upload["url"], content, content_type=PIECE, headers=known)

    def offset(self, upload: dict[str, Any]) -> int:
        return int(self.client.head(upload["url"], headers=self.headers)["Upload-Offset"])

    def finish(self, batch: int) -> Any:
        return self.post(f"batches/{batch}/finish")


@pytest.fixture
def project() -> Project:
    return make_workflow().project


@pytest.fixture
def sender(client: Client, project: Project) -> Sender:
    return Sender(client, project)


def told(name: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {"name": name, "size": len(content)} | more


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def contents(batch: int) -> dict[str, bytes]:
    return {name: path.read_bytes() for path, name in uploaded_files(Batch.objects.get(pk=batch)).items()}


@pytest.mark.parametrize(
    ("said", "names", "called"),
    [
        ("Box 1", ["box/a.jpg"], "Box 1"),
        ("", ["box/one/a.jpg", "box/two/b.jpg"], "box"),
        ("", ["box/a.jpg", "boxes/b.jpg"], "box/a.jpg"),
        ("", ["a.jpg", "b.jpg"], "a.jpg"),
    ],
)
def test_a_batch_without_a_name_is_called_after_its_folder_or_first_file(sender: Sender, said, names, called):
    sender.begin(*(told(name, b"1") for name in names), name=said)

    assert Batch.objects.get().name == called


def test_files_sent_in_pieces_become_a_batch_and_are_read(sender: Sender):
    files = {"box/a.jpg": page_bytes(), "box/a.xml": alto(THREE_LINES), "empty.txt": b""}
    begun = sender.begin(*(told(name, content, sha256=digest(content)) for name, content in files.items()))
    uploads, number = begun.json()["uploads"], begun.json()["batch"]
    for upload in uploads:
        content = files[upload["name"]]
        for at in range(0, len(content), 5000):
            reply = sender.send(upload, at, content[at : at + 5000])
            assert (reply.status_code, int(reply["Upload-Offset"])) == (204, min(len(content), at + 5000))
    assert (begun.status_code, Batch.objects.get().state) == (201, BatchState.ARRIVING)
    reply = sender.finish(number)

    assert (reply.status_code, reply["Location"], reply.json()["state"]) == (
        202,
        f"/api/v1/batches/{number}",
        "uploaded",
    )
    assert contents(number) == files
    assert [(act.what, act.details["files"]) for act in Act.objects.order_by("number")] == [
        ("batch.begun", 3), ("batch.brought", 3),
    ]  # fmt: skip
    read_batch(number)
    assert dict(File.objects.values_list("path_label", "state")) == {
        "box/a.jpg": "done", "box/a.xml": "used", "empty.txt": "refused",
    }  # fmt: skip
    assert sender.finish(number).json()["state"] == "done"


def test_whoever_comes_back_with_the_same_files_goes_on_where_they_stopped(sender: Sender):
    content = page_bytes()
    begun = sender.begin(told("a.jpg", content), told("b.jpg", b"b")).json()
    sender.send(begun["uploads"][0], 0, content[:7000])
    again = sender.post(f"batches/{begun['batch']}/uploads", {"files": [told("a.jpg", content), told("c.jpg", b"c")]})

    assert [(u["name"], u["offset"]) for u in again.json()["uploads"]] == [("a.jpg", 7000), ("c.jpg", 0)]
    listed = sender.client.get(f"/api/v1/batches/{begun['batch']}/uploads", headers=sender.headers).json()["items"]
    assert [(u["name"], u["size"], u["offset"], u["finished"]) for u in listed] == [
        ("a.jpg", len(content), 7000, False), ("b.jpg", 1, 0, False), ("c.jpg", 1, 0, False),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_another_content_under_the_same_name_begins_anew(sender: Sender):
    begun = sender.begin(told("a.jpg", b"12345")).json()
    sender.send(begun["uploads"][0], 0, b"123")
    same = {"files": [told("a.jpg", b"12345", again=True)]}
    other = {"files": [told("a.jpg", b"123456")]}

    for body in (same, other):
        assert sender.post(f"batches/{begun['batch']}/uploads", body).json()["uploads"][0]["offset"] == 0
        sender.send(begun["uploads"][0], 0, b"abc")
    assert len(list(Path(settings.FILES, Batch.objects.get().source).iterdir())) == 1


def test_a_piece_at_the_wrong_place_is_told_the_right_one(sender: Sender):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    sender.send(upload, 0, b"12")
    replies = [sender.send(upload, at, b"3") for at in (0, 3)]

    assert [(r.status_code, r["Upload-Offset"], r["Content-Type"]) for r in replies] == [
        (409, "2", "application/problem+json")
    ] * 2
    assert sender.offset(upload) == 2


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Upload-Offset": "-1"}, b"1", 422),
        ({"Upload-Offset": "9" * 40}, b"1", 422),
        ({"Upload-Offset": "x"}, b"1", 422),
        ({"Upload-Checksum": "md5 eA=="}, b"1", 422),
        ({"Upload-Checksum": "sha256 nonsense"}, b"1", 422),
        ({"Upload-Checksum": f"sha256 {base64.b64encode(bytes(32)).decode()}"}, b"1", 422),
        ({"Content-Type": "text/plain"}, b"1", 415),
        ({}, b"123456", 413),
    ],
)
def test_a_piece_that_cannot_be_right_changes_nothing(
    headers: dict[str, str], content: bytes, status: int, sender: Sender
):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    kind = headers.pop("Content-Type", PIECE)
    known = sender.headers | {"Upload-Offset": "0"} | headers
    reply = sender.client.patch(upload["url"], content, content_type=kind, headers=known)

    assert (reply.status_code, bool(reply.json()["detail"]), sender.offset(upload)) == (status, True, 0)


def test_a_checksum_that_fits_is_taken(sender: Sender):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    checksum = f"sha256 {base64.b64encode(hashlib.sha256(b'12345').digest()).decode()}"

    assert sender.send(upload, 0, b"12345", **{"Upload-Checksum": checksum}).status_code == 204


def test_a_piece_longer_than_allowed_is_refused(sender: Sender, settings):
    settings.LONGEST_CHUNK = 4
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]

    assert (sender.send(upload, 0, b"12345").status_code, sender.offset(upload)) == (413, 0)


def test_a_batch_is_not_handed_over_before_all_is_there(sender: Sender):
    begun = sender.begin(told("a.jpg", b"12345"), told("b.jpg", b"1")).json()
    sender.send(begun["uploads"][1], 0, b"1")
    reply = sender.finish(begun["batch"])

    assert (reply.status_code, "“a.jpg”" in reply.json()["detail"]) == (409, True)
    assert sender.client.delete(begun["uploads"][0]["url"], headers=sender.headers).status_code == 204
    assert (sender.finish(begun["batch"]).status_code, contents(begun["batch"])) == (202, {"b.jpg": b"1"})


def test_a_file_that_is_not_what_was_announced_is_wanted_again(sender: Sender):
    begun = sender.begin(told("a.jpg", b"12345", sha256=digest(b"12345"))).json()
    [upload] = begun["uploads"]
    sender.send(upload, 0, b"54321")
    reply = sender.finish(begun["batch"])

    assert (reply.status_code, sender.offset(upload), Batch.objects.get().state) == (422, 0, BatchState.ARRIVING)
    sender.send(upload, 0, b"12345")
    assert sender.finish(begun["batch"]).status_code == 202


def test_a_refused_file_is_sent_again_into_its_batch(sender: Sender):
    broken, sound = page_bytes()[:-900], page_bytes()
    begun = sender.begin(told("a.jpg", broken), told("b.jpg", page_bytes(1))).json()
    for upload, content in zip(begun["uploads"], (broken, page_bytes(1)), strict=True):
        sender.send(upload, 0, content)
    sender.finish(begun["batch"])
    read_batch(begun["batch"])
    assert dict(File.objects.values_list("path_label", "state")) == {"a.jpg": "refused", "b.jpg": "done"}
    [upload] = sender.post(f"batches/{begun['batch']}/uploads", {"files": [told("a.jpg", sound)]}).json()["uploads"]
    sender.send(upload, 0, sound)
    sender.finish(begun["batch"])
    read_batch(begun["batch"])

    assert dict(File.objects.values_list("path_label", "state")) == {"a.jpg": "done", "b.jpg": "done"}
    assert Page.objects.count() == 2


@pytest.mark.parametrize("state", [BatchState.READING, BatchState.WITHDRAWN])
def test_files_are_not_handed_over_to_a_batch_that_would_not_open_them(sender: Sender, state: BatchState):
    begun = sender.begin(told("a.jpg", page_bytes())).json()
    sender.send(begun["uploads"][0], 0, page_bytes())
    sender.finish(begun["batch"])
    read_batch(begun["batch"])
    later = page_bytes(1)
    [upload] = sender.post(f"batches/{begun['batch']}/uploads", {"files": [told("b.jpg", later)]}).json()["uploads"]
    sender.send(upload, 0, later)
    Batch.objects.update(state=state)  # meanwhile, by another member
    refused = sender.finish(begun["batch"])
    Batch.objects.update(state=BatchState.DONE)
    taken = sender.finish(begun["batch"])
    read_batch(begun["batch"])

    assert (refused.status_code, taken.status_code) == (409, 202)
    assert dict(File.objects.values_list("path_label", "state")) == {"a.jpg": "done", "b.jpg": "done"}


@pytest.mark.parametrize(
    ("files", "status", "part"),
    [
        ([{"name": "a", "size": 1}, {"name": "a", "size": 2}], 422, "“a”"),
        ([{"name": "a", "size": 2**40}], 413, "“a”"),
        ([{"name": "", "size": 1}], 422, ""),
        ([{"name": "a", "size": -1}], 422, ""),
        ([{"name": "a", "size": 1, "sha256": "x"}], 422, ""),
    ],
)
def test_what_cannot_come_is_refused_beforehand(files: list[dict[str, Any]], status: int, part: str, sender: Sender):
    reply = sender.begin(*files)

    assert (reply.status_code, part in reply.json()["detail"], Batch.objects.count()) == (status, True, 0)


def test_a_full_disk_takes_neither_files_nor_pieces(sender: Sender, monkeypatch: pytest.MonkeyPatch):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    monkeypatch.setattr(storing, "LOW_WATER", 2**62)
    monkeypatch.setattr(receiving, "LOW_WATER", 2**62)
    replies = [sender.send(upload, 0, b"12345"), sender.begin(told("b.jpg", b"12345"))]

    assert [(r.status_code, "disk has only" in r.json()["detail"]) for r in replies] == [(507, True)] * 2
    assert (sender.offset(upload), Batch.objects.count()) == (0, 1)


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.OPEN])
def test_nobody_else_sees_or_changes_an_upload(sender: Sender, client: Client, project: Project, state: ProjectState):
    begun = sender.begin(told("a.jpg", b"12345")).json()
    Project.objects.update(state=state)
    stranger, reviewer = Sender(client, make_workflow().project), Sender(client, project, Role.REVIEWER)
    nobody = Sender(client, project)
    nobody.headers = {}

    for other, status in ((stranger, 404), (reviewer, 404), (nobody, 401)):
        assert [
            other.send(begun["uploads"][0], 0, b"12345").status_code,
            client.head(begun["uploads"][0]["url"], headers=other.headers).status_code,
            client.delete(begun["uploads"][0]["url"], headers=other.headers).status_code,
            client.delete(f"/api/v1/batches/{begun['batch']}/uploads", headers=other.headers).status_code,
            other.finish(begun["batch"]).status_code,
            other.post(f"batches/{begun['batch']}/uploads", {"files": []}).status_code,
        ] == [status] * 6
    assert sender.offset(begun["uploads"][0]) == 0


def test_a_cancelled_upload_leaves_nothing(sender: Sender):
    begun = sender.begin(told("a.jpg", b"12345")).json()
    sender.send(begun["uploads"][0], 0, b"123")
    folder = Path(settings.FILES, Batch.objects.get().source)
    reply = sender.client.delete(f"/api/v1/batches/{begun['batch']}/uploads", headers=sender.headers)

    assert (reply.status_code, Batch.objects.count(), Upload.objects.count(), folder.exists()) == (204, 0, 0, False)


def test_what_nobody_goes_on_with_for_a_day_is_forgotten(sender: Sender):
    begun = [sender.begin(told("a.jpg", b"12345"), name=name).json() for name in ("old", "slow", "read")]
    sender.send(begun[2]["uploads"][0], 0, b"12345")
    sender.finish(begun[2]["batch"])
    read_batch(begun[2]["batch"])
    sender.post(f"batches/{begun[2]['batch']}/uploads", {"files": [told("b.jpg", b"12345")]})
    long_ago = timezone.now() - timedelta(days=2)
    Batch.objects.update(created_at=long_ago)
    Upload.objects.update(touched_at=long_ago)
    sender.send(begun[1]["uploads"][0], 0, b"1")

    assert chores.forget_orphaned_uploads() == 2
    assert list(Upload.objects.values_list("batch__name", "path_label").order_by("pk")) == [
        ("slow", "a.jpg"), ("read", "a.jpg"),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_add_the_same_files_at_once_expect_each_once():
    batch = receiving.begin(make_workflow().project, "Box 1", [], make_volunteer())
    start = Barrier(4)

    def add(_window: int) -> list[int]:
        try:
            start.wait(20)
            return [row.pk for row in receiving.add(batch, [receiving.Announced(name, 1) for name in ("a", "b")])]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as windows:
        rows = list(windows.map(add, range(4)))

    assert rows == [list(Upload.objects.order_by("pk").values_list("pk", flat=True))] * 4


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_one_file_cannot_mix_their_bytes(sender: Sender):
    [made] = sender.begin(told("a.jpg", bytes(40_000))).json()["uploads"]
    refusals: list[int] = []

    def send(letter: bytes) -> None:
        from django.db import connection

        upload = Upload.objects.select_related("batch").get(pk=made["id"])
        at = 0
        while at < upload.size:
            try:
                at = receiving.keep_piece(upload, at, Slow(letter * 4000))
            except receiving.UploadRefused as refusal:
                refusals.append(refusal.status)
                at = Upload.objects.values_list("offset", flat=True).get(pk=upload.pk)
        connection.close()

    threads = [Thread(target=send, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = receiving.place_of(Upload.objects.select_related("batch").get()).read_bytes()

    assert {content[at : at + 4000] for at in range(0, 40_000, 4000)} <= {b"a" * 4000, b"b" * 4000}
    assert (len(content), len(refusals) > 0) == (40_000, True)


class Slow:
    """A body that comes a little at a time, so that two of them overlap."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, size: int) -> bytes:
        import time

        time.sleep(0.001)
        part, self.content = self.content[:1000], self.content[1000:]
        return part


@pytest.mark.django_db(transaction=True)
def test_an_upload_cut_off_again_and_again_arrives_byte_for_byte(
    live_url: str, live_server_process: LiveServer, sender: Sender, size
):
    """A program sends a file over connections that break at any byte, and goes on from what the site has; once the site
    itself is killed."""
    random, host = Random(7), urlsplit(live_url).netloc
    content = random.randbytes(size(3, 48) * 2**20 + 12_345)
    begun = sender.begin(told("a.bin", content, sha256=digest(content))).json()
    [upload] = begun["uploads"]
    piece, cuts = len(content) // 24, 20
    while (at := asked_offset(host, upload["url"], sender.headers)) < len(content):
        part = content[at : at + piece]
        sent = random.randrange(len(part)) if cuts else len(part)
        cuts -= bool(cuts)
        send_some(host, upload["url"], sender.headers, at, part, sent)
        if cuts == KILLED_AT and sent < len(part):
            live_server_process.kill()
            live_server_process.start()
            live_server_process.wait()
    assert (sender.finish(begun["batch"]).status_code, cuts) == (202, 0)
    assert contents(begun["batch"]) == {"a.bin": content}


def asked_offset(host: str, url: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("HEAD", url, headers=headers)
    offset = connection.getresponse().headers["Upload-Offset"]
    connection.close()
    return int(offset)


def send_some(host: str, url: str, headers: dict[str, str], at: int, part: bytes, sent: int) -> None:
    """Promise all of ``part``, send ``sent`` bytes of it and hang up."""
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.putrequest("PATCH", url)
    for name, value in (headers | {"Content-Type": PIECE, "Upload-Offset": str(at)}).items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(part)))
    connection.endheaders()
    connection.send(part[:sent])
    if sent == len(part):
        assert connection.getresponse().status == 204
    connection.close()
