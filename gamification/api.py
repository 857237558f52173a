"""Leaderboards over HTTP; what changed is told by the socket (see consumers.py)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from ninja import Field, Path, Query, Router, Schema

from accounts.authentication import caller_of
from tasks.schemas import Problem

from .boards import Entry, Moment, best, board_named, entry_of_volunteer, look_at
from .enums import Period
from .errors import UnknownBoard

router = Router(tags=["leaderboards"])
ENTRIES = 50
BOARD = Path(..., description="`all`, or `project-` and the short name of a project")
SINCE = Query(Period.ALL, description="since when points are added up")


class EntryReply(Schema):
    rank: int = Field(description="1 is the best; equal points share a rank")
    name: str
    points: int
    accuracy: float | None = Field(description="share of the settled answers that were right, 0 to 1; null before any")


class BoardReply(Schema):
    version: int = Field(description="grows with each change; the WebSocket sends it")
    entries: list[EntryReply]
    me: EntryReply | None = Field(None, description="absent for visitors and for volunteers without points")


@router.get(
    "leaderboards/{board}",
    response={200: BoardReply, 304: None, frozenset({401, 404}): Problem},
    summary="The best fifty of a period",
)
def leaderboard(
    request: HttpRequest,
    board: str = BOARD,
    period: Period = SINCE,
) -> HttpResponse:
    """Send the `ETag` back as `If-None-Match` to be told that nothing changed."""
    caller = caller_of(request)
    viewer = caller.volunteer.pk if caller else None
    try:
        moment = look_at(board_named(board), period)
    except UnknownBoard as error:
        raise Http404 from error
    tag = etag_of(moment, viewer)
    response = get_conditional_response(request, etag=tag) or JsonResponse(reply_of(moment, viewer))
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def etag_of(moment: Moment, viewer: int | None) -> str:
    """Name what is shown without reading it. A changed display name shows with the board's next change."""
    return f'W/"{moment.board.id}-{moment.period}-{moment.period_start}-{moment.version}-{viewer or 0}"'


def reply_of(moment: Moment, viewer: int | None) -> dict[str, Any]:
    reply: dict[str, Any] = {"version": moment.version, "entries": [shown(entry) for entry in best(moment, ENTRIES)]}
    if viewer and (me := entry_of_volunteer(moment, viewer)):
        reply["me"] = shown(me)
    return reply


def shown(entry: Entry) -> dict[str, Any]:
    return {"rank": entry.rank, "name": entry.name, "points": entry.points, "accuracy": entry.accuracy}
