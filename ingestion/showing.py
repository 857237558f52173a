"""What the desk shows of batches, their files and their pages; the number of queries does not grow with any of them."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.enums import BatchState
from tasks.models import Answer, Batch, Page, Project, Task
from tasks.showing.questions import page_url

from .models import File, Turn, Upload
from .overseeing import READ_AGAIN, WITHDRAWABLE
from .progress import MOVING, progress_of

BATCHES_SHOWN, FILES_SHOWN, PAGES_SHOWN = 50, 100, 12
TURNS = (
    ("turn-left", gettext_lazy("A quarter turn to the left")),
    ("turn-right", gettext_lazy("A quarter turn to the right")),
    ("turn-half", gettext_lazy("Upside down")),
)
SPREADSHEET_RUNS = ("=", "+", "-", "@", "\t", "\r")  # at the beginning of a cell


def number_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def cut(rows: QuerySet[Any], most: int) -> tuple[list[Any], int | None]:
    """Return so many rows, and the id of the last when there are more."""
    found = list(rows[: most + 1])
    return found[:most], found[most - 1].pk if len(found) > most else None


def batches_of(project: Project, before: str) -> dict[str, Any]:
    rows = Batch.objects.filter(project=project).order_by("-pk")
    if (last := number_in(before)) is not None:
        rows = rows.filter(pk__lt=last)
    shown: list[Batch]
    shown, older = cut(rows, BATCHES_SHOWN)
    wanting = File.objects.wanting().filter(batch__in=[batch.pk for batch in shown]).order_by()
    counts = dict(wanting.values_list("batch").annotate(Count("pk")))
    for batch in shown:
        batch.wanting = counts.get(batch.pk, 0)  # type: ignore[attr-defined]  # read by the template
    return {"batches": shown, "older": older}


def file_page(batch: Batch, after: str, *, only_wanting: bool) -> dict[str, Any]:
    """Some files of the batch; before it is read, what is on its way."""
    rows: QuerySet[Any] = batch.files.order_by("pk")
    if batch.state == BatchState.ARRIVING:
        rows = batch.uploads.order_by("pk")
    elif only_wanting:
        rows = batch.files.wanting().order_by("pk")
    if (last := number_in(after)) is not None:
        rows = rows.filter(pk__gt=last)
    shown: list[File | Upload]
    shown, further = cut(rows, FILES_SHOWN)
    return {"files": shown, "further": further}


def report_of(batch: Batch) -> dict[str, Any]:
    moving = batch.state in MOVING
    counts = dict(batch.files.order_by().values_list("state").annotate(Count("pk")))
    return {
        "progress": progress_of([batch.pk])[batch.pk],
        "counts": counts,
        "all_files": sum(counts.values()),
        "wanting": batch.files.wanting().count(),
        "sideways": sideways_pages(batch).count(),
        "page_count": Page.objects.filter(item__batch=batch).count(),
        "lines": None if moving else Task.objects.lines().filter(page__item__batch=batch).count(),
        "moving": moving,
        "may_read_again": bool(batch.source) and batch.state in READ_AGAIN and counts.get("refused", 0) > 0,
        "may_withdraw": batch.state in WITHDRAWABLE,
    }


def rows_of_report(batch: Batch) -> Iterator[str]:
    yield "\ufeff" + line_of([_("File"), _("State"), _("Pages"), _("Reason"), _("Next step"), "SHA-256"])
    for file in batch.files.order_by("pk").iterator():
        pages = str(file.pages_done) if file.pages else ""
        yield line_of([file.path_label, file.get_state_display(), pages, file.reason, file.step, file.sha256])


def line_of(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{cell}" if cell.startswith(SPREADSHEET_RUNS) else cell for cell in cells])
    return buffer.getvalue()


def pages_shown(batch: Batch, after: str, *, only_sideways: bool = False) -> dict[str, Any]:
    rows = Page.objects.filter(item__batch=batch).select_related("item", "turn").order_by("pk")
    sideways = sideways_pages(batch).count()
    if only_sideways:
        rows = rows.filter(pk__in=sideways_pages(batch))
    if (last := number_in(after)) is not None:
        rows = rows.filter(pk__gt=last)
    shown: list[Page]
    shown, further = cut(rows, PAGES_SHOWN)
    regions, documents = regions_of(shown), documents_among(shown)
    pages = [described(page, regions[page.pk], of_document=page.file in documents) for page in shown]
    return {"pages": pages, "further": further, "sideways": sideways}


def sideways_pages(batch: Batch) -> QuerySet[Page]:
    return Page.objects.filter(item__batch=batch, turn__sideways=True, withheld_at=None)


def documents_among(pages: list[Page]) -> set[int | None]:
    """Return the files of these pages that hold several pages."""
    files = File.objects.filter(pk__in={page.file for page in pages}, pages__gt=0)
    return set(files.values_list("pk", flat=True))


def regions_of(pages: list[Page]) -> dict[int, list[dict[str, Any]]]:
    """Return the regions of each page by position, each once however many questions are asked of it."""
    tasks = Task.objects.lines().filter(page__in=pages).order_by("page", "position", "pk")
    columns = ("page", "subject", "x", "y", "width", "height", "suggestion")
    found: dict[int, dict[int, dict[str, Any]]] = {page.pk: {} for page in pages}
    for row in tasks.values(*columns):
        region = found[row["page"]].setdefault(row["subject"], row)
        region["suggestion"] = region["suggestion"] or row["suggestion"]
    return {page: list(regions.values()) for page, regions in found.items()}


def described(page: Page, regions: list[dict[str, Any]], *, of_document: bool) -> dict[str, Any]:
    return {
        "id": page.pk,
        "name": page.item.identifier,
        "number": page.position + 1,
        "of_document": of_document,
        "url": page_url(page.pk, page.turned),
        "width": page.width,
        "height": page.height,
        "withheld": page.withheld_at is not None,
        "sideways": hasattr(page, "turn") and page.turn.sideways,
        "regions": regions,
    }


def page_shown(page: Page) -> dict[str, Any]:
    """One page with its neighbours in the batch."""
    others = Page.objects.filter(item__batch=page.item.batch_id)
    turn = Turn.objects.filter(page=page).first()
    file = File.objects.filter(pk=page.file).first() if page.file else None
    return {
        "page": described(page, regions_of([page])[page.pk], of_document=bool(file and file.pages)),
        "earlier": others.filter(pk__lt=page.pk).order_by("-pk").values_list("pk", flat=True).first(),
        "later": others.filter(pk__gt=page.pk).order_by("pk").values_list("pk", flat=True).first(),
        "file": file,
        "turn": turn,
        "turns": TURNS,
        "answered": Answer.objects.filter(task__page=page, withdrawn_at=None).exists(),
    }
