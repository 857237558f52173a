"""The two pages of the desk that speak of everything: all projects of my organisations, and one of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, membership_required, role_in
from accounts.enums import Role
from accounts.inviting import invitations_of
from accounts.models import Organisation
from exports.models import Release
from ingestion.models import File
from tasks.curating.publishing import rights_missing
from tasks.enums import BatchState, ProjectState
from tasks.models import Batch, Flag, Project, Task
from tasks.refitting.saying import latest_fit
from tasks.showing.outlook import DAYS, Pace, disputes_of, pace_of, page_map, pages_of, readers_now, tally
from tasks.showing.projects import covers, latest_versions, progress_of

LISTED = 5


@dataclass(frozen=True)
class Step:
    """What to do next, in words; ``post``: the button sends a form."""

    words: str
    label: str
    address: str
    post: bool = False


@dataclass(frozen=True)
class Fault:
    """``refused``: how many files of the batch were."""

    batch: Batch
    refused: int


@require_safe
@membership_required(Role.REVIEWER)
def home(request: MemberRequest) -> HttpResponse:
    visible = Project.objects.visible_to(request.user).select_related("progress", "organisation")
    projects = list(visible.order_by("organisation__name", "state", "-pk"))
    pages, disputes, pictures = pages_of(projects), disputes_of(projects), covers(projects)
    rows = [
        {
            "project": project,
            "progress": progress_of(project),
            "pages": pages.get(project.pk, 0),
            "disputes": disputes.get(project.pk, 0),
            "cover": pictures.get(project.pk, ""),
        }
        for project in projects
    ]
    context = {
        "rows": rows,
        "may_found": Organisation.objects.of(request.user, Role.ARCHIVIST).exists(),
        "invitations": invitations_of(request.user),
    }
    return render(request, "desk/home.html", context)


@require_safe
@membership_required(Role.REVIEWER)
def project(request: MemberRequest, slug: str) -> HttpResponse:
    rows = Project.objects.visible_to(request.user).select_related("progress", "organisation")
    found = get_object_or_404(rows, slug=slug)
    now = timezone.now()
    progress, disputes = progress_of(found), disputes_of([found]).get(found.pk, 0)
    pace, pages = pace_of(found, progress, now), page_map(found)
    batches = newest_batches(found)
    archivist = role_in(request.user, found.organisation_id) in set(Role.ARCHIVIST.and_above)
    context = {
        "project": found,
        "progress": progress,
        "disputes": disputes,
        "pace": pace,
        "readers": readers_now(found, now),
        "pages": pages,
        "tally": tally(pages),
        "bars": bars_of(pace),
        "fit": latest_fit(found),
        "batches": batches,
        "faults": faults_of(batches) if archivist else [],
        "reports": Flag.objects.filter(project=found).order_by("-pk")[:LISTED],
        "release": Release.objects.filter(project=found).order_by("number").last(),
        "steps": steps_of(found, pages=bool(pages)) if archivist and found.state == ProjectState.DRAFT else [],
        "archivist": archivist,
        "step": next_step(found, disputes, pages=bool(pages), archivist=archivist),
    }
    return render(request, "desk/project.html", context)


def newest_batches(project: Project) -> list[Batch]:
    return list(Batch.objects.filter(project=project).order_by("-pk")[:LISTED])


def faults_of(batches: list[Batch]) -> list[Fault]:
    """Return what needs an archivist: batches that failed, and those of which files were refused."""
    refused = File.objects.refused().filter(batch__in=batches).order_by().values("batch").annotate(files=Count("pk"))
    counts = dict(refused.values_list("batch", "files"))
    faults = [Fault(batch, counts.get(batch.pk, 0)) for batch in batches]
    return [fault for fault in faults if fault.batch.state == BatchState.FAILED or fault.refused]


def steps_of(project: Project, *, pages: bool) -> list[dict[str, Any]]:
    """The way of a draft into the world, with what is done of it."""
    asked = bool(latest_versions(project.workflows.playable()))
    stated = not list(rights_missing(project))
    return [
        {"words": _("Ask a question"), "done": asked, "address": reverse("desk:questions", args=[project.slug])},
        {"words": _("Bring the scans"), "done": pages, "address": address_of("batches", project)},
        {
            "words": _("State licence and rights"),
            "done": stated,
            "address": reverse("desk:settings", args=[project.slug]),
        },
        {"words": _("Publish"), "done": False, "address": ""},
    ]


def next_step(project: Project, disputes: int, *, pages: bool, archivist: bool) -> Step | None:
    if disputes:
        label = ngettext("Settle %(lines)d dispute", "Settle %(lines)d disputes", disputes) % {"lines": disputes}
        return Step(_("Readers disagree here; you decide."), label, address_of("review", project))
    if not archivist:
        return None
    if project.state == ProjectState.DRAFT:
        return step_of_draft(project, pages=pages)
    if project.state == ProjectState.CLOSED:
        words = _("The project is closed to volunteers.")
        return Step(words, _("Open it again"), address_of("publish", project), post=True)
    return step_of_open(project, pages=pages)


def step_of_draft(project: Project, *, pages: bool) -> Step:
    words = {
        _("Ask a question"): _("Say first what volunteers are to do."),
        _("Bring the scans"): _("Now bring the scans: pictures, PDF or ZIP."),
        _("State licence and rights"): _("Volunteers must know what becomes of their work."),
        _("Publish"): _("All is ready. From then on anyone can read along."),
    }
    todo = next(step for step in steps_of(project, pages=pages) if not step["done"])
    address = todo["address"] or address_of("publish", project)
    return Step(words[todo["words"]], todo["words"], address, post=not todo["address"])


def step_of_open(project: Project, *, pages: bool) -> Step | None:
    if not pages:
        return Step(
            _("The project is open, but has no pages yet."), _("Bring the scans"), address_of("batches", project)
        )
    progress = progress_of(project)
    if progress.tasks and progress.settled >= progress.tasks and not is_released(project):
        return Step(_("Every line is read."), _("Release the data"), address_of("releases", project))
    return None


def is_released(project: Project) -> bool:
    """Whether nothing was settled since the newest release."""
    newest = Release.objects.published().filter(project=project).order_by("number").last()
    later = Task.objects.lines().filter(project=project, settled_at__gt=newest.released_at) if newest else None
    return later is not None and not later.exists()


def address_of(name: str, project: Project) -> str:
    return reverse(f"desk:{name}", args=[project.slug])


def bars_of(pace: Pace) -> dict[str, Any]:
    """Measure the chart of lines per day: a window of 640 by 240, its ground at 200 and its top at 30."""
    most = max((day.lines for day in pace.days), default=0)
    top, width = scale_above(most), 600 / DAYS
    tall = [round(170 * day.lines / top) for day in pace.days]
    bars = [{"x": round(44 + place * width), "y": 200 - height, "height": height} for place, height in enumerate(tall)]
    return {"bars": bars, "width": round(width - 8), "top": top, "half": top // 2, "most": most}


def scale_above(most: int) -> int:
    """Return 10, 20, 50, 100, 200, … : the first that is not below the largest value."""
    scale = 10
    for factor in (2, 2.5, 2) * 12:
        if scale >= most:
            break
        scale = int(scale * factor)
    return scale
