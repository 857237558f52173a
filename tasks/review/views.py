"""Review in the browser: one dispute at a time, all of them, what was settled; plain forms that a script quickens."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role

from ..consensus import fold
from ..enums import DecidedBy
from ..errors import DecidedMeanwhile, MalformedValue, NotReviewable, OwnReading, TasksError, TooLateToUndo
from ..models import Decision, Project, Task
from .disputes import disputes_of, marking_own, next_dispute, reviewed_in
from .reviewing import reopen, settle, undo
from .showing import PER_PAGE, dispute_page, listed, marks_known, rows_by_page, rows_of

STATUS = {MalformedValue: 422, OwnReading: 403, DecidedMeanwhile: 409, NotReviewable: 409, TooLateToUndo: 409}
MOST_MORE = 10  # answers asked for at once
GIVEN_BACK = {"typed": "text", "note": "note"}  # in the context: fields of the form


@never_cache
@require_safe
@membership_required(Role.REVIEWER)
def review(request: MemberRequest, slug: str) -> HttpResponse:
    """Go to the first dispute, or say that nothing is left."""
    project = project_of(request, slug)
    if task := next_dispute(project, request.user):
        return redirect("desk:dispute", slug, task)
    own = marking_own(disputes_of(project), request.user).filter(own=True).exists()
    latest = rows_of(reviewed_in(project, None, PER_PAGE), request.user)
    context = {"project": project, "own": own, "rows": latest, "marks": marks_known(request.user, project)}
    return render(request, "tasks/review_done.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.REVIEWER)
def dispute(request: MemberRequest, slug: str, task: int) -> HttpResponse:
    project = project_of(request, slug)
    rows = Task.objects.lines().filter(project=project, page__withheld_at=None)
    found = get_object_or_404(rows.select_related("version", "workflow", "page__item"), pk=task)
    found.project = project
    if request.method != "POST":
        return render(request, "tasks/review.html", dispute_page(found, request.user))
    try:
        act(request, found)
    except TasksError as error:
        found.refresh_from_db(fields=["state", "decision", "settled_at"])
        given_back = {name: request.POST[field] for name, field in GIVEN_BACK.items() if field in request.POST}
        context = dispute_page(found, request.user) | {"problem": str(error)} | given_back
        return render(request, "tasks/review.html", context, status=STATUS.get(type(error), 400))
    following = next_dispute(project, request.user, found)
    return redirect("desk:dispute", slug, following) if following else redirect("desk:review", slug)


def act(request: MemberRequest, task: Task) -> None:
    form = request.POST
    seen, note = number_in(form.get("seen")), fold(form.get("note", ""))[:200]
    if "more" in form:
        more = min(max(number_in(form["more"]), 1), MOST_MORE)
        reopen(request.user, task.pk, more, seen=seen, note=note)
    else:
        settle(request.user, task.pk, value_in(form), seen=seen, note=note)


def value_in(form: Any) -> object:
    """Return the reading that was chosen, a mark, or what was typed; the kind of the question judges it."""
    if "value" not in form:
        return {"text": form.get("text", "")}
    try:
        return json.loads(form["value"])
    except (ValueError, RecursionError):
        return None


def number_in(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@never_cache
@require_POST
@membership_required(Role.REVIEWER)
def take_back(request: MemberRequest, slug: str) -> HttpResponse:
    """Undo an act of one's own and show its line again."""
    project = project_of(request, slug)
    own = Decision.objects.filter(project=project, decided_by=DecidedBy.REVIEWER, reviewer=request.user)
    decision = get_object_or_404(own.filter(task__page__withheld_at=None), pk=number_in(request.POST.get("decision")))
    try:
        undo(request.user, decision)
    except TasksError as error:
        task = Task.objects.select_related("version", "workflow", "page__item").get(pk=decision.task_id)
        task.project = project
        context = dispute_page(task, request.user) | {"problem": str(error)}
        return render(request, "tasks/review.html", context, status=STATUS.get(type(error), 400))
    return redirect("desk:dispute", slug, decision.task_id)


@never_cache
@require_safe
@membership_required(Role.REVIEWER)
def disputes(request: MemberRequest, slug: str) -> HttpResponse:
    project = project_of(request, slug)
    rows = marking_own(disputes_of(project), request.user).select_related("page__item", "version")
    found, after = listed(rows, number_in(request.GET.get("after")))
    context = {"project": project, "pages": rows_by_page(found), "after": after}
    return render(request, "tasks/review_all.html", context)


@never_cache
@require_safe
@membership_required(Role.REVIEWER)
def reviewed(request: MemberRequest, slug: str) -> HttpResponse:
    project = project_of(request, slug)
    found = list(reviewed_in(project, number_in(request.GET.get("before")), PER_PAGE + 1))
    before = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    rows = rows_of(found[:PER_PAGE], request.user)
    marks = marks_known(request.user, project)
    context = {"project": project, "rows": rows, "before": before, "marks": marks}
    return render(request, "tasks/review_settled.html", context)


def project_of(request: MemberRequest, slug: str) -> Project:
    visible = Project.objects.visible_to(request.user, Role.REVIEWER).select_related("organisation", "progress")
    return get_object_or_404(visible, slug=slug)
