"""What I did and what was decided."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guests import guest_of
from accounts.inviting import invitations_of
from accounts.models import Volunteer
from accounts.naming import pen_name
from gamification.models import EVERYONE
from gamification.summing import Earned, earned_by_project, points_of
from tasks.enums import ProjectState
from tasks.models import Project
from tasks.showing.recalling import answers_by_project, memories

from .door import VolunteersRequest, volunteer_required

LATEST, PAGE = 3, 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "me/visitor.html")
    return render(request, "me/overview.html", overview_of(request, request.user))


def overview_of(request: HttpRequest, me: Volunteer) -> dict[str, Any]:
    earned, given = earned_by_project(me.pk), answers_by_project(me.pk)
    return {
        "me": me,
        "pen_name": pen_name(bytes(me.seed)),
        "has_account": me.has_usable_password(),
        "guest": guest_of(request),
        "invitations": invitations_of(me) if me.has_usable_password() else [],
        "total": figures(earned[EVERYONE], sum(given.values())),
        "projects": figures_by_project(earned, given),
        "memories": with_points(me.pk, LATEST)[0],
    }


def figures(earned: Earned, answers: int) -> dict[str, Any]:
    accuracy = None if earned.accuracy is None else 100 * earned.accuracy
    return {
        "answers": answers,
        "settled": earned.settled,
        "right": earned.right,
        "points": earned.points,
        "accuracy": accuracy,
    }


def figures_by_project(earned: dict[int, Earned], given: dict[int, int]) -> list[dict[str, Any]]:
    projects = Project.objects.filter(pk__in={*earned, *given}).only("slug", "title", "state")
    rows = [
        figures(earned.get(project.pk, Earned()), given.get(project.pk, 0)) | named(project) for project in projects
    ]
    return sorted(rows, key=lambda row: (-row["points"], -row["answers"], row["title"]))


def named(project: Project) -> dict[str, Any]:
    """A project that went back to being a draft is not named: its page and its board are gone."""
    if project.state == ProjectState.DRAFT:
        return {"title": _("A project that is not public now"), "slug": ""}
    return {"title": project.title, "slug": project.slug}


@require_safe
@volunteer_required
def answers(request: VolunteersRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    shown, more = with_points(request.user.pk, PAGE, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {"memories": shown, "next": shown[-1]["answer"] if more else None, "first": not before}
    return render(request, "me/answers.html", context)


def with_points(volunteer: int, limit: int, before: int | None = None) -> tuple[list[dict[str, Any]], bool]:
    """Return the answers to be shown, with their points, and whether there are older ones."""
    found = memories(volunteer, limit + 1, before=before)
    points = points_of({memory.project for memory in found}, [memory.answer for memory in found])
    rows = [{"answer": m.answer, "memory": m, "points": points.get(m.answer, 0)} for m in found[:limit]]
    return rows, len(found) > limit
