"""Builders: each fills in what a test does not talk about."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F
from django.utils import timezone

from accounts.enums import Scope
from accounts.models import Organisation, Token, Volunteer
from accounts.prepared import Given, Selection, Update
from tasks.enums import KindName
from tasks.gold.knowing import mark
from tasks.identity import Region, natural_key, subject_of
from tasks.leasing.leases import NEW_LEASES, make_leases
from tasks.models import (
    Batch,
    Gold,
    Item,
    Pace,
    Page,
    Project,
    ProjectSecret,
    Task,
    Workflow,
    WorkflowVersion,
)
from tasks.playing.submission import Submission, submit_answers

numbers = count(1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# The suite gives thousands of answers: statements that are compiled once take a third of the time.
TASK, VERSION = ([field.attname for field in model._meta.concrete_fields] for model in (Task, WorkflowVersion))


@Selection
def row_of_task():
    return Task.objects.filter(pk=Given("task")).values_list(*TASK)


@Selection
def row_of_current_version():
    return WorkflowVersion.objects.filter(workflow=Given("workflow")).order_by("-number").values_list(*VERSION)[:1]


@Selection
def batch_of_project():
    return Batch.objects.filter(project=Given("project"), name="batch").values_list("pk")


@Update
def take_seat():
    return Task.objects.filter(pk=Given("task")), {"leased": F("leased") + 1}


def make_volunteer(**fields: Any) -> Volunteer:
    return Volunteer.objects.create(**{"password": "!unusable"} | fields)


def make_token(volunteer: Volunteer | None = None, *scopes: str) -> str:
    return Token.issue(volunteer or make_volunteer(), "test", list(scopes or [Scope.PLAY]))


def make_organisation(**fields: Any) -> Organisation:
    number = next(numbers)
    return Organisation.objects.create(**{"name": f"Archive {number}", "slug": f"archive-{number}"} | fields)


def make_project(**fields: Any) -> Project:
    number = next(numbers)
    defaults = {"slug": f"project-{number}", "title": f"Project {number}", "rights": "Public domain"}
    if "organisation" not in fields:
        defaults["organisation"] = make_organisation()
    project = Project.objects.create(**defaults | fields)
    ProjectSecret.objects.create(project=project)
    return project


def make_workflow(
    project: Project | None = None,
    *,
    kind: str = KindName.TRANSCRIBE,
    policy: dict[str, Any] | None = None,
    schema: dict[str, Any] | None = None,
    prompt: str = "What does this line say?",
) -> Workflow:
    workflow = Workflow.objects.create(project=project or make_project(), slug=f"{kind}-{next(numbers)}")
    WorkflowVersion.objects.create(
        workflow=workflow, number=1, kind=kind, prompt=prompt, policy=policy or {}, schema=schema or {}
    )
    return workflow


def make_crowd(workflow: Workflow, people: int = 4) -> None:
    """Let so many have taken part in a question."""
    Pace.objects.bulk_create(Pace(volunteer=make_volunteer(), workflow=workflow) for _person in range(people))


def make_batch(project: Project) -> Batch:
    return Batch.objects.create(project=project, name="batch")


def make_page(project: Project | None = None, *, item: Item | None = None, **fields: Any) -> Page:
    number = next(numbers)
    project = project or (item.project if item else make_project())
    if item is None:
        [(batch,)] = batch_of_project.rows(project=project.pk) or [(make_batch(project).pk,)]
        item = Item.objects.create(project=project, batch_id=batch, identifier=f"item-{number}")
    defaults = {
        "position": 0,
        "image_key": f"pages/{number}.jpg",
        "crops_key": f"crops/{number}.pack",
        "width": 1000,
        "height": 1400,
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
    }
    return Page.objects.create(project=project, item=item, **defaults | fields)


def current_version(workflow: Workflow) -> WorkflowVersion:
    [row] = row_of_current_version.rows(workflow=workflow.pk)
    version = WorkflowVersion.from_db(DEFAULT_DB_ALIAS, VERSION, row)
    version.workflow = workflow
    return version


def make_task(workflow: Workflow | None = None, *, page: Page | None = None, **fields: Any) -> Task:
    """Make an open task; ``wanted`` and ``maximum`` follow the workflow's policy unless given."""
    workflow = workflow or make_workflow(page.project if page else None)
    page = page or make_page(workflow.project)
    version = current_version(workflow)
    position = fields.pop("position", next(numbers))
    region = Region(10, 40 * position, 800, 36)
    defaults = {
        "subject": subject_of(page.sha256, region),
        "natural_key": natural_key(page.sha256, region, workflow.pk),
        "x": region.x,
        "y": region.y,
        "width": region.width,
        "height": region.height,
        "crop_at": 0,
        "crop_length": 0,
        "crop_width": region.width,
        "crop_height": region.height,
        "position": position,
        "shuffle": int(page.sha256[:12], 16),
        "wanted": version.rules.minimum,
        "maximum": version.rules.maximum,
    }
    return Task.objects.create(
        project=workflow.project, workflow=workflow, version=version, page=page, **defaults | fields
    )


def make_page_of_lines(lines: int) -> Workflow:
    """Make a question with open tasks about one page."""
    workflow = make_workflow()
    page = make_page(workflow.project)
    for position in range(lines):
        make_task(workflow, page=page, position=position)
    return workflow


def refresh(task: Task) -> None:
    """Do as ``refresh_from_db``, which compiles its statement anew and takes longer than the answer before it."""
    [row] = row_of_task.rows(task=task.pk)
    for name, value in zip(TASK, row, strict=True):
        setattr(task, name, value)
    task._state.fields_cache.clear()


def make_lease(task: Task, volunteer: Volunteer | None = None, *, now: datetime = NOON) -> str:
    """Take a seat of the task and return the lease's token."""
    volunteer = volunteer or make_volunteer()
    until = now + settings.LEASE_TIME
    [(token, lease)] = make_leases(task.project_id, volunteer.pk, [(task.pk, task.subject)], now, until)
    take_seat.run(task=task.pk)
    NEW_LEASES.many([lease])
    refresh(task)
    return token


def post_answer(
    task: Task, value: Any, volunteer: Volunteer | None = None, *, now: datetime | None = NOON
) -> dict[str, Any]:
    """Lease the task and answer it, at noon of a day long past or really now (None); a plain string is a transcription.
    Return the API's result."""
    volunteer, now = volunteer or make_volunteer(), now or timezone.now()
    value = {"text": value} if isinstance(value, str) else value
    token = make_lease(task, volunteer, now=now)
    [result] = submit_answers(volunteer, [Submission(token, uuid4(), value)], now=now)
    refresh(task)
    return result


def make_known(task: Task, value: Any = "Helsinki", archivist: Volunteer | None = None) -> Gold:
    """Let an archivist say what the task's line says, at noon; it is then asked as a known one."""
    value = {"text": value} if isinstance(value, str) else value
    return mark(archivist or make_volunteer(), task.pk, value, now=NOON).gold


def settle_task(workflow: Workflow | None = None, *values: Any, now: datetime = NOON, **fields: Any) -> Task:
    """Make a task and let a new volunteer give each of the values (two equal readings by default)."""
    task = make_task(workflow, **fields)
    for value in values or ("Helsinki", "Helsinki"):
        post_answer(task, value, now=now)
    return task
