"""The loop over HTTP: projects, leases, answers, flags."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from accounts.authentication import Caller, require, welcome
from accounts.enums import Scope

from .errors import ProjectNotOpen, UnknownProject, UnknownWorkflow
from .flagging import flag
from .leases import give_back
from .models import Project
from .paging import LIMIT, page_of
from .projects import describe, describe_fully
from .questions import questions_of
from .scheduling import Grant, lease_tasks
from .schemas import (
    AnswersReply,
    AnswersRequest,
    FlagRequest,
    LeaseRequest,
    LeasesReply,
    NextRequest,
    Problem,
    ProjectDetail,
    ProjectsReply,
    ReleaseReply,
    ReleaseRequest,
    WithdrawalReply,
)
from .submission import submit_answers
from .undoing import withdraw_answer

router = Router(tags=["volunteers"])


@router.get("projects", response=ProjectsReply, summary="Projects that anyone may read")
def projects(request: HttpRequest, limit: int = LIMIT, after: str = "") -> dict[str, Any]:
    rows = Project.objects.public().select_related("progress")
    return page_of(request, rows, describe, limit=limit, after=after, key="slug")


@router.get("projects/{slug}", response={200: ProjectDetail, 404: Problem}, summary="One project with its questions")
def project(request: HttpRequest, slug: str) -> dict[str, Any]:
    rows = Project.objects.public().select_related("progress", "organisation")
    return describe_fully(get_object_or_404(rows, slug=slug))


@router.post("projects/{slug}/leases", response={200: LeasesReply, 409: Problem}, summary="Ask for tasks (press Play)")
def leases(request: HttpRequest, slug: str, body: LeaseRequest) -> HttpResponse:
    grant = grant_to(welcome(request), slug, body)
    return JsonResponse(leases_reply(grant))


@router.post("answers", response={200: AnswersReply, 401: Problem}, summary="Answer, and ask for the next tasks")
def answers(request: HttpRequest, body: AnswersRequest) -> HttpResponse:
    caller = require(request, Scope.PLAY)
    results = submit_answers(caller.volunteer, [answer.submission() for answer in body.answers])
    reply: dict[str, Any] = {"results": results}
    if body.next:
        reply |= leases_reply(next_grant(caller, body.next))
    return JsonResponse(reply)


@router.delete(
    "answers/{key}",
    response={200: WithdrawalReply, 404: Problem, 409: Problem},
    summary="Take an answer back within 60 seconds",
)
def take_back(request: HttpRequest, key: UUID) -> HttpResponse:
    lease = withdraw_answer(require(request, Scope.PLAY).volunteer.pk, key).lease
    task = lease and questions_of([lease.task_id])[lease.task_id]
    revived = lease and {"expires_at": lease.expires_at, "task": task}
    return JsonResponse({"status": "withdrawn", "lease": revived})


@router.post("leases/release", response=ReleaseReply, summary="Give seats back (skip)")
def release(request: HttpRequest, body: ReleaseRequest) -> dict[str, int]:
    return {"released": give_back(require(request, Scope.PLAY).volunteer.pk, body.leases)}


@router.post("flags", response={201: None, 404: Problem}, summary="Report a page or task to the archivist")
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
