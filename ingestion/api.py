"""Batches over HTTP, for the people and programs of an archive."""

from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import File, Form, Path, Router, UploadedFile
from ninja.errors import HttpError

from accounts.authentication import Caller, NotAllowed, require
from accounts.enums import Role, Scope
from accounts.models import Membership
from tasks.enums import ProjectState
from tasks.models import Batch, Project
from tasks.paging import page_of
from tasks.queueing import hint
from tasks.schemas import AFTER, PAGE_SIZE, PROJECT, SIGNED_IN, Problem

from .batches import describe, describe_file
from .errors import CannotRead
from .jobs import read_batch
from .schemas import BatchReply, FilesReply
from .uploading import keep_upload

router = Router(tags=["batches"])
BATCH = Path(..., description="number of the batch, as `id` of the reply to the upload")
BROKEN_OFF, TOO_LARGE, INSUFFICIENT_STORAGE = 400, 413, 507


def may_ingest(request: HttpRequest) -> Caller:
    return require(request, Scope.INGEST)


def may_upload(request: HttpRequest) -> Caller:
    """Judge caller and length before the body is read: nobody fills the disk without leave."""
    caller = may_ingest(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.LONGEST_UPLOAD:
        words = _("This upload is longer than the %(most)d MB that one may have. Send it in several parts.")
        raise HttpError(TOO_LARGE, words % {"most": settings.LONGEST_UPLOAD // 2**20})
    try:
        request.FILES  # noqa: B018  # reads the body
    except TooManyFilesSent:
        words = _("More than %(most)d files came at once. Send them as a ZIP, or in several batches.")
        raise HttpError(TOO_LARGE, words % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}) from None
    except (MultiPartParserError, UnreadablePostError):
        raise HttpError(BROKEN_OFF, _("The upload broke off, or is no multipart form. Send it again.")) from None
    return caller


@router.post(
    "projects/{slug}/batches",
    auth=may_upload,
    openapi_extra=SIGNED_IN,
    response={202: BatchReply, 400: Problem, 401: Problem, 403: Problem, 404: Problem, 413: Problem, 507: Problem},
    summary="Upload pictures, layout files or ZIPs; they are read in the background",
)
def upload(
    request: HttpRequest, files: File[list[UploadedFile]], name: Form[str] = "", slug: str = PROJECT
) -> HttpResponse:
    project = get_object_or_404(Project.objects.select_related("organisation"), slug=slug)
    judge_membership(request.auth, project)  # type: ignore[attr-defined]  # ninja sets it
    try:
        batch = keep_upload(project, name, files)
    except CannotRead as error:
        raise HttpError(INSUFFICIENT_STORAGE, str(error)) from None
    hint(read_batch, batch.pk)
    batch.refresh_from_db()
    address = reverse("api-1:batch", args=[batch.pk])
    return JsonResponse(describe(batch), status=202, headers={"Location": address})


@router.get(
    "batches/{number}",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={200: BatchReply, 401: Problem, 403: Problem, 404: Problem},
    summary="How far a batch is, and what became of its files",
    url_name="batch",
)
def batch(request: HttpRequest, number: int = BATCH) -> dict[str, Any]:
    return describe(own_batch(request, number))


@router.get(
    "batches/{number}/files",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={200: FilesReply, 401: Problem, 403: Problem, 404: Problem},
    summary="Every file of a batch with its state, reason and next step",
)
def files(request: HttpRequest, number: int = BATCH, limit: int = PAGE_SIZE, after: str = AFTER) -> dict[str, Any]:
    return page_of(request, own_batch(request, number).files.all(), describe_file, limit=limit, after=after)


def own_batch(request: HttpRequest, number: int) -> Batch:
    found = get_object_or_404(Batch.objects.select_related("project__organisation"), pk=number)
    judge_membership(request.auth, found.project)  # type: ignore[attr-defined]  # ninja sets it
    return found


def judge_membership(caller: Caller, project: Project) -> None:
    """Owners and archivists bring scans; nobody else learns that a draft exists."""
    bringers = Membership.objects.filter(organisation=project.organisation, role__in=[Role.OWNER, Role.ARCHIVIST])
    if bringers.filter(volunteer=caller.volunteer).exists():
        return
    if project.state == ProjectState.DRAFT:
        raise Http404
    words = _("Only owners and archivists of %(organisation)s may bring scans into this project.")
    raise NotAllowed(words % {"organisation": project.organisation.name})
