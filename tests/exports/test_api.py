import hashlib

import pytest

from exports.enums import ReleaseState
from exports.models import Release
from exports.releasing import release
from tasks.enums import ProjectState
from tasks.models import Project
from tests.factories import make_organisation, make_project, make_workflow, settle_task

from .conftest import LATER

pytestmark = pytest.mark.django_db


def release_of(**fields) -> Release:
    workflow = make_workflow(make_project(organisation=make_organisation(name="Archive"), **fields))
    settle_task(workflow)
    return release(workflow.project, now=LATER)


@pytest.fixture
def made() -> Release:
    return release_of(slug="letters", title="Letters")


FILE = "/api/v1/datasets/letters/releases/1/files/data.csv"


def test_datasets_are_listed_in_their_newest_version(client, made):
    settle_task(made.project.workflows.get())
    release(made.project, now=LATER)

    assert client.get("/api/v1/datasets").json() == {
        "items": [
            {
                "slug": "letters",
                "title": "Letters",
                "project": "letters",
                "version": 2,
                "released_at": "2026-03-02T12:05:00Z",
                "licence": "CC0-1.0",
                "rows": 2,
            }
        ],
        "next": None,
    }


def test_datasets_come_page_by_page(client):
    for slug in ("b", "c", "a"):
        release_of(slug=slug)

    first = client.get("/api/v1/datasets?limit=2").json()
    second = client.get(first["next"]).json()

    assert [entry["slug"] for page in (first, second) for entry in page["items"]] == ["a", "b", "c"]
    assert second["next"] is None


def test_a_page_of_datasets_costs_the_same_for_one_and_for_three(client, django_assert_num_queries):
    release_of()
    with django_assert_num_queries(1):
        client.get("/api/v1/datasets")
    release_of()
    release_of()
    with django_assert_num_queries(1):
        assert len(client.get("/api/v1/datasets").json()["items"]) == 3


def test_the_versions_of_a_dataset_are_listed(client, made):
    settle_task(made.project.workflows.get())
    release(made.project, now=LATER)

    reply = client.get("/api/v1/datasets/letters/releases").json()

    assert [(entry["version"], entry["rows"]) for entry in reply["items"]] == [(1, 1), (2, 2)]


def test_a_version_tells_its_files_and_counts(client, made):
    reply = client.get("/api/v1/datasets/letters/releases/1").json()

    files = reply.pop("files")
    assert reply == {
        "slug": "letters",
        "title": "Letters",
        "project": "letters",
        "version": 1,
        "released_at": "2026-03-02T12:05:00Z",
        "licence": "CC0-1.0",
        "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "publisher": "Archive",
        "rows": 1,
        "digest": made.digest,
        "counts": {
            "rows": 1,
            "pages": 1,
            "people": 2,
            "simulated": 0,
            "answers": 2,
            "agreed": 1,
            "disputed": 0,
            "unreadable": 0,
            "blank": 0,
            "confidence": 0.987925,
        },
        "decided_by": {"rule": 1},
    }
    assert files == [
        file | {"url": f"/api/v1/datasets/letters/releases/1/files/{file['name']}"} for file in made.snapshot["files"]
    ]
    for file in files:
        body = client.get(file["url"]).getvalue()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file["bytes"], file["sha256"])


def test_latest_leads_to_the_newest_version(client, made):
    for rest in ("", "/files/data.csv"):
        reply = client.get(f"/api/v1/datasets/letters/releases/latest{rest}")
        assert (reply.status_code, reply["Location"]) == (302, f"/api/v1/datasets/letters/releases/1{rest}")


def test_a_file_says_what_it_is(client, made):
    body = (made.folder / "data.csv").read_bytes()

    reply = client.get(FILE)

    assert reply.status_code == 200
    assert reply.getvalue() == body
    headers = {name: reply.headers.get(name) for name in WATCHED}
    assert headers == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Range": None,
        "Content-Disposition": 'attachment; filename="data.csv"',
        "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, no-cache",
        "Set-Cookie": None,
    }


WATCHED = (
    "Content-Type",
    "Content-Length",
    "Content-Range",
    "Content-Disposition",
    "ETag",
    "Accept-Ranges",
    "X-Content-Type-Options",
    "Cache-Control",
    "Set-Cookie",
)


def test_head_tells_the_same_without_the_bytes(client, made):
    got, head = client.get(FILE), client.head(FILE)

    assert head.getvalue() == b""
    assert [head.headers.get(name) for name in WATCHED] == [got.headers.get(name) for name in WATCHED]


ETAG = "the ETag"


