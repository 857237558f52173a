"""Batches over HTTP: uploaded, read in the background, found again when a job is lost."""

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import Membership
from ingestion import chores, storing, uploading
from ingestion.claiming import MOST_CLAIMS, claim
from ingestion.jobs import read_batch
from ingestion.uploading import UPLOADS, uploaded_files
from tasks.enums import BatchState, ProjectState
from tasks.models import Batch, Page, Project, Task
from tests.factories import make_token, make_volunteer, make_workflow

from .drawing import THREE_LINES, alto, page_bytes, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make_workflow().project


def archivist_of(project: Project, role: str = Role.ARCHIVIST) -> Any:
    volunteer = make_volunteer(username=f"u-{uuid4().hex[:12]}")
    Membership.objects.create(organisation=project.organisation, volunteer=volunteer, role=role)
    return volunteer


@pytest.fixture
def headers(project: Project) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(archivist_of(project), Scope.INGEST)}"}


def upload(client: Client, project: Project, headers: dict[str, str], *files: tuple[str, bytes], **fields: str):
    body = {"files": [SimpleUploadedFile(name, content) for name, content in files], **fields}
    return client.post(f"/api/v1/projects/{project.slug}/batches", body, headers=headers)


def test_an_upload_is_accepted_kept_and_read(client: Client, project: Project, headers: dict[str, str]):
    files = [("a.jpg", page_bytes()), ("a.xml", alto(THREE_LINES)), ("b.jpg", page_bytes(1)[:-900])]
    reply = upload(client, project, headers, *files, name="Box 1")
    batch = Batch.objects.get()

    assert (reply.status_code, reply["Location"]) == (202, f"/api/v1/batches/{batch.pk}")
    assert (reply.json()["state"], reply.json()["name"], reply.json()["project"]) == ("uploaded", "Box 1", project.slug)
    assert {name: path.read_bytes() for path, name in uploaded_files(batch).items()} == dict(files)
    read_batch(batch.pk)
    shown = client.get(reply["Location"], headers=headers).json()
    assert shown.pop("created_at")
    [refused] = shown.pop("refused")
    assert (refused["name"], refused["state"], bool(refused["reason"]), bool(refused["step"])) == (
        "b.jpg", "refused", True, True,
    )  # fmt: skip
    assert shown == {
        "id": batch.pk, "project": project.slug, "name": "Box 1", "state": "done", "reason": "", "total": 2, "done": 2,
        "pages": 1, "tasks": 3, "files": {"done": 1, "used": 1, "refused": 1},
    }  # fmt: skip


def test_every_file_of_a_batch_is_listed_page_by_page(client: Client, project: Project, headers: dict[str, str]):
    files = ("a.jpg", page_bytes()), ("x.txt", b""), ("b.gif", b"GIF89a")
    number = upload(client, project, headers, *files).json()["id"]
    read_batch(number)
    address, names = f"/api/v1/batches/{number}/files?limit=2", []
    while address:
        page = client.get(address, headers=headers).json()
        names += [(file["name"], file["state"]) for file in page["items"]]
        address = page["next"]

    assert names == [("a.jpg", "done"), ("b.gif", "refused"), ("x.txt", "refused")]


@pytest.mark.parametrize("after", ["x", "1e3", "\x00", "9" * 5000])
def test_a_damaged_link_to_more_files_is_refused_with_a_sentence(
    client: Client, project: Project, headers: dict[str, str], after: str
):
    number = upload(client, project, headers, ("a.jpg", page_bytes())).json()["id"]
    reply = client.get(f"/api/v1/batches/{number}/files", {"after": after}, headers=headers)

    assert (reply.status_code, reply.json()["detail"].startswith("“after” is damaged.")) == (422, True)


def test_a_batch_without_a_name_is_called_after_its_first_file_and_never_like_another(
    client: Client, project: Project, headers: dict[str, str]
):
    names = [upload(client, project, headers, ("box.zip", zipped([]))).json()["name"] for _time in range(3)]

    assert names == ["box.zip", "box.zip (2)", "box.zip (3)"]


@pytest.mark.parametrize("name", ["../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg", "a\0b.jpg", "x" * 250 + ".jpg"])
def test_a_name_is_only_a_label(name: str, client: Client, project: Project, headers: dict[str, str]):
    upload(client, project, headers, (name, page_bytes()))
    [path] = uploaded_files(Batch.objects.get())

    assert (path.name, path.parent.parent) == ("00000", Path(settings.FILES, UPLOADS))


