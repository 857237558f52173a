"""Questions of a project: a list, a form with a preview, opened and rested."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role

from ..consensus import Policy
from ..curating.previewing import preview_of
from ..curating.wording import Wording, ask, reword, set_open, wording_of
from ..errors import ChangedMeanwhile
from ..jobs import spread_question
from ..machinery.queueing import hint
from ..models import Project, Workflow
from ..predicting.saying import sentences
from ..showing.projects import latest_versions
from .question_form import QuestionForm
from .views import UNUSABLE, own_project

PART = "X-Part"  # sent by the script that refreshes the preview


@require_safe
@membership_required(Role.ARCHIVIST)
def questions(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    asked = latest_versions(project.workflows.filter(source_workflow=None))
    return render(request, "desk/questions.html", {"project": project, "versions": asked})


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def new_question(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if saves(request) and form.is_valid():
        asked = ask(project, request.user, form.wording())
        if asked.to_spread:
            hint(spread_question, asked.pk)
            messages.success(request, _("The question goes to all pages that are there, and to every one that comes."))
        else:
            messages.success(request, _("The question is asked of every page that comes."))
        return redirect("desk:questions", slug)
    return show(request, project, form)


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def question(request: MemberRequest, slug: str, workflow: str) -> HttpResponse:
    project = own_project(request, slug)
    found = own_question(project, workflow)
    current = found.current
    wording = wording_of(current)
    form = QuestionForm(request.POST if request.method == "POST" else None, wording=wording, seen=current.number)
    if saves(request) and form.is_valid():
        try:
            moved = reword(found, request.user, form.wording(), form.cleaned_data["seen"])
            messages.success(request, said_of(moved, changed=form.wording() != wording))
            return redirect("desk:questions", slug)
        except ChangedMeanwhile as error:
            form.add_error(None, str(error))
            form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, being posted
            form.data["seen"] = str(current.number)  # type: ignore[index]  # theirs was read: a second press saves
    return show(request, project, form, found, wording)


@require_POST
@membership_required(Role.ARCHIVIST)
def turn(request: MemberRequest, slug: str, workflow: str) -> HttpResponse:
    """Open a question, or let it rest."""
    project = own_project(request, slug)
    wanted = request.POST.get("open") == "yes"
    if set_open(own_question(project, workflow), request.user, wanted=wanted):
        words = _("The question is asked again.") if wanted else _("The question rests. Its answers stay.")
        messages.success(request, words)
    return redirect("desk:questions", slug)


def saves(request: MemberRequest) -> bool:
    return request.method == "POST" and "preview" not in request.POST and PART not in request.headers


def own_question(project: Project, slug: str) -> Workflow:
    return get_object_or_404(project.workflows.select_related("project__organisation"), slug=slug, source_workflow=None)


def show(
    request: MemberRequest,
    project: Project,
    form: QuestionForm,
    workflow: Workflow | None = None,
    wording: Wording | None = None,
) -> HttpResponse:
    """Show the form with what volunteers will see and what it will take; a script asks for these parts alone, without
    one a button does."""
    if form.is_bound and form.is_valid():
        wording = form.wording()
    refused = form.is_bound and not form.is_valid()
    policy = Policy(adjudicate=bool(form["adjudicate"].value()))
    wording = wording or Wording("transcribe", str(form["prompt"].value()), policy=policy)
    outlook = [] if refused else sentences(project, wording)
    context = {"project": project, "form": form, "workflow": workflow, "outlook": outlook}
    part = "#parts" if PART in request.headers else ""
    context |= preview_of(project, wording)
    return render(request, f"desk/question.html{part}", context, status=UNUSABLE if refused else 200)


def said_of(moved: int, *, changed: bool) -> str:
    if not changed:
        return _("Nothing was changed.")
    words = ngettext(
        "Saved as a new version: %(moved)d line that nobody has begun is asked in the new words.",
        "Saved as a new version: %(moved)d lines that nobody has begun are asked in the new words.",
        moved,
    )
    return words % {"moved": moved}
