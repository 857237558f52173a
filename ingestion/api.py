"""Batches over HTTP, for the people and programs of an archive."""

import base64
import hashlib
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
from accounts.crosssite import PROBLEM
from accounts.enums import Role, Scope
from accounts.models import Membership, Volunteer
from tasks.enums import ProjectState
from tasks.machinery.paging import page_of
from tasks.machinery.queueing import hint
from tasks.models import Batch, Project
from tasks.schemas import AFTER, PAGE_SIZE, PROJECT, SIGNED_IN, Problem

from . import receiving
from .batches import describe, describe_file
from .errors import CannotRead, UploadRefused
from .jobs import read_batch
from .models import Upload
from .schemas import (
    BatchReply,
    FilesReply,
    MoreUploads,
    NewUploads,
    UploadListReply,
    UploadReply,
    UploadsReply,
)
from .storing import disk_words
from .uploading import keep_upload

router = Router(tags=["batches"])
BATCH = Path(..., description="number of the batch, as `id` of the reply to the upload")
UPLOAD = Path(..., description="number of the file, as `id` in the list of uploads")
PIECES = "application/offset+octet-stream"
PIECE = {
    "requestBody": {"required": True, "content": {PIECES: {"schema": {"type": "string", "format": "binary"}}}},
    "parameters": [
        {
            "in": "header",
            "name": "Upload-Offset",
            "required": True,
            "schema": {"type": "integer"},
            "description": "at which byte of the file the piece begins",
        },
        {
            "in": "header",
            "name": "Upload-Checksum",
            "required": False,
            "schema": {"type": "string"},
            "description": "`sha256` and the piece's digest in Base64",
        },
    ],
}
BROKEN_OFF, TOO_LARGE, OTHER_TYPE, MISFIT, INSUFFICIENT_STORAGE = 400, 413, 415, 422, 507
LONGEST_NUMBER = 16  # digits


def may_ingest(request: HttpRequest) -> Caller:
    return require(request, Scope.INGEST)


def may_upload(request: HttpRequest) -> Caller:
    """Judge caller, project and length before the body is read: nobody fills the disk without leave."""
    caller = may_ingest(request)
    own_project(caller, request.resolver_match.kwargs["slug"])  # type: ignore[union-attr]  # it has been resolved
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
    project = own_project(request.auth, slug)  # type: ignore[attr-defined]  # ninja sets it
    try:
        batch = keep_upload(project, name, files, who(request))
    except CannotRead as error:
        raise HttpError(INSUFFICIENT_STORAGE, str(error)) from None
    return handed_over(batch)


def handed_over(batch: Batch) -> HttpResponse:
    hint(read_batch, batch.pk)
    batch.refresh_from_db()
    address = reverse("api-1:batch", args=[batch.pk])
    return JsonResponse(describe(batch), status=202, headers={"Location": address})


@router.post(
    "projects/{slug}/batches/uploads",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={201: UploadsReply, 401: Problem, 403: Problem, 404: Problem, 413: Problem, 422: Problem, 507: Problem},
    summary="Begin a batch whose files come in pieces",
    description="Say which files will come. Each gets an address: send its bytes there, then finish the batch.",
)
def begin_uploads(request: HttpRequest, announced: NewUploads, slug: str = PROJECT) -> HttpResponse:
    project = own_project(request.auth, slug)  # type: ignore[attr-defined]  # ninja sets it
    try:
        batch = receiving.begin(project, announced.name, files_in(announced), who(request))
    except UploadRefused as refusal:
        return refused(refusal)
    return JsonResponse(listing(batch, list(batch.uploads.order_by("pk"))), status=201)