def test_a_name_is_kept_without_what_nobody_can_see(client: Client, project: Project, headers: dict[str, str]):
    upload(client, project, headers, ("a.jpg", b"a"), name=" Box\x00 \u202e1\n")
    upload(client, project, headers, ("\u202eb.jpg", b"b"), name="\u200b")

    assert list(Batch.objects.order_by("id").values_list("name", flat=True)) == ["Box 1", "b.jpg"]


def test_only_owners_and_archivists_of_the_organisation_bring_scans(client: Client, project: Project):
    statuses = {
        who: upload(client, project, {"Authorization": f"Bearer {token}"}, ("a.jpg", b"x")).status_code
        for who, token in {
            "owner": make_token(archivist_of(project, Role.OWNER), Scope.INGEST),
            "reviewer": make_token(archivist_of(project, Role.REVIEWER), Scope.INGEST),
            "stranger": make_token(archivist_of(make_workflow().project), Scope.INGEST),
            "other scope": make_token(archivist_of(project), Scope.PLAY),
            "no token": "unheard of",
        }.items()
    }

    assert statuses == {"owner": 202, "reviewer": 403, "stranger": 403, "other scope": 403, "no token": 401}
    assert (upload(client, project, {}, ("a.jpg", b"x")).status_code, Batch.objects.count()) == (401, 1)


def test_an_archivist_with_a_session_may_upload_too(client: Client, project: Project):
    archivist = archivist_of(project)
    client.force_login(archivist)

    assert upload(client, project, {}, ("a.jpg", b"x")).status_code == 202


@pytest.mark.parametrize(("role", "read"), [(None, False), (Role.REVIEWER, False), (Role.ARCHIVIST, True)])
def test_who_may_upload_is_judged_before_the_form_is_read(
    role: str | None, read: bool, project: Project, monkeypatch: pytest.MonkeyPatch
):
    client, forms = Client(enforce_csrf_checks=True), []
    if role:
        client.force_login(archivist_of(project, role))
        client.cookies["csrftoken"] = "a" * 32
    load = HttpRequest._load_post_and_files
    monkeypatch.setattr(HttpRequest, "_load_post_and_files", lambda request: (forms.append(1), load(request)))
    reply = upload(client, project, {"X-CSRFToken": "a" * 32}, ("a.jpg", b"x"))

    assert (reply.status_code == 202, bool(forms)) == (read, read)


@pytest.mark.parametrize("state", [ProjectState.DRAFT, ProjectState.OPEN])
def test_a_batch_is_shown_to_its_own_people_only(
    client: Client, project: Project, headers: dict[str, str], state: ProjectState
):
    number = upload(client, project, headers, ("a.jpg", b"x")).json()["id"]
    other = {"Authorization": f"Bearer {make_token(archivist_of(make_workflow().project), Scope.INGEST)}"}
    Project.objects.filter(pk=project.pk).update(state=state)

    for address in (f"/api/v1/batches/{number}", f"/api/v1/batches/{number}/files"):
        assert (client.get(address, headers=headers).status_code, client.get(address, headers=other).status_code) == (
            200, 404,
        )  # fmt: skip


def test_an_upload_without_files_is_told_what_it_lacks(client: Client, project: Project, headers: dict[str, str]):
    reply = upload(client, project, headers)

    assert (reply.status_code, Batch.objects.count()) == (422, 0)
    assert "files" in reply.json()["detail"]


def test_a_full_disk_takes_no_upload(client: Client, project: Project, headers: dict[str, str], monkeypatch):
    monkeypatch.setattr(storing, "LOW_WATER", 2**62)
    reply = upload(client, project, headers, ("a.jpg", page_bytes()))

    assert (reply.status_code, Batch.objects.count()) == (507, 0)
    assert "The disk has only" in reply.json()["detail"]


def test_an_upload_leaves_the_database_its_room(client: Client, project: Project, headers: dict[str, str], monkeypatch):
    monkeypatch.setattr(storing, "free_room", lambda: storing.LOW_WATER + 10)
    replies = [upload(client, project, headers, ("a.jpg", bytes(length))) for length in (11, 10)]

    assert [reply.status_code for reply in replies] == [507, 202]


