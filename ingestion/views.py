"""Batches at the desk: bring scans, watch them being read, see what was cut, withdraw what was wrong."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role
from accounts.models import Volunteer
from tasks.enums import BatchState
from tasks.machinery.queueing import hint
from tasks.models import Batch, Page, Project

from . import overseeing, receiving, turning
from .errors import ActRefused, CannotRead, UploadRefused
from .jobs import read_batch, turn_page
from .showing import FILES_SHOWN, batches_of, file_page, page_shown, pages_shown, report_of, rows_of_report
from .uploading import keep_upload

ACTS: dict[str, Callable[[Batch, Volunteer], None]] = {
    "pause": overseeing.pause,
    "resume": overseeing.go_on,
    "again": overseeing.read_again,
    "withdraw": overseeing.withdraw,
    "restore": overseeing.restore,
    "cancel": receiving.cancel,
}
PAGE_ACTS: dict[str, Callable[[Page, Volunteer], None]] = {
    "withhold": overseeing.withhold_page,
    "show": overseeing.show_page,
    "turn-left": partial(turning.order_turn, by=270),
    "turn-right": partial(turning.order_turn, by=90),
    "turn-half": partial(turning.order_turn, by=180),
    "upright": turning.call_upright,
}
UNUSABLE, NO_ROOM = 422, 507


def own_project(request: MemberRequest, slug: str) -> Project:
    rows = Project.objects.visible_to(request.user, Role.ARCHIVIST).select_related("organisation")
    return get_object_or_404(rows, slug=slug)


def own_batch(request: MemberRequest, slug: str, number: int) -> Batch:
    rows = Batch.objects.visible_to(request.user, Role.ARCHIVIST).select_related("project__organisation")
    return get_object_or_404(rows, pk=number, project__slug=slug)


def own_page(request: MemberRequest, slug: str, number: int, page: int) -> Page:
    batch = own_batch(request, slug, number)
    rows = Page.objects.filter(item__batch=batch).select_related("item__batch__project__organisation")
    return get_object_or_404(rows, pk=page)


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def batches(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    if request.method != "POST":
        return show_batches(request, project)
    try:
        files = request.FILES.getlist("files")
        if not files:
            return show_batches(request, project, _("Choose files first."), UNUSABLE)
        batch = keep_upload(project, request.POST.get("name", ""), files, request.user)
    except CannotRead as error:
        return show_batches(request, project, str(error), NO_ROOM)
    hint(read_batch, batch.pk)
    return redirect("desk:batch", slug, batch.pk)


def show_batches(request: MemberRequest, project: Project, fault: str = "", status: int = 200) -> HttpResponse:
    context = {"project": project, "fault": fault, **batches_of(project, request.GET.get("before", ""))}
    return render(request, "ingestion/batches.html", context, status=status)


@require_safe
@membership_required(Role.ARCHIVIST)
def batch(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found = own_batch(request, slug, number)
    only_wanting = request.GET.get("show") == "wanting"
    files = file_page(found, request.GET.get("after", ""), only_wanting=only_wanting)
    context = {"project": found.project, "batch": found, "wanting_only": only_wanting, "shown": FILES_SHOWN}
    template = "ingestion/batch.html#report" if "HX-Request" in request.headers else "ingestion/batch.html"
    return render(request, template, context | files | report_of(found))


@require_safe
@membership_required(Role.ARCHIVIST)
def report(request: MemberRequest, slug: str, number: int) -> StreamingHttpResponse:
    """Every file exactly once, for a spreadsheet."""
    found = own_batch(request, slug, number)
    response = StreamingHttpResponse(rows_of_report(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-batch-{found.pk}.csv"'
    return response


@require_POST
@membership_required(Role.ARCHIVIST)
def treat(request: MemberRequest, slug: str, number: int, act: str) -> HttpResponse:
    found = own_batch(request, slug, number)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](found, request.user)
    except (ActRefused, UploadRefused) as error:
        messages.error(request, str(error))
    if act == "cancel" and not Batch.objects.filter(pk=number).exists():
        messages.success(request, _("The upload is cancelled, and nothing of it is kept."))
        return redirect("desk:batches", slug)
    if found.state == BatchState.UPLOADED:
        hint(read_batch, number)
    return redirect("desk:batch", slug, number)


@require_safe
@membership_required(Role.ARCHIVIST)
def pages(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    found = own_batch(request, slug, number)
    only_sideways = request.GET.get("show") == "sideways"
    shown = pages_shown(found, request.GET.get("after", ""), only_sideways=only_sideways)
    context = {"project": found.project, "batch": found, "sideways_only": only_sideways, **shown}
    return render(request, "ingestion/pages.html", context)


@require_safe
@membership_required(Role.ARCHIVIST)
def page(request: MemberRequest, slug: str, number: int, page: int) -> HttpResponse:
    found = own_page(request, slug, number, page)
    context = {"project": found.item.batch.project, "batch": found.item.batch, **page_shown(found)}
    template = "ingestion/page.html#leaf" if "HX-Request" in request.headers else "ingestion/page.html"
    return render(request, template, context)


@require_POST
@membership_required(Role.ARCHIVIST)
def treat_page(request: MemberRequest, slug: str, number: int, page: int, act: str) -> HttpResponse:
    found = own_page(request, slug, number, page)
    if act not in PAGE_ACTS:
        raise Http404
    try:
        PAGE_ACTS[act](found, request.user)
        if act.startswith("turn"):
            hint(turn_page, page)
    except ActRefused as error:
        messages.error(request, str(error))
    return redirect("desk:batch-page", slug, number, page)
