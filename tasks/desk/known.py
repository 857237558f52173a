"""Known lines: listed, marked one by one or by a table, retired."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, membership_required
from accounts.enums import Role

from ..enums import GoldSource
from ..errors import TasksError
from ..gold.knowing import Marked, mark, retire, use
from ..gold.known_lines import count_by_source, known_lines, some_line
from ..gold.known_tables import BadTable, take_table
from ..models import Decision, Gold, Project, Task
from ..review.showing import where
from ..review.views import STATUS, number_in, value_in
from ..settling.cases import has_answered
from ..showing.questions import questions_of
from .views import UNUSABLE, own_project


@require_safe
@membership_required(Role.ARCHIVIST)
def known(request: MemberRequest, slug: str) -> HttpResponse:
    return show(request, own_project(request, slug))


@require_POST
@membership_required(Role.ARCHIVIST)
def table(request: MemberRequest, slug: str) -> HttpResponse:
    """Take a table of known lines and say of each row what became of it."""
    project = own_project(request, slug)
    file = request.FILES.get("table")
    if file is None:
        return show(request, project, status=UNUSABLE, problem=_("Choose a CSV file first."))
    try:
        rows = take_table(request.user, project, file.read())
    except BadTable as error:
        return show(request, project, status=UNUSABLE, problem=str(error))
    taken = sum(row.taken for row in rows)
    return show(request, project, rows=rows, taken=taken, refused=len(rows) - taken, name=file.name)


@require_safe
@membership_required(Role.ARCHIVIST)
def next_line(request: MemberRequest, slug: str) -> HttpResponse:
    project = own_project(request, slug)
    after = Task.objects.filter(project=project, pk=number_in(request.GET.get("after"))).first()
    if task := some_line(project, after):
        return redirect("desk:known-line", slug, task)
    messages.success(request, _("No line is left that nobody has read. Settled lines can be used from Review."))
    return redirect("desk:known", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@membership_required(Role.ARCHIVIST)
def line(request: MemberRequest, slug: str, task: int) -> HttpResponse:
    project = own_project(request, slug)
    found = task_of(project, task)
    if request.method != "POST":
        return show_line(request, found)
    try:
        marked = mark(request.user, found.pk, value_in(request.POST))
    except TasksError as error:
        found.refresh_from_db()
        typed = request.POST.get("text", "")
        return show_line(request, found, problem=str(error), typed=typed, status=STATUS.get(type(error), 400))
    messages.success(request, said_of(marked))
    return redirect(f"{reverse('desk:known-next', args=[slug])}?after={found.pk}")


@require_POST
@membership_required(Role.ARCHIVIST)
def use_line(request: MemberRequest, slug: str, task: int) -> HttpResponse:
    """Take a settled line as it was decided."""
    found = task_of(own_project(request, slug), task)
    try:
        messages.success(request, said_of(use(request.user, found.pk)))
    except TasksError as error:
        messages.error(request, str(error))
    return redirect("desk:known", slug)


@require_POST
@membership_required(Role.ARCHIVIST)
def retire_line(request: MemberRequest, slug: str, task: int) -> HttpResponse:
    project = own_project(request, slug)
    gold = get_object_or_404(Gold.objects.select_related("project__organisation"), project=project, pk=task)
    if retire(request.user, gold):
        messages.success(request, _("The line is asked as a known one no more. What was decided about it stays."))
    return redirect("desk:known", slug)


def task_of(project: Project, task: int) -> Task:
    rows = Task.objects.filter(project=project, page__withheld_at=None)
    found = get_object_or_404(rows.select_related("version", "workflow", "page__item"), pk=task)
    found.project = project
    return found


def said_of(marked: Marked) -> str:
    if marked.settled:
        return _("Known from now on, and settled by it. Volunteers meet it among their lines.")
    return _("Known from now on. Volunteers meet it among their lines.")


def show(request: MemberRequest, project: Project, status: int = 200, **report: Any) -> HttpResponse:
    source = GoldSource.CONSENSUS if request.GET.get("by") == GoldSource.CONSENSUS else GoldSource.ARCHIVIST
    lines, after = known_lines(project, source, number_in(request.GET.get("after")))
    doubted = sum(bool(one.otherwise) for one in lines)
    counts = count_by_source(project)
    words = ngettext("%(number)d line", "%(number)d lines", counts.get(source, 0)) % {"number": counts.get(source, 0)}
    rows = [{"line": one, "where": where(one.task)} for one in lines]
    context = {"project": project, "lines": rows, "after": after, "source": source, "counts": counts, "total": words}
    return render(request, "desk/known.html", context | {"doubted": doubted} | report, status=status)


def show_line(request: MemberRequest, task: Task, status: int = 200, **given: Any) -> HttpResponse:
    held = Decision.objects.filter(pk=task.decision).first() if task.decision else None
    context = {
        "project": task.project,
        "task": task,
        "shown": questions_of([task.pk])[task.pk],
        "where": where(task),
        "own": has_answered(request.user, task),
        "gold": Gold.objects.filter(task=task, active=True).first(),
        "typed": ((held.value if held else None) or {}).get("text", ""),
    }
    return render(request, "desk/known_line.html", context | given, status=status)