@pytest.mark.parametrize(
    ("headers", "status", "part", "content_range"),
    [
        ({"Range": "bytes=3-9"}, 206, slice(3, 10), "bytes 3-9/{size}"),
        ({"Range": "bytes=-5"}, 206, slice(-5, None), "bytes {from_five}-{last}/{size}"),
        ({"Range": "bytes=3-"}, 206, slice(3, None), "bytes 3-{last}/{size}"),
        ({"Range": "bytes=3-9", "If-Range": ETAG}, 206, slice(3, 10), "bytes 3-9/{size}"),
        ({"Range": "bytes=3-9", "If-Range": '"another"'}, 200, slice(None), None),
        ({"Range": "bytes=3-9", "If-Range": "Mon, 23 Nov 2026 03:00:00 GMT"}, 200, slice(None), None),
        ({"Range": "bytes=0-1,5-6"}, 200, slice(None), None),
        ({"Range": "nonsense"}, 200, slice(None), None),
        ({"Range": "bytes=999999-"}, 416, slice(0, 0), "bytes */{size}"),
        ({"If-None-Match": ETAG}, 304, slice(0, 0), None),
        ({"If-None-Match": '"another"'}, 200, slice(None), None),
        ({"If-None-Match": ETAG, "Range": "bytes=3-9"}, 304, slice(0, 0), None),
        ({"If-Match": '"another"'}, 412, slice(0, 0), None),
    ],
)
def test_parts_and_conditions_are_answered(client, made, headers, status, part, content_range):
    body = (made.folder / "data.csv").read_bytes()
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    size = len(body)

    reply = client.get(FILE, headers={name: etag if value is ETAG else value for name, value in headers.items()})

    assert (reply.status_code, reply.getvalue(), reply["ETag"]) == (status, body[part], etag)
    expected = content_range and content_range.format(size=size, last=size - 1, from_five=size - 5)
    assert reply.headers.get("Content-Range") == expected
    if status in (200, 206):
        assert reply["Content-Length"] == str(len(body[part]))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/datasets/letters/releases/2",
        "/api/v1/datasets/letters/releases/0",
        "/api/v1/datasets/letters/releases/first",
        "/api/v1/datasets/letters/releases/99999999999999999999",
        "/api/v1/datasets/letters/releases/1/files/secret.csv",
        "/api/v1/datasets/letters/releases/1/files/..%2F1%2Fdata.csv",
        "/api/v1/datasets/nothing/releases",
        "/api/v1/datasets/nothing/releases/1",
        "/api/v1/datasets/nothing/releases/latest",
        "/data/letters/2/",
        "/data/nothing/",
    ],
)
def test_what_is_not_there_is_not_found(client, made, path):
    assert client.get(path).status_code == 404


SHOWING = ["/api/v1/datasets/letters/releases", "/api/v1/datasets/letters/releases/1", FILE, "/data/letters/1/"]
SHOWING += ["/data/letters/", "/data/letters/1/citation.bib"]


@pytest.mark.parametrize(("hide", "status"), [("withdraw", 410), ("draft", 404)])
def test_a_withdrawn_version_is_gone_and_that_of_a_draft_project_was_never_there(client, made, hide, status):
    row = f"/data/letters/rows/{made.snapshot['preview'][0]['id']}/"
    before = [client.get(path).status_code for path in [*SHOWING, row]]
    if hide == "withdraw":
        Release.objects.update(state=ReleaseState.WITHDRAWN, withdrawn_at=LATER, reason="A name is wrong.")
    else:
        Project.objects.update(state=ProjectState.DRAFT)

    assert before == [200] * 7
    assert [client.get(path).status_code for path in [*SHOWING, row]] == [status] * 7
    assert client.get("/api/v1/datasets").json()["items"] == []
    assert "Letters" not in client.get("/data/").text
    assert client.get("/data/catalog.jsonld").json()["dcat:dataset"] == []


def test_what_was_withdrawn_says_when_and_why(client, made):
    Release.objects.update(state=ReleaseState.WITHDRAWN, withdrawn_at=LATER, reason="A name is wrong.")

    reply, page = client.get(FILE), client.get("/data/letters/1/")

    assert (reply.status_code, reply["Content-Type"]) == (410, "application/problem+json")
    assert reply.json()["detail"] == "Version 1 was withdrawn on 2 March 2026: A name is wrong."
    assert "A name is wrong." in page.text


def test_a_withdrawn_version_leads_to_the_newest_that_is_left(client, made):
    settle_task(made.project.workflows.get())
    release(made.project, now=LATER)
    Release.objects.filter(number=2).update(state=ReleaseState.WITHDRAWN, withdrawn_at=LATER, reason="Too early.")

    assert client.get("/data/letters/").context["release"]["number"] == 1
    assert 'href="/data/letters/"' in client.get("/data/letters/2/").text
    assert client.get("/api/v1/datasets/letters/releases/latest")["Location"].endswith("/releases/1")


def test_a_lost_file_is_not_found_rather_than_cut(client, made):
    (made.folder / "data.csv").unlink()

    assert client.get(FILE).status_code == 404
