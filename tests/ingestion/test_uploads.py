"""Files that come in pieces."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Act
from ingestion import chores, receiving
from ingestion.jobs import read_batch
from ingestion.models import File, Upload
from tasks.enums import BatchState, ProjectState
from tasks.models import Batch, Page, Project
from tests.factories import make_volunteer, make_workflow

from .drawing import THREE_LINES, alto, page_bytes
from .sending import Sender, contents, digest, told

pytestmark = pytest.mark.django_db


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
