"""The page of one row: the value, the scan it was read from, who read what, and what each version says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tasks.enums import BatchState, KindName
from tasks.models import Page, Project, Task, WorkflowVersion
from tasks.showing.questions import crop_url, page_url

from .comparing import cells_of
from .errors import FilesLost
from .looking_up import Found, find_row
from .models import Release
from .releases import published_versions
from .rows import Cells
from .values import cell_of, mark_of

VERSIONS = 50  # looked at, the newest first


@dataclass(frozen=True, slots=True)
class Said:
    """What one version says of the row; None where it does not have it. ``anew``: otherwise than the one before."""

    release: Release
    cells: Cells | None
    anew: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """``scan`` is None where the picture is no longer here, ``withheld`` where it may not be shown."""

    release: Release
    found: Found
    said: list[Said]
    scan: dict[str, Any] | None
    withheld: bool


def show_row(slug: str, id_: str) -> Shown | None:
    """Return a row as the newest version that has it says it; None where no published version has it."""
    versions = list(published_versions(slug).order_by("-number")[:VERSIONS])
    found = [(release, found_in(release, id_)) for release in versions]
    newest = next(((release, row) for release, row in found if row), None)
    if newest is None:
        return None
    release, row = newest
    page = page_of(release.project, row.facts)
    withheld = page is not None and is_withheld(page)
    scan = scan_of(page, row.facts) if page and not withheld else None
    return Shown(release, row, history(found), scan, withheld)


def found_in(release: Release, id_: str) -> Found | None:
    try:
        return find_row(release, id_)
    except FilesLost:
        return None


def history(found: Iterable[tuple[Release, Found | None]]) -> list[Said]:
    """Return what each version says, the newest first, from the version on that has the row first."""
    said: list[Said] = []
    before: Cells | None = None
    for release, row in reversed(list(found)):
        cells = cells_of(row.facts) if row else None
        if cells or said:
            said.append(Said(release, cells, anew=not said or cells != before))
        before = cells
    return said[::-1]


def page_of(project: Project, facts: dict[str, Any]) -> Page | None:
    pages = Page.objects.filter(project=project, sha256=facts["page"]["sha256"])
    return pages.select_related("item__batch").first()


def is_withheld(page: Page) -> bool:
    return page.withheld_at is not None or page.item.batch.state == BatchState.WITHDRAWN


def not_withheld(release: Release, ids: Iterable[str]) -> set[str]:
    """Return which of these rows may still be shown."""
    pictures = {id_: row.facts["page"]["sha256"] for id_ in ids if (row := found_in(release, id_))}
    hidden = Q(withheld_at__isnull=False) | Q(item__batch__state=BatchState.WITHDRAWN)
    pages = Page.objects.filter(hidden, project=release.project_id, sha256__in=pictures.values())
    gone = set(pages.values_list("sha256", flat=True)) if pictures else set()
    return {id_ for id_, picture in pictures.items() if picture not in gone}


def scan_of(page: Page, facts: dict[str, Any]) -> dict[str, Any]:
    region, question = facts["region"], facts["question"]
    x, y, width, height = (region[name] for name in ("x", "y", "width", "height"))
    tasks = Task.objects.filter(
        page=page, x=x, y=y, width=width, height=height, workflow__slug=question["slug"], round=question["round"]
    )
    crop = tasks.values_list("pk", "crop_width", "crop_height").first()
    return {
        "url": page_url(page.pk, page.turned),
        "width": page.width,
        "height": page.height,
        "region": [x, y, width, height],
        "crop": {"url": crop_url(crop[0]), "width": crop[1], "height": crop[2]} if crop else None,
    }


def row_context(shown: Shown) -> dict[str, Any]:
    """Return what the page of a row shows."""
    facts, project = shown.found.facts, shown.release.project
    kind = facts["question"]["kind"]
    return {
        "row": facts
        | {
            "text": in_words(kind, cell_of(facts["value"])),
            "typed": kind == KindName.TRANSCRIBE,
            "mark": mark_of(facts["value"]),
            "decided": HOW[facts["decision"]["decided_by"]](),
            "percent": 100 * facts["confidence"],
            "agreeing": 100 * facts["agreement"],
        },
        "prompt": prompt_of(project, facts["question"]),
        "readings": [reading_of(kind, answer) for answer in shown.found.answers],
        "said": [(one, in_words(kind, one.cells.value) if one.cells else "") for one in shown.said],
        "scan": shown.scan,
        "release": shown.release,
        "language": shown.release.snapshot.get("language", project.language),
        "rights": shown.release.snapshot.get("rights", project.rights),
    }


HOW = {
    "rule": lambda: _("by the rule, from the answers alone"),
    "adjudication": lambda: _("by volunteers who compared the readings"),
    "reviewer": lambda: _("by a reviewer of the organisation"),
    "gold": lambda: _("known beforehand"),
}


def prompt_of(project: Project, question: dict[str, Any]) -> str:
    asked = WorkflowVersion.objects.filter(
        workflow__project=project, workflow__slug=question["slug"], number=question["version"]
    )
    return asked.values_list("prompt", flat=True).first() or ""


def in_words(kind: str, value: str) -> str:
    """Return what was typed, or what true and false say about the machine's reading."""
    if kind == KindName.VERIFY and value:
        return _("The machine read it right.") if value == "true" else _("The machine read it wrong.")
    return value


def reading_of(kind: str, answer: dict[str, str]) -> dict[str, Any]:
    return {
        "volunteer": answer["volunteer"],
        "value": in_words(kind, answer["value"]),
        "mark": answer["mark"],
        "chosen": answer.get("kind") == KindName.CHOOSE,  # older versions do not say of which kind an answer is
        "counted": answer["counted"] == "true",
        "simulated": answer["simulated"] == "true",
        "weight": answer["weight"][:6],
    }
