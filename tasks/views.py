"""Play in the browser: the page that scripts take over, and the same loop as plain form posts."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import network_of
from accounts.authentication import Caller, NotAllowed, NotSignedIn, welcome

from .api import grant_to, leases_reply
from .enums import Status, Way
from .errors import ProjectNotOpen, TooLateToUndo, UnknownAnswer
from .leasing.leases import give_back
from .models import Answer, Project
from .playing.scheduling import Grant, held_lease
from .playing.submission import Submission, submit_answers
from .playing.undoing import withdraw_answer
from .schemas import LeaseRequest
from .showing.projects import describe_next
from .trust.arriving import Visit

AT_FIRST = 5  # leases of a page that scripts will take over


@dataclass(frozen=True)
class Turn:
    """What the plain page says about what was just posted; ``again`` is the same lease, to be answered anew.

    ``undo``: the key and the lease of an answer that may be taken back. ``lesson``: what the line says, see lessons.py.
    """

    notice: str = ""
    problem: str = ""
    typed: str = ""
    again: Grant | None = None
    undo: tuple[str, str] | None = None
    lesson: dict[str, Any] | None = None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def play(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.public(), slug=slug)
    if request.method != "POST":
        return show(request, project, None, Turn())
    try:
        caller = welcome(request)
    except (NotSignedIn, NotAllowed) as error:  # of a bearer token, which no browser sends
        return render(request, "403.html", {"detail": str(error)}, status=403)
    begins = not {"lease", "back"} & request.POST.keys()
    turn = Turn() if begins else turn_of(caller, request.POST, Visit(network_of(request)))
    try:
        grant = turn.again or (first_ones if begins else one_more)(caller, slug)
    except ProjectNotOpen as error:
        grant, turn = Grant([], exhausted=True), replace(turn, problem=str(error))
    return show(request, project, grant, turn)


def first_ones(caller: Caller, slug: str) -> Grant:
    return grant_to(caller, slug, LeaseRequest(count=AT_FIRST))


def one_more(caller: Caller, slug: str) -> Grant:
    """A plain form shows one line at a time and knows of no others: what was leased for scripts goes back."""
    return grant_to(caller, slug, LeaseRequest(count=1), holding=1)


def show(request: HttpRequest, project: Project, grant: Grant | None, turn: Turn) -> HttpResponse:
    reply = leases_reply(grant) if grant else None
    context = {
        "project": project,
        "letters": list(project.letters),
        "way": way_of(request, project),
        "leases": reply,
        "first": reply["leases"][0] if reply and reply["leases"] else None,
        "next_project": describe_next(project),
        "key": uuid4(),
        "notice": turn.notice,
        "problem": turn.problem,
        "typed": turn.typed,
        "undo": turn.undo,
        "lesson": turn.lesson,
    }
    return render(request, "tasks/play.html", context)


def way_of(request: HttpRequest, project: Project) -> str:
    """The address decides, else the project; a visitor's own choice is kept on the device and known to scripts only."""
    asked = request.GET.get("way", "")
    return asked if asked in Way.values else project.way


def turn_of(caller: Caller, form: dict[str, Any], visit: Visit) -> Turn:
    return take_back_by_form(caller, form) if "back" in form else answer_by_form(caller, form, visit)


def answer_by_form(caller: Caller, form: dict[str, Any], visit: Visit) -> Turn:
    """Send the answer of a plain form; nothing typed is lost when it is not accepted."""
    if "skip" in form:
        give_back(caller.volunteer.pk, [form["lease"]])
        return Turn(notice=_("Skipped. Somebody else will read it."))
    try:
        key = UUID(form.get("key", ""))
    except ValueError:
        return Turn(problem=_("This form was incomplete. Please answer the line below."), typed=form.get("text", ""))
    result = submit_answers(caller.volunteer, [Submission(form["lease"], key, value_of(form))], visit=visit)[0]
    if result["status"] == Status.REFUSED:
        again = held_lease(caller.volunteer.pk, form["lease"])
        return Turn(problem=result["reason"], typed=form.get("text", ""), again=again)
    kept = result["status"] in {Status.COUNTED, Status.LATE}
    undo = (str(key), form["lease"]) if kept else None
    lesson = result.get("feedback", {}).get("known")
    return Turn(notice=result.get("reason") or _("Saved. Thank you!"), undo=undo, lesson=lesson)


def take_back_by_form(caller: Caller, form: dict[str, Any]) -> Turn:
    """Take an answer back; its line comes again with what was typed, if it is still this person's to answer."""
    volunteer = caller.volunteer.pk
    try:
        key = UUID(form["back"])
        withdraw_answer(volunteer, key)
    except ValueError:
        return Turn(problem=_("This form was incomplete. Please answer the line below."))
    except (UnknownAnswer, TooLateToUndo) as error:
        return Turn(problem=str(error), again=held_lease(volunteer, form.get("now", "")))
    again = held_lease(volunteer, form.get("taken", ""))
    if again is None:
        notice = _("Taken back. The line goes to someone else.")
        return Turn(notice=notice, again=held_lease(volunteer, form.get("now", "")))
    return Turn(notice=_("Taken back. Here it is again."), typed=typed_before(volunteer, key), again=again)


def typed_before(volunteer: int, key: UUID) -> str:
    value = Answer.objects.filter(volunteer=volunteer, key=key).order_by("id").values_list("value", flat=True).last()
    return (value or {}).get("text", "")


def value_of(form: dict[str, Any]) -> dict[str, Any]:
    for mark in ("unreadable", "blank"):
        if mark in form:
            return {mark: True}
    if "choice" in form:
        return {"choice": form["choice"]}
    if "match" in form:
        return {"matches": form["match"] == "true"}
    return {"text": form.get("text", "")}