@router.post(
    "batches/{number}/uploads",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={
        200: UploadsReply, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 413: Problem, 422: Problem,
        507: Problem,
    },
    summary="Add files to a batch, or go on with an upload that broke off",
    description="A file of the same name and size keeps its offset; with `again` it is taken anew.",
)  # fmt: skip
def add_uploads(request: HttpRequest, announced: MoreUploads, number: int = BATCH) -> HttpResponse:
    batch = own_batch(request, number)
    try:
        uploads = receiving.add(batch, files_in(announced))
    except UploadRefused as refusal:
        return refused(refusal)
    return JsonResponse(listing(batch, uploads))


def files_in(announced: MoreUploads) -> list[receiving.Announced]:
    return [receiving.Announced(file.name, file.size, file.sha256, file.again) for file in announced.files]


def listing(batch: Batch, uploads: list[Upload]) -> dict[str, Any]:
    return {"batch": batch.pk, "name": batch.name, "uploads": [described(upload) for upload in uploads]}


def described(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.pk,
        "name": upload.path_label,
        "size": upload.size,
        "offset": upload.offset,
        "finished": upload.finished_at is not None,
        "url": reverse("api-1:upload", args=[upload.pk]),
    }


@router.get(
    "batches/{number}/uploads",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={200: UploadListReply, 401: Problem, 403: Problem, 404: Problem},
    summary="The files of a batch that came or come in pieces, and how far each is",
)
def uploads(request: HttpRequest, number: int = BATCH, limit: int = PAGE_SIZE, after: str = AFTER) -> dict[str, Any]:
    return page_of(request, own_batch(request, number).uploads.all(), described, limit=limit, after=after)


@router.post(
    "batches/{number}/finish",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={202: BatchReply, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem},
    summary="Hand a batch over once all of its bytes are here; it is read in the background",
    description="A file whose SHA-256 was announced and differs is wanted again from its first byte (422).",
)
def finish_uploads(request: HttpRequest, number: int = BATCH) -> HttpResponse:
    batch = own_batch(request, number)
    try:
        receiving.finish(batch, who(request))
    except UploadRefused as refusal:
        return refused(refusal)
    return handed_over(batch)


@router.delete(
    "batches/{number}/uploads",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={204: None, 401: Problem, 403: Problem, 404: Problem, 409: Problem},
    summary="Cancel a batch that has not been handed over",
)
def cancel_uploads(request: HttpRequest, number: int = BATCH) -> HttpResponse:
    try:
        receiving.cancel(own_batch(request, number), who(request))
    except UploadRefused as refusal:
        return refused(refusal)
    return HttpResponse(status=204)


@router.api_operation(
    ["GET", "HEAD"],
    "uploads/{number}",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={200: UploadReply, 401: Problem, 403: Problem, 404: Problem},
    summary="How many bytes of a file are here; also in the header `Upload-Offset`",
    url_name="upload",
)
def upload_state(request: HttpRequest, number: int = UPLOAD) -> HttpResponse:
    found = own_upload(request, number)
    return JsonResponse(described(found), headers=progress(found.offset) | {"Upload-Length": str(found.size)})


@router.patch(
    "uploads/{number}",
    auth=may_ingest,
    openapi_extra=SIGNED_IN | PIECE,
    response={
        204: None, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 410: Problem, 413: Problem, 415: Problem,
        422: Problem, 507: Problem,
    },
    summary="Send the next piece of a file",
    description=(
        "The bytes are the body (`Content-Type: application/offset+octet-stream`), the header `Upload-Offset` says "
        "where they begin; `Upload-Checksum: sha256 BASE64` has them checked. The reply's `Upload-Offset` says how "
        "many are on disk. "
        "After a broken line ask for it with HEAD and go on from there."
    ),
)  # fmt: skip
def keep_piece(request: HttpRequest, number: int = UPLOAD) -> HttpResponse:
    found = own_upload(request, number)
    try:
        at, checksum = piece_of(request)
        offset = receiving.keep_piece(found, at, request, checksum)  # type: ignore[arg-type]  # a request reads as a file
    except UploadRefused as refusal:
        return refused(refusal)
    except (CannotRead, OSError) as error:
        if isinstance(error, UnreadablePostError):
            raise HttpError(BROKEN_OFF, _("The piece broke off. Send it again.")) from None
        words = str(error) if isinstance(error, CannotRead) else disk_words(error.strerror or str(error))
        raise HttpError(INSUFFICIENT_STORAGE, words) from None
    return HttpResponse(status=204, headers=progress(offset))


