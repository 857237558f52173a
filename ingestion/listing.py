"""The rows that say what became of each file."""

from dataclasses import dataclass

from django.db import transaction

from tasks.models import Batch

from .enums import FileState
from .errors import Refused
from .gathering import Found
from .models import File
from .recognition import Sort
from .refusals import Words, explain, words_for

AT_ONCE = 500  # rows of one transaction
LASTING = (FileState.DONE, FileState.USED)


@dataclass(frozen=True)
class Outcome:
    """What became of one file in this run."""

    name: str
    state: FileState
    reason: str = ""
    step: str = ""
    sha256: str = ""
    tasks: int = 0
    pages: int = 0  # that came in


def outcome(name: str, state: FileState, code: str, sha256: str = "", **facts: str | int) -> Outcome:
    words: Words = words_for(code, **facts)
    return Outcome(name, state, words.reason, words.step, sha256)


def refusal(name: str, refused: Refused, sha256: str = "") -> Outcome:
    words = explain(refused)
    return Outcome(name, FileState.REFUSED, words.reason, words.step, sha256)


def judged_by_sight(found: Found, belongs: bool) -> Outcome | None:
    """Return the outcome of a file that need not be opened. ``belongs``: a layout file that fits some picture."""
    if found.refusal:
        return refusal(found.label, found.refusal)
    if found.sort is Sort.LITTER:
        return outcome(found.label, FileState.SKIPPED, "litter")
    if found.sort is Sort.OTHER:
        return outcome(found.label, FileState.SKIPPED, "not_pages")
    if found.sort is Sort.LAYOUT and belongs:
        return outcome(found.label, FileState.SKIPPED, "other_layout_used")
    if found.sort is Sort.LAYOUT:
        return outcome(found.label, FileState.REFUSED, "no_picture_beside")
    return None


def enlist(batch: Batch, found: list[Found], seen: dict[str, Outcome]) -> None:
    """Write a row for each file: waiting, or what could be told by sight. Rows of pages that are in stay."""
    for start in range(0, len(found), AT_ONCE):
        rows = [row_of(batch, file, seen.get(file.label)) for file in found[start : start + AT_ONCE]]
        with transaction.atomic():
            File.objects.bulk_create(rows, ignore_conflicts=True)
            again = [row for row in rows if row.state != FileState.WAITING]
            there = File.objects.filter(batch=batch, path_label__in=[row.path_label for row in again])
            known = {row.path_label: row for row in there.exclude(state__in=LASTING)}
            for row in again:
                if row.path_label in known:
                    row.pk = known[row.path_label].pk
            File.objects.bulk_update([row for row in again if row.pk], ["state", "reason", "step"])


def row_of(batch: Batch, found: Found, seen: Outcome | None) -> File:
    if seen is None:
        return File(batch=batch, path_label=found.label, state=FileState.WAITING)
    return File(batch=batch, path_label=found.label, state=seen.state, reason=seen.reason, step=seen.step)


def pages_known(batch: Batch) -> dict[str, int]:
    """Return how many pages there are in each document that an earlier run has opened."""
    return dict(File.objects.filter(batch=batch, pages__gt=0).values_list("path_label", "pages"))


def row_for(batch: Batch, label: str, sha256: str) -> File:
    """Return the row of a file, a second one when another content came in under the same label before."""
    row = File.objects.get_or_create(batch=batch, path_label=label)[0]
    if row.state in LASTING and row.sha256 not in {"", sha256}:
        return File.objects.get_or_create(batch=batch, path_label=f"{label} [{sha256[:12]}]")[0]
    return row


def settle(batch: Batch, result: Outcome) -> int:
    """Write what became of a file and return its row's id.

    A page that is in stays in: a second run finds it there and leaves its row alone.
    """
    row = row_for(batch, result.name, result.sha256)
    if row.state not in LASTING or result.state not in {FileState.DUPLICATE, FileState.SKIPPED}:
        File.objects.filter(pk=row.pk).update(
            state=result.state, reason=result.reason, step=result.step, sha256=result.sha256
        )
    return row.pk
