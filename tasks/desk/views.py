"""The desk: found a project, say what it is, let it out into the world."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role
from accounts.models import Organisation

from ..curating import publishing
from ..enums import ProjectState
from ..errors import NotReady
from ..models import Project
from .project_forms import NewProjectForm, ProjectForm, time_zones

UNUSABLE = 422


def own_project(request: MemberRequest, slug: str, role: Role = Role.ARCHIVIST) -> Project:
    rows = Project.objects.visible_to(request.user, role).select_related("organisation", "progress")
    return get_object_or_404(rows, slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def new(request: MemberRequest) -> HttpResponse:
    organisations = list(Organisation.objects.of(request.user, Role.ARCHIVIST).order_by("name"))
    if request.method != "POST":
        first = {"way": "plain"} | as_last_time(organisations)
        return show_new(request, NewProjectForm(initial=first, organisations=organisations))
    form = NewProjectForm(request.POST, organisations=organisations)
    if not form.is_valid():
        return show_new(request, form, status=UNUSABLE)
    try:
        project = publishing.found(form.founded(), request.user)
    except IntegrityError:  # somebody chose the same short name at this moment
        form.add_error("slug", _("This short name is taken. Choose another."))
        return show_new(request, form, status=UNUSABLE)
    messages.success(request, _("The project is created, as a draft. Now ask a question."))
    return redirect("desk:new-question", project.slug)


def show_new(request: MemberRequest, form: NewProjectForm, status: int = 200) -> HttpResponse:
    return render(request, "desk/new.html", {"form": form, "time_zones": time_zones()}, status=status)


def as_last_time(organisations: list[Organisation]) -> dict[str, Any]:
    """Return what a new project most likely shares with the newest one."""
    latest = Project.objects.filter(organisation__in=organisations).order_by("pk").last()
    return {"organisation": latest.organisation_id, "time_zone": latest.time_zone} if latest else {"time_zone": "UTC"}


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def settings(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    if request.method != "POST":
        return show_settings(request, project, ProjectForm(instance=project))
    form = ProjectForm(request.POST, instance=own_project(request, slug))
    if form.is_valid() and not form.changed_data:
        return redirect("desk:settings", slug)
    try:
        if form.is_valid():
            publishing.change(form.instance, request.user, form.changed_data)
            messages.success(request, _("Saved."))
            return redirect("desk:settings", slug)
    except NotReady as error:
        form.add_error(None, error.missing)
    return show_settings(request, project, form, status=UNUSABLE)


def show_settings(request: MemberRequest, project: Project, form: ProjectForm, status: int = 200) -> HttpResponse:
    context = {"project": project, "form": form, "time_zones": time_zones()}
    return render(request, "desk/settings.html", context, status=status)


@require_POST
@membership_required(Role.ARCHIVIST)
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    again = project.state == ProjectState.CLOSED
    try:
        if publishing.publish(project, request.user):
            words = _("The project is open again.") if again else _("Published: anyone can read along now.")
            messages.success(request, words)
    except NotReady as error:
        for sentence in error.missing:
            messages.error(request, sentence)
    return redirect("desk:project", slug)


@require_POST
@membership_required(Role.ARCHIVIST)
def close(request: MemberRequest, slug: str) -> HttpResponse:
    if publishing.close(own_project(request, slug), request.user):
        messages.success(request, _("Closed: no more answers are taken. What was read stays."))
    return redirect("desk:project", slug)
