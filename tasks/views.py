"""Play in the browser: the page that scripts take over, and the same loop as plain form posts."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.authentication import Caller, NotAllowed, NotSignedIn, welcome

from .api import grant_to, leases_reply
from .enums import Status, Way
from .errors import ProjectNotOpen
from .leases import give_back
from .models import Project
from .projects import describe_next
from .scheduling import Grant, held_lease
from .schemas import LeaseRequest
from .submission import Submission, submit_answers

AT_FIRST = 5  # leases of a page that scripts will take over


@dataclass(frozen=True)
class Turn:
    """What the plain page says about the answer just posted; ``again`` is the same lease, to be answered anew."""

    notice: str = ""
    problem: str = ""
    typed: str = ""
    again: Grant | None = None


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
    answered = "lease" in request.POST
    turn = answer_by_form(caller, request.POST) if answered else Turn()
    try:
        grant = turn.again or (one_more if answered else first_ones)(caller, slug)
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
    }
    return render(request, "tasks/play.html", context)


def way_of(request: HttpRequest, project: Project) -> str:
    """The address decides, else the project; a visitor's own choice is kept on the device and known to scripts only."""
    asked = request.GET.get("way", "")
    return asked if asked in Way.values else project.way


def answer_by_form(caller: Caller, form: dict[str, Any]) -> Turn:
    """Send the answer of a plain form; nothing typed is lost when it is not accepted."""
    if "skip" in form:
        give_back(caller.volunteer.pk, [form["lease"]])
        return Turn(notice=_("Skipped. Somebody else will read it."))
    try:
        key = UUID(form.get("key", ""))
    except ValueError:
        return Turn(problem=_("This form was incomplete. Please answer the line below."), typed=form.get("text", ""))
    result = submit_answers(caller.volunteer, [Submission(form["lease"], key, value_of(form))])[0]
    if result["status"] == Status.REFUSED:
        again = held_lease(caller.volunteer.pk, form["lease"])
        return Turn(problem=result["reason"], typed=form.get("text", ""), again=again)
    return Turn(notice=result.get("reason") or _("Saved. Thank you!"))


def value_of(form: dict[str, Any]) -> dict[str, Any]:
    for mark in ("unreadable", "blank"):
        if mark in form:
            return {mark: True}
    if "match" in form:
        return {"matches": form["match"] == "true"}
    return {"text": form.get("text", "")}
