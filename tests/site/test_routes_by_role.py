"""Every route of the site, by everyone: who gets what of an organisation's draft project.

A route that stands in no line fails: add one, with what each of ROLES gets, in that order. The parts of an address are
filled with things of an organisation that has yet to publish anything (``Stage``); name another thing where a part's
name says too little, as in ``Row("…", number="release")``. A line for a GET begins with the route, others with the
method; being sent to the sign-in counts as 401. An empty form, or ``{}`` as JSON, is enough: here it matters who may
come in, not what comes of it; where it says too little, ``Row("…", body={…})`` sends that as JSON.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Invitation, Membership, Organisation, Token, Volunteer
from exports.models import Release
from ingestion.models import Upload
from tasks.enums import TaskState
from tasks.models import Flag, Project, Task
from tasks.showing.opaque import opaque
from tests.factories import make_organisation, make_page, make_project, make_volunteer, make_workflow, settle_task

pytestmark = pytest.mark.django_db
ROLES = ("visitor", "volunteer", "reviewer", "archivist", "owner", "foreign owner")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SECRET = "Unpublished cards of Viborg"
ONLY_POST = "405 405 405 405 405 405"
PUBLIC = "200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200"
GONE = "404 404 404 404 404 404"
DESK_OF_ALL = "401 403 200 200 200 200"  # every member at the desk of their own organisation
FOR_REVIEWERS = "401 403 200 200 200 404"
FOR_ARCHIVISTS = "401 403 403 200 200 404"
MEMBERS = "404 404 200 200 200 404"  # of what lies outside the desk


class Row(str):
    """What each of ROLES gets; with it, which things of the stage stand in the address, and what is sent."""

    parts: dict[str, str] = {}
    body: dict[str, Any] = {}

    def __new__(cls, statuses: str, *, body: dict[str, Any] | None = None, **parts: str) -> Self:
        row = super().__new__(cls, statuses)
        row.parts, row.body = parts, body or {}
        return row


SITE = {
    "": PUBLIC,
    "language/": "302 302 302 302 302 302",
    "POST language/": "302 302 302 302 302 302",
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,  # from this machine
    "offline/": PUBLIC,
    "offline-worker.js": PUBLIC,
    "projects/": PUBLIC,
    "projects/<slug:slug>/": MEMBERS,
    "play/<slug:slug>/": GONE,
    "POST play/<slug:slug>/": GONE,
    "scans/<str:name>.jpg": Row(MEMBERS, name="crop"),
    "scans/pages/<str:name>.jpg": Row(MEMBERS, name="page"),
    "leaderboards/": PUBLIC,
    "data/": PUBLIC,
    "data/catalog.jsonld": PUBLIC,
    "data/<slug:slug>/": GONE,
    "data/<slug:slug>/<int:number>/": Row(GONE, number="release"),
    "data/<slug:slug>/<int:number>/<str:name>": Row(GONE, number="release", name="file name"),
    "data/<slug:slug>/rows/<slug:row>/": Row(GONE, row="slug"),
}
API = {
    "api/v1/": GONE,
    "^api/": GONE,
    "api/v1/docs": PUBLIC,
    "api/v1/openapi.json": PUBLIC,
    "api/v1/projects": PUBLIC,
    "api/v1/projects/<slug>": GONE,
    "POST api/v1/projects/<slug>/leases": Row(GONE, body={"count": 1}),
    "api/v1/answers": "422 422 422 422 422 422",
    "POST api/v1/answers": Row(SIGNED_IN, body={"answers": [{"lease": "x", "key": str(UUID(int=1)), "value": {}}]}),
    "DELETE api/v1/answers/<key>": "401 404 404 404 404 404",
    "POST api/v1/leases/release": Row(SIGNED_IN, body={"leases": ["x"]}),
    "POST api/v1/flags": Row("401 404 404 404 404 404", body={"lease": "x", "reason": "torn"}),
    "api/v1/leaderboards/<board>": GONE,
    "POST api/v1/projects/<slug>/batches": "401 404 404 422 422 404",
    "POST api/v1/projects/<slug>/batches/uploads": Row("401 404 404 201 201 404", body={"files": []}),
    "api/v1/batches/<number>/uploads": Row("401 404 404 200 200 404", number="batch"),
    "POST api/v1/batches/<number>/finish": Row("401 404 404 409 409 404", number="batch"),
    "api/v1/uploads/<number>": Row("401 404 404 200 200 404", number="upload"),
    "PATCH api/v1/uploads/<number>": Row("401 404 404 415 415 404", number="upload"),
    "api/v1/batches/<number>": Row("401 404 404 200 200 404", number="batch"),
    "api/v1/batches/<number>/files": Row("401 404 404 200 200 404", number="batch"),
    "api/v1/datasets": PUBLIC,
    "api/v1/datasets/<slug>/releases": GONE,
    "api/v1/datasets/<slug>/releases/<version>": GONE,
    "api/v1/datasets/<slug>/releases/<version>/files/<name>": Row(GONE, name="file name"),
}
DESK = {
    "desk/<slug:slug>/batches/": "401 403 403 200 200 404",
    "POST desk/<slug:slug>/batches/": "401 403 403 422 422 404",
    "desk/<slug:slug>/batches/<int:number>/": Row("401 403 403 200 200 404", number="batch"),
    "desk/<slug:slug>/batches/<int:number>/report.csv": Row("401 403 403 200 200 404", number="batch"),
    "desk/<slug:slug>/batches/<int:number>/pages/": Row("401 403 403 200 200 404", number="batch"),
    "desk/<slug:slug>/batches/<int:number>/pages/<int:page>/": Row(
        "401 403 403 200 200 404", number="batch", page="page number"
    ),
    "POST desk/<slug:slug>/batches/<int:number>/pages/<int:page>/<str:act>/": Row(
        "401 403 403 302 302 404", number="batch", page="page number", act="page act"
    ),
    "POST desk/<slug:slug>/batches/<int:number>/<str:act>/": Row(
        "401 403 403 302 302 404", number="batch", act="batch act"
    ),
    "desk/sign-in/": PUBLIC,
    "POST desk/sign-in/": "422 422 422 422 422 422",
    "POST desk/sign-out/": "302 302 302 302 302 302",
    "desk/": DESK_OF_ALL,
    "desk/new/": "401 403 403 200 200 200",
    "POST desk/new/": "401 403 403 422 422 422",
    "desk/audit/": "401 403 403 403 200 200",
    "desk/team/": DESK_OF_ALL,
    "POST desk/team/<slug:organisation>/invite/": "401 403 403 403 422 404",
    "POST desk/team/invitations/<int:invitation>/revoke/": "401 403 403 403 302 302",  # of another: told as gone
    "POST desk/team/members/<int:member>/": "401 403 403 403 302 404",
    "POST desk/team/tokens/": "401 403 403 422 422 422",
    "POST desk/team/tokens/<int:token>/revoke/": "401 403 404 404 302 404",  # each their own: this is the owner's
    "desk/<slug:slug>/": FOR_REVIEWERS,
    "desk/<slug:slug>/settings/": FOR_ARCHIVISTS,
    "POST desk/<slug:slug>/settings/": "401 403 403 422 422 404",
    "POST desk/<slug:slug>/publish/": "401 403 403 302 302 404",
    "POST desk/<slug:slug>/close/": "401 403 403 302 302 404",
    "desk/<slug:slug>/questions/": FOR_ARCHIVISTS,
    "desk/<slug:slug>/questions/new/": FOR_ARCHIVISTS,
    "POST desk/<slug:slug>/questions/new/": "401 403 403 422 422 404",
    "desk/<slug:slug>/questions/<slug:workflow>/": FOR_ARCHIVISTS,
    "POST desk/<slug:slug>/questions/<slug:workflow>/": "401 403 403 422 422 404",
    "POST desk/<slug:slug>/questions/<slug:workflow>/turn/": "401 403 403 302 302 404",
    "desk/<slug:slug>/known/": FOR_ARCHIVISTS,
    "POST desk/<slug:slug>/known/table/": "401 403 403 422 422 404",  # no file
    "desk/<slug:slug>/known/next/": "401 403 403 302 302 404",
    "desk/<slug:slug>/known/<int:task>/": Row(FOR_ARCHIVISTS, task="dispute"),
    "POST desk/<slug:slug>/known/<int:task>/": Row("401 403 403 422 422 404", task="dispute"),  # nothing is said
    "POST desk/<slug:slug>/known/<int:task>/use/": Row("401 403 403 302 302 404", task="dispute"),
    "POST desk/<slug:slug>/known/<int:task>/retire/": Row("401 403 403 404 404 404", task="dispute"),
    "desk/<slug:slug>/review/": "401 403 302 302 302 404",  # to the first dispute
    "desk/<slug:slug>/review/all/": FOR_REVIEWERS,
    "desk/<slug:slug>/review/settled/": FOR_REVIEWERS,
    "desk/<slug:slug>/review/<int:task>/": Row(FOR_REVIEWERS, task="dispute"),
    "POST desk/<slug:slug>/review/<int:task>/": Row("401 403 409 409 409 404", task="dispute"),
    "POST desk/<slug:slug>/review/undo/": "401 403 404 404 404 404",  # nobody has done anything yet
    "desk/<slug:slug>/releases/": FOR_ARCHIVISTS,
    "POST desk/<slug:slug>/releases/": "401 403 403 409 409 404",  # a draft is not released
    "desk/<slug:slug>/releases/<int:number>/withdraw/": Row(FOR_ARCHIVISTS, number="release"),
    "POST desk/<slug:slug>/releases/<int:number>/withdraw/": Row("401 403 403 422 422 404", number="release"),
}
ME = {
    "me/": PUBLIC,
    "me/answers/": "302 200 200 200 200 200",
    "me/name/": "302 200 200 200 200 200",
    "POST me/name/": "302 422 422 422 422 422",
    "me/account/": PUBLIC,
    "POST me/account/": "422 200 200 200 200 200",  # whoever has an account sees its reminder
    "POST me/bring/": "302 302 302 302 302 302",
    "me/password/": "302 200 200 200 200 200",
    "POST me/password/": "302 422 422 422 422 422",
    "POST me/invitations/<int:invitation>/": "302 302 302 302 302 302",
    "me/data.json": "302 200 200 200 200 200",
    "me/erase/": "302 200 200 200 200 200",
    "POST me/erase/": "302 422 422 422 422 422",
    "me/erased/": PUBLIC,
}
ROWS = SITE | ME | API | DESK


@dataclass(frozen=True)
class Stage:
    """What an organisation has before it publishes anything; ``things`` are named after the parts of addresses."""

    things: dict[str, str]
    people: dict[str, Volunteer | None]
    cookies: dict[str, str] = field(default_factory=dict)

    def client_of(self, role: str) -> Client:
        """A browser of this person; each signs in once, and all begin with what that left."""
        client = Client()
        if role not in self.cookies:
            if person := self.people[role]:
                client.force_login(person)
            self.cookies[role] = client.cookies.output(header="")
        client.cookies.load(self.cookies[role])
        return client


def walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from walk(pattern, route)


ROUTES = dict(walk(get_resolver()))


def member(organisation: Organisation, role: str) -> Volunteer:
    person = make_volunteer(password="md5$a$b")
    Membership.objects.create(organisation=organisation, volunteer=person, role=role)
    return person


def disputed_task(project: Project) -> Task:
    page = make_page(project, withheld_at=timezone.now())
    policy = {"minimum": 2, "maximum": 2, "confidence": 0.99}
    task = settle_task(make_workflow(project, policy=policy), "Viborg", "Wiborg", page=page)
    assert task.state == TaskState.DISPUTED
    return task


def released(project: Project) -> Release:
    snapshot = {"title": SECRET, "files": [], "rows": 0, "licence": "CC0-1.0", "publisher": "Archive"}
    return Release.objects.create(
        project=project, number=1, digest="0" * 64, content="0" * 64, snapshot=snapshot, released_at=timezone.now()
    )


@pytest.fixture
def stage(settings, tmp_path) -> Stage:
    settings.FILES = tmp_path
    organisation, other = make_organisation(), make_organisation()
    project = make_project(organisation=organisation, title=SECRET, slug="viborg", state="draft")
    task = disputed_task(project)
    for key in (task.page.image_key, task.page.crops_key):
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(b"picture")
    people = {role: member(organisation, role) for role in ("reviewer", "archivist", "owner")}
    strangers = {"visitor": None, "volunteer": make_volunteer(password="md5$a$b")}
    flag = Flag.objects.create(project=project, page=task.page, volunteer=people["owner"], reason=SECRET)
    things = {
        "slug": project.slug,
        "workflow": project.workflows.get().slug,
        "task": str(task.pk),
        "dispute": str(settle_task(task.workflow, "Viborg", "Wiborg", page=make_page(project)).pk),
        "page number": str(task.page_id),
        "batch": str(task.page.item.batch_id),
        "upload": str(Upload.objects.create(batch=task.page.item.batch, path_label="a", place="a", size=1).pk),
        "release": str(released(project).number),
        "page act": "show",
        "batch act": "pause",
        "version": "1",
        "file name": "data.csv",
        "crop": opaque(task.pk, "crop"),
        "page": opaque(task.page_id, "page"),
        "board": f"project-{project.slug}",
        "key": str(UUID(int=1)),
        "flag": str(flag.pk),
        "organisation": organisation.slug,
        "member": str(people["reviewer"].membership_set.get().pk),
        "invitation": str(Invitation.objects.create(organisation=organisation, username="ben", role="owner").pk),
        "token": str(Token.objects.create(volunteer=people["owner"], name="scanner", digest=b"x").pk),
    }
    return Stage(things, strangers | people | {"foreign owner": member(other, "owner")})


def split(line: str) -> tuple[str, str]:
    method, space, route = line.partition(" ")
    return (method, route) if space else ("GET", line)


def address(route: str, things: dict[str, str]) -> str:
    """Fill in the parts of a route; ``number`` stays unknown until its line says what is numbered."""
    parts = row_of(route).parts
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: things[parts.get(part[1], part[1])], route)
    return "/" + filled.lstrip("^")


def row_of(route: str, method: str = "") -> Row:
    """The line of a route, with that method if there is one."""
    lines = [line for line in ROWS if split(line)[1] == route]
    row = next((ROWS[line] for line in lines if split(line)[0] == method), ROWS[lines[0]])
    return row if isinstance(row, Row) else Row(row)


def ask(stage: Stage, role: str, method: str, route: str) -> tuple[int, bytes]:
    """Send the request as this person and undo what it did."""
    client = stage.client_of(role)
    sent = json.dumps(row_of(route, method).body) if method != "GET" and "api/" in route else ""
    media = "application/json" if sent else "application/x-www-form-urlencoded"
    with transaction.atomic():
        response = client.generic(method, address(route, stage.things), sent, content_type=media)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    to_sign_in = response.headers.get("Location", "").startswith("/desk/sign-in/")
    return 401 if to_sign_in else response.status_code, body


def test_every_route_stands_in_a_line():
    listed = {split(line)[1] for line in ROWS}

    assert (sorted(set(ROUTES) - listed), sorted(listed - set(ROUTES))) == ([], [])


def test_every_view_of_the_desk_names_the_least_role_it_asks_for():
    desk = {route: pattern.callback for route, pattern in ROUTES.items() if route.startswith("desk/")}

    unguarded = {route for route, view in desk.items() if not isinstance(getattr(view, "least_role", None), Role)}
    assert unguarded == {"desk/sign-in/", "desk/sign-out/"}


@pytest.mark.parametrize("role", ROLES)
def test_everyone_gets_what_their_role_allows(stage, role):
    expected = {line: int(row.split()[ROLES.index(role)]) for line, row in ROWS.items()}

    assert {line: ask(stage, role, *split(line))[0] for line in ROWS} == expected


def test_no_method_of_any_route_shows_another_organisation_anything(stage):
    leaks = []
    for route in {split(line)[1] for line in ROWS}:
        about_it = "<" in route
        for method in ("GET", *UNSAFE) if about_it else ("GET",):
            status, body = ask(stage, "foreign owner", method, route)
            named = SECRET.encode() in body if about_it else b"viborg" in body.lower()
            if named or (about_it and status // 100 == 2):
                leaks.append((method, route, status))

    assert leaks == []