def test_a_disk_that_fills_up_meanwhile_keeps_nothing_of_the_upload(
    client: Client, project: Project, headers: dict[str, str], monkeypatch
):
    def fill_up(file, place):
        place.write_bytes(b"some")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploading, "write", fill_up)
    before = set(Path(settings.FILES).glob(f"{UPLOADS}/*"))
    reply = upload(client, project, headers, ("a.jpg", page_bytes()))

    assert (reply.status_code, "No space left on device" in reply.json()["detail"]) == (507, True)
    assert set(Path(settings.FILES).glob(f"{UPLOADS}/*")) == before


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_what_was_hinted(client: Client, project: Project, headers: dict[str, str], run_jobs):
    number = upload(client, project, headers, ("box.zip", zipped([("a.jpg", page_bytes())]))).json()["id"]
    run_jobs()

    assert (Batch.objects.get(pk=number).state, Task.objects.count()) == (BatchState.DONE, 3)


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_is_hinted_again_by_the_sweeper(
    client: Client, project: Project, headers: dict[str, str], valkey, run_jobs
):
    number = upload(client, project, headers, ("a.jpg", page_bytes())).json()["id"]
    valkey.flush()

    assert chores.read_waiting_batches() == 1
    run_jobs()
    assert Batch.objects.get(pk=number).state == BatchState.DONE
    assert chores.read_waiting_batches() == 0


def test_a_batch_that_another_worker_reads_is_left_to_it(client: Client, project: Project, headers: dict[str, str]):
    number = upload(client, project, headers, ("a.jpg", page_bytes())).json()["id"]
    claim(number)
    read_batch(number)

    assert (chores.read_waiting_batches(), Page.objects.count()) == (0, 0)
    Batch.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    read_batch(number)
    assert (Batch.objects.get().state, Page.objects.count()) == (BatchState.DONE, 1)


def test_a_second_run_of_a_job_does_no_harm(client: Client, project: Project, headers: dict[str, str]):
    number = upload(client, project, headers, ("a.jpg", page_bytes())).json()["id"]
    for _time in range(2):
        read_batch(number)
    read_batch(number + 1)

    assert (Batch.objects.get().fence, Page.objects.count()) == (1, 1)


def test_a_batch_that_ends_every_worker_is_given_up(project: Project):
    Batch.objects.create(project=project, name="a", source="uploads/a", state=BatchState.READING, fence=MOST_CLAIMS)

    assert chores.read_waiting_batches() == 0
    assert (Batch.objects.get().state, "never ended" in Batch.objects.get().reason) == (BatchState.FAILED, True)


def test_an_upload_that_never_became_a_batch_is_forgotten(
    client: Client, project: Project, headers: dict[str, str], settings, tmp_path
):
    settings.FILES = tmp_path
    upload(client, project, headers, ("a.jpg", page_bytes()))
    orphan = tmp_path / UPLOADS / "orphan"
    orphan.mkdir()
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for folder in (tmp_path / UPLOADS).iterdir():
        os.utime(folder, (long_ago, long_ago))

    assert chores.forget_orphaned_uploads() == 1
    assert [folder.name for folder in (tmp_path / UPLOADS).iterdir()] == [Path(Batch.objects.get().source).name]


def test_a_whole_box_of_scans_is_uploaded_at_once(client: Client, project: Project, headers: dict[str, str]):
    reply = upload(client, project, headers, *((f"{number}.jpg", b"x") for number in range(300)))

    assert (reply.status_code, len(uploaded_files(Batch.objects.get()))) == (202, 300)


def test_too_many_files_at_once_are_told(client: Client, project: Project, headers: dict[str, str], settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    reply = upload(client, project, headers, *((f"{number}.jpg", b"x") for number in range(3)))

    assert (reply.status_code, Batch.objects.count()) == (413, 0)
    assert "ZIP" in reply.json()["detail"]


def test_a_body_that_is_no_form_is_told(client: Client, project: Project, headers: dict[str, str]):
    reply = client.post(
        f"/api/v1/projects/{project.slug}/batches", b"x", content_type="multipart/form-data", headers=headers
    )

    assert (reply.status_code, "Send it again" in reply.json()["detail"]) == (400, True)