def piece_of(request: HttpRequest) -> tuple[int, bytes | None]:
    """Return where the piece begins and its announced SHA-256. Raises ``UploadRefused``."""
    if request.content_type != PIECES:
        words = _("A piece of a file comes with “Content-Type: %(type)s”.")
        raise UploadRefused(words % {"type": PIECES}, OTHER_TYPE)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.LONGEST_CHUNK:
        words = _("A piece may have %(most)d MB. Send the file in smaller ones.")
        raise UploadRefused(words % {"most": settings.LONGEST_CHUNK // 2**20}, TOO_LARGE)
    offset, checksum = request.headers.get("Upload-Offset", ""), request.headers.get("Upload-Checksum", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < LONGEST_NUMBER):
        raise UploadRefused(_("The header “Upload-Offset” must say at which byte the piece begins."), MISFIT)
    return int(offset), checksum_in(checksum) if checksum else None


def checksum_in(header: str) -> bytes:
    name, _space, text = header.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True) if name == "sha256" else b""
    except ValueError:
        digest = b""
    if len(digest) != hashlib.sha256().digest_size:
        raise UploadRefused(_("The header “Upload-Checksum” must say “sha256” and the digest in Base64."), MISFIT)
    return digest


@router.delete(
    "uploads/{number}",
    auth=may_ingest,
    openapi_extra=SIGNED_IN,
    response={204: None, 401: Problem, 403: Problem, 404: Problem, 409: Problem},
    summary="Leave one file out",
)
def leave_out(request: HttpRequest, number: int = UPLOAD) -> HttpResponse:
    try:
        receiving.leave_out(own_upload(request, number))
    except UploadRefused as refusal:
        return refused(refusal)
    return HttpResponse(status=204)


def progress(offset: int) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Cache-Control": "no-store"}


def refused(refusal: UploadRefused) -> HttpResponse:
    title = _("This cannot be taken.")
    body = {"type": "about:blank", "title": title, "status": refusal.status, "detail": str(refusal)}
    headers = {} if refusal.offset is None else progress(refusal.offset)
    return JsonResponse(body, status=refusal.status, content_type=PROBLEM, headers=headers)


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


def who(request: HttpRequest) -> Volunteer:
    return request.auth.volunteer  # type: ignore[attr-defined]  # ninja sets it


def own_batch(request: HttpRequest, number: int) -> Batch:
    """What belongs to another organisation does not exist, published or not: numbers tell nothing."""
    rows = Batch.objects.visible_to(who(request), Role.ARCHIVIST).select_related("project__organisation")
    return get_object_or_404(rows, pk=number)


def own_upload(request: HttpRequest, number: int) -> Upload:
    rows = Upload.objects.visible_to(who(request), Role.ARCHIVIST).select_related("batch__project__organisation")
    return get_object_or_404(rows, pk=number)


def own_project(caller: Caller, slug: str) -> Project:
    project = get_object_or_404(Project.objects.select_related("organisation"), slug=slug)
    judge_membership(caller, project)
    return project


def judge_membership(caller: Caller, project: Project) -> None:
    """Owners and archivists bring scans; nobody else learns that a draft exists."""
    bringers = Membership.objects.filter(organisation=project.organisation, role__in=[Role.OWNER, Role.ARCHIVIST])
    if bringers.filter(volunteer=caller.volunteer).exists():
        return
    if project.state == ProjectState.DRAFT:
        raise Http404
    words = _("Only owners and archivists of %(organisation)s may bring scans into this project.")
    raise NotAllowed(words % {"organisation": project.organisation.name})
