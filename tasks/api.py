"""The loop over HTTP: projects, leases, answers, flags."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from accounts.addresses import network_of
from accounts.authentication import Caller, require, welcome
from accounts.enums import Scope

from .errors import ProjectNotOpen, UnknownProject, UnknownWorkflow
from .leasing.leases import give_back
from .machinery.metering import meter_answers, meter_leases
from .machinery.paging import page_of
from .models import Project
from .playing.flagging import flag
from .playing.outcomes import outcomes_of
from .playing.scheduling import Grant, lease_tasks
from .playing.submission import submit_answers
from .playing.undoing import withdraw_answer
from .schemas import (
    AFTER,
    KEY,
    KEYS,
    PAGE_SIZE,
    PROJECT,
    SIGNED_IN,
    AnswersReply,
    AnswersRequest,
    FlagRequest,
    GivenBackReply,
    GivenBackRequest,
    LeaseRequest,
    LeasesReply,
    NextRequest,
    OutcomesReply,
    Problem,
    ProjectDetail,
    ProjectsReply,
    WithdrawalReply,
)
from .showing.projects import describe, describe_fully
from .showing.questions import questions_of
from .trust.arriving import Visit

router = Router(tags=["volunteers"])


@router.get("projects", response=ProjectsReply, summary="Projects that anyone may read")
def projects(request: HttpRequest, limit: int = PAGE_SIZE, after: str = AFTER) -> dict[str, Any]:
    rows = Project.objects.public().select_related("progress")
    return page_of(request, rows, describe, limit=limit, after=after, key="slug")


@router.get("projects/{slug}", response={200: ProjectDetail, 404: Problem}, summary="One project with its questions")
def project(request: HttpRequest, slug: str = PROJECT) -> dict[str, Any]:
    rows = Project.objects.public().select_related("progress", "organisation")
    return describe_fully(get_object_or_404(rows, slug=slug))


@router.post(
    "projects/{slug}/leases",
    response={200: LeasesReply, frozenset({401, 404, 409}): Problem},
    summary="Ask for tasks (press Play)",
)
def leases(request: HttpRequest, body: LeaseRequest, slug: str = PROJECT) -> HttpResponse:
    """A visitor without a session becomes an anonymous volunteer and gets two cookies. 409: the project is closed."""
    grant = grant_to(welcome(request), slug, body)
    meter_leases("leases", len(grant.leases))
    return JsonResponse(leases_reply(grant))


@router.post(
    "answers",
    response={200: AnswersReply, 401: Problem},
    summary="Answer, and ask for the next tasks",
    openapi_extra=SIGNED_IN,
)
def answers(request: HttpRequest, body: AnswersRequest) -> HttpResponse:
    """An answer reported as counted is on disk. Send it again after a lost connection: it counts once."""
    caller = require(request, Scope.PLAY)
    results = submit_answers(
        caller.volunteer, [answer.submission() for answer in body.answers], visit=Visit(network_of(request))
    )
    meter_answers(results)
    reply: dict[str, Any] = {"results": results}
    if body.next:
        grant = next_grant(caller, body.next)
        meter_leases("answers", len(grant.leases))
        reply |= leases_reply(grant)
    return JsonResponse(reply)


@router.get(
    "answers",
    response={200: OutcomesReply, 401: Problem},
    summary="What has become of your answers",
    openapi_extra=SIGNED_IN,
)
def outcomes(request: HttpRequest, key: list[UUID] = KEYS) -> HttpResponse:
    """An answer that was taken back, or never given, is left out."""
    found = outcomes_of(require(request, Scope.PLAY).volunteer.pk, key)
    return JsonResponse({"items": found, "next": None})


@router.delete(
    "answers/{key}",
    response={200: WithdrawalReply, frozenset({401, 404, 409}): Problem},
    summary="Take an answer back within 60 seconds",
    openapi_extra=SIGNED_IN,
)
def take_back(request: HttpRequest, key: UUID = KEY) -> HttpResponse:
    """A second call changes nothing. 409: the minute is over, or somebody has gone on from the answer."""
    lease = withdraw_answer(require(request, Scope.PLAY).volunteer.pk, key).lease
    task = lease and questions_of([lease.task_id])[lease.task_id]
    revived = lease and {"expires_at": lease.expires_at, "task": task}
    return JsonResponse({"status": "withdrawn", "lease": revived})


@router.post(
    "leases/release",
    response={200: GivenBackReply, 401: Problem},
    summary="Give seats back (skip)",
    openapi_extra=SIGNED_IN,
)
def release(request: HttpRequest, body: GivenBackRequest) -> dict[str, int]:
    return {"released": give_back(require(request, Scope.PLAY).volunteer.pk, body.leases)}


@router.post(
    "flags",
    response={201: None, frozenset({401, 404}): Problem},
    summary="Report a page or task to the archivist",
    openapi_extra=SIGNED_IN,
)
def flags(request: HttpRequest, body: FlagRequest) -> Status:
    flag(require(request, Scope.PLAY).volunteer.pk, body.lease, body.reason)
    return Status(201, None)


def grant_to(caller: Caller, project: str, wish: LeaseRequest, holding: int | None = None) -> Grant:
    volunteer = caller.volunteer
    newcomer = volunteer.last_answer_at is None
    return lease_tasks(volunteer.pk, project, wish.count, workflow=wish.workflow, newcomer=newcomer, holding=holding)


def next_grant(caller: Caller, wish: NextRequest) -> Grant:
    """The answers are in: a project that closed meanwhile has nothing more to offer, and that is no error."""
    try:
        return grant_to(caller, wish.project, wish)
    except (ProjectNotOpen, UnknownProject, UnknownWorkflow):
        return Grant([], exhausted=True)


def leases_reply(grant: Grant) -> dict[str, Any]:
    granted = [{"lease": lease.token, "expires_at": lease.expires_at, "task": lease.task} for lease in grant.leases]
    return {"leases": granted, "exhausted": grant.exhausted}
