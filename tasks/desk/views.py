"""The desk: projects of my organisations, and how each stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import membership_required
from accounts.enums import Role

from ..models import Project


@require_safe
@membership_required(Role.REVIEWER)
def home(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.visible_to(request.user).select_related("progress", "organisation").order_by("pk")
    return render(request, "desk/home.html", {"projects": projects})


@require_safe
@membership_required(Role.REVIEWER)
def project(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Project.objects.visible_to(request.user).select_related("progress", "organisation")
    return render(request, "desk/project.html", {"project": get_object_or_404(rows, slug=slug)})
