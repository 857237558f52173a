"""The page of the leaderboards; htmx asks for the table alone when the socket says that it changed."""

from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks.enums import ProjectState
from tasks.models import Project

from .boards import ALL, PROJECT, Board, Entry, Moment, around, best, board_named, entry_of_volunteer, look_at
from .enums import Period
from .errors import UnknownBoard
from .periods import seconds_left

TOP = 10
TABS = 12  # projects offered beside the board of everyone


@require_safe
def leaderboards(request: HttpRequest) -> HttpResponse:
    try:
        board = board_named(request.GET.get("board", ALL))
        period = Period(request.GET.get("period", Period.WEEK))
    except (UnknownBoard, ValueError) as error:
        raise Http404 from error
    now = timezone.now()
    moment = look_at(board, period, now)
    context = {"board": board.slug, "period": period.value, "version": moment.version}
    context["left"] = seconds_left(period, now, board.zone)
    context |= rows_of(moment, request.user.pk)
    if "HX-Request" in request.headers:
        response = render(request, "gamification/leaderboards.html#board", context)
    else:
        context |= {"boards": boards_offered(board), "zone": str(board.zone), "play": project_to_play(board)}
        context["closed"] = board.state == ProjectState.CLOSED
        response = render(request, "gamification/leaderboards.html", context)
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    return response


def rows_of(moment: Moment, viewer: int | None) -> dict[str, Any]:
    """Return the best and, where the viewer is not among them, the viewer between the neighbours."""
    top = best(moment, TOP)
    me = entry_of_volunteer(moment, viewer) if viewer else None
    near = around(moment, me) if me else None
    listed = {entry.volunteer for entry in top}
    below = [entry for entry in near.entries if entry.volunteer not in listed] if near and viewer not in listed else []
    better = near.better if near else None
    return {
        "top": [row_of(entry, viewer) for entry in top],
        "around": [row_of(entry, viewer) for entry in below],
        "cut": bool(below) and below[0].rank > len(top) + 1,
        "mine": {"rank": me.rank, "points": me.points} if me else None,
        "ahead": {"name": better.name, "points": better.points - me.points} if better and me else None,
    }


def row_of(entry: Entry, viewer: int | None) -> dict[str, Any]:
    right = None if entry.accuracy is None else 100 * entry.accuracy
    me = entry.volunteer == viewer
    return {"rank": entry.rank, "name": entry.name, "points": entry.points, "right": right, "me": me}


def boards_offered(board: Board) -> list[dict[str, str]]:
    """Return the tabs: everyone, the newest projects, and in any case the board being looked at."""
    newest = list(Project.objects.public().order_by("-pk").values_list("slug", "title")[:TABS])
    tabs = [(ALL, _("Everyone"))] + [(PROJECT + slug, title) for slug, title in newest]
    if board.slug not in dict(tabs):
        tabs.append((board.slug, Project.objects.get(pk=board.id).title))
    return [{"slug": slug, "title": title} for slug, title in tabs]


def project_to_play(board: Board) -> str | None:
    """Return the slug of a project that has lines left: the board's own, else another."""
    slugs = Project.objects.open().filter(progress__settled__lt=F("progress__tasks")).values_list("slug", flat=True)
    return slugs.filter(pk=board.id).first() or slugs.order_by("pk").first()
