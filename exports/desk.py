"""Releases on the desk: order a version, watch it being made, take one back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role
from accounts.writing import PlainForm
from tasks.enums import ProjectState
from tasks.machinery.queueing import hint
from tasks.models import Project

from .enums import UNFINISHED, OrderState, ReleaseState
from .errors import ExportsError
from .jobs import make_release
from .models import Release, ReleaseOrder
from .ordering import order_release
from .standing import standing_of
from .withdrawing import withdraw

SHOWN = 100


class NotesForm(PlainForm):
    notes = forms.CharField(
        max_length=2000,
        required=False,
        strip=True,
        error_messages={"max_length": gettext_lazy("Keep the notes under 2,000 characters.")},
    )


class ReasonForm(PlainForm):
    reason = forms.CharField(
        max_length=500,
        strip=True,
        error_messages={
            "required": gettext_lazy("Write why: whoever has cited this version reads it in its place."),
            "max_length": gettext_lazy("Keep the reason under 500 characters."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def releases(request: MemberRequest, slug: str) -> HttpResponse:
    project = project_of(request, slug)
    if request.method != "POST":
        return show(request, project, NotesForm())
    form = NotesForm(request.POST)
    if not form.is_valid():
        return show(request, project, form, status=422)
    try:
        order = order_release(project, request.user, form.cleaned_data["notes"])
    except ExportsError as error:
        form.add_error(None, str(error))
        return show(request, project, form, status=409)
    hint(make_release, order.pk)
    return redirect("desk:releases", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def withdrawal(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Ask once more, with a reason; a withdrawal is for good."""
    project = project_of(request, slug)
    found = Release.objects.visible_to(request.user, Role.ARCHIVIST).filter(project=project, number=number)
    release = get_object_or_404(found.select_related("project__organisation"))
    if release.state != ReleaseState.PUBLISHED:
        return redirect("desk:releases", slug)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        withdraw(release, request.user, form.cleaned_data["reason"])
        messages.success(request, _("Release %(number)s is withdrawn.") % {"number": number})
        return redirect("desk:releases", slug)
    status = 422 if form.is_bound else 200
    return render(
        request, "exports/desk_withdraw.html", {"project": project, "release": release, "form": form}, status=status
    )


def project_of(request: MemberRequest, slug: str) -> Project:
    rows = Project.objects.visible_to(request.user, Role.ARCHIVIST).select_related("organisation", "progress")
    return get_object_or_404(rows, slug=slug)


def show(request: MemberRequest, project: Project, form: NotesForm, status: int = 200) -> HttpResponse:
    order = project.release_orders.select_related("release", "volunteer").order_by("-pk").first()
    versions = project.releases.order_by("-number")[:SHOWN]
    context: dict[str, Any] = {
        "project": project,
        "form": form,
        "standing": standing_of(project, timezone.now()),
        "draft": project.state == ProjectState.DRAFT,
        "order": order,
        "under_way": order is not None and order.state in UNFINISHED,
        "said": said_of(order) if order else "",
        "versions": versions,
    }
    return render(request, "exports/desk_releases.html", context, status=status)


def said_of(order: ReleaseOrder) -> str:
    """Say in a sentence what became of an order."""
    number = order.release.number if order.release else 0
    match order.state:
        case OrderState.WAITING:
            return _("Waiting for a worker. You may leave this page: it goes on without you.")
        case OrderState.WORKING:
            return _("Being made. You may leave this page: it goes on without you.")
        case OrderState.DONE:
            return _("Release %(number)s is published.") % {"number": number}
        case OrderState.UNCHANGED:
            return _("Nothing has changed since release %(number)s, so there is no new version.") % {"number": number}
    return _("No version was made. %(reason)s") % {"reason": order.reason}
