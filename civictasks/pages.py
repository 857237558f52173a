"""The pages that speak of everything: home, project and the API's documentation."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exports.releases import latest_release, published_datasets
from tasks.enums import KindName, ProjectState
from tasks.models import Project
from tasks.showing.findings import latest_findings, waiting_line
from tasks.showing.projects import by_need, covers, current_versions, progress_of

from .documenting import documentation

LICENCES = {"CC0-1.0": "CC0", "CC-BY-4.0": "CC BY 4.0"}
FOUND = 6
SHOWN_AT_HOME = 9
ON_A_PAGE = 24
LONGEST_QUERY = 100
LONGEST_ID = 19  # digits


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    projects = list(by_need(Project.objects.public()).select_related("progress")[: SHOWN_AT_HOME + 1])
    shown = cards(projects[:SHOWN_AT_HOME])
    found = latest_findings(FOUND)
    more = len(projects) > SHOWN_AT_HOME
    waiting = [card for card in shown if card["left"] and card["open"]]
    context = {
        "waiting": waiting,
        "others": [card for card in shown if card not in waiting],
        "more": more,
        "featured": featured(waiting, found),
        "found": found,
    }
    return render(request, "tasks/index.html", context)


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """All projects, the oldest first, some at a time; ``q`` looks for words in titles and summaries."""
    wanted = request.GET.get("q", "").strip()[:LONGEST_QUERY].replace("\0", "")
    rows = Project.objects.public().select_related("progress").order_by("pk")
    for word in wanted.split():
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    if (after := request.GET.get("after", "")).isdecimal() and len(after) < LONGEST_ID:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    more = {"q": wanted, "after": shown[-1].pk} if len(found) > ON_A_PAGE else None
    context = {"projects": cards(shown), "wanted": wanted, "more": more and urlencode(more)}
    return render(request, "tasks/projects.html", context)


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    found = project_seen_by(request, slug)
    versions = current_versions(found)
    context: dict[str, Any] = {
        "project": card(found, covers([found]).get(found.pk, ""))
        | {
            "story": found.story,
            "organisation": found.organisation.name,
            "licence": LICENCES.get(found.licence, found.licence),
            "question": versions[0].prompt if versions else "",
            "people": progress_of(found).people,
            "rights": found.rights,
            "draft": found.state == ProjectState.DRAFT,
        },
        "dataset": latest_release(found),
    }
    return render(request, "tasks/project.html", context)


def project_seen_by(request: HttpRequest, slug: str) -> Project:
    """A draft is seen by members of its organisation alone; everyone else finds nothing there."""
    rows = Project.objects.select_related("progress", "organisation").filter(slug=slug)
    found = rows.public().first()
    if found is None and request.user.is_authenticated:
        found = rows.visible_to(request.user).first()
    if found is None:
        raise Http404
    return found


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    typed = by_need(Project.objects.open().filter(workflows__versions__kind=KindName.TRANSCRIBE)).first()
    dataset = published_datasets().order_by("pk").first()
    context = {
        "documentation": documentation(),
        "site": request.build_absolute_uri("/")[:-1],
        "project": typed.slug if typed else "my-project",
        "dataset": dataset.project.slug if dataset else "my-project",
    }
    return render(request, "site/api.html", context)


def cards(projects: Sequence[Project]) -> list[dict[str, Any]]:
    pictures = covers(projects)
    return [card(project, pictures.get(project.pk, "")) for project in projects]


def card(project: Project, cover: str) -> dict[str, Any]:
    progress = progress_of(project)
    return {
        "slug": project.slug,
        "title": project.title,
        "summary": project.summary,
        "cover": cover,
        "cover_alt": project.cover_alt,
        "total": progress.tasks,
        "done": progress.settled,
        "left": max(progress.tasks - progress.settled, 0),
        "language": project.language,
        "open": project.state == ProjectState.OPEN,
    }


def featured(waiting: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Show a line of the project that needs readers most, the first: one just read, else one that waits."""
    if not waiting:
        return None
    project = waiting[0]
    read = [finding for finding in found if finding["project"] == project["slug"]]
    line = read[0] if read else waiting_line(project["slug"])
    return line and {"project": project, "reading": line["page"] | {"text": line["text"]}}
