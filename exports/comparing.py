"""What a version says otherwise than the one before it, row by row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .columns import CHANGES
from .looking_up import Index, index_of, line_at, numbers_with_key
from .models import Release
from .rows import Cells, Change
from .tables import durable, table
from .values import cell_of, mark_of, number

SHOWN = 5
AT_ONCE = 2**18  # rows compared in one step


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many rows came, went or say something else than in version ``since``; ``examples`` are of the latter."""

    since: int
    added: int
    changed: int
    removed: int
    examples: list[dict[str, Any]]


def compare(before: Release, folder: Path, index: Index) -> Comparison:
    """Write changes.csv into ``folder``, whose files ``index`` is of.

    Rows that are new or differ come first, in the order of data.csv, then those that are gone, in their old order.
    """
    counts: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    with durable(folder / "changes.csv") as file:
        rows = table(file, CHANGES)
        for change in changes(before, folder, index):
            rows.writerow([column.cell(change) for column in CHANGES])
            counts[change.kind] += 1
            if len(examples) < SHOWN and {"value", "mark", "status"}.intersection(change.columns):
                examples.append(example_of(change))
    return Comparison(before.number, counts["added"], counts["changed"], counts["removed"], examples)


def example_of(change: Change) -> dict[str, Any]:
    said = ("value", "mark", "status")
    return {
        "id": change.id,
        "before": {name: change.cell_before(name) for name in said},
        "after": {name: change.cell(name) for name in said},
    }


def changes(before: Release, folder: Path, index: Index) -> Iterator[Change]:
    earlier = index_of(before)
    with (before.folder / "data.jsonl").open("rb") as old, (folder / "data.jsonl").open("rb") as new:
        for place in places_without_equal(index, earlier):
            now = cells_of(line_at(new, place))
            then = same_row(earlier, old, now.id)
            if then != now:  # a line may differ in what is no column, such as the metadata of its item
                yield Change(then, now)
        for place in places_without_equal(earlier, index):
            then = cells_of(line_at(old, place))
            if same_row(index, new, then.id) is None:
                yield Change(then, None)


def places_without_equal(some: Index, others: Index) -> list[int]:
    """Return the places of the lines that the other file does not hold letter by letter, in the order of the file."""
    places: list[int] = []
    for start in range(0, len(some.keys), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        near = np.minimum(np.searchsorted(others.keys, some.keys[part]), len(others.keys) - 1)
        equal = (others.keys[near] == some.keys[part]) & (others.lines[near] == some.lines[part])
        places += some.places[part][~equal].tolist()
    return sorted(places)


def same_row(index: Index, file: BinaryIO, id_: str) -> Cells | None:
    lines = (line_at(file, int(index.places[number])) for number in numbers_with_key(index, id_))
    return next((cells_of(facts) for facts in lines if facts["id"] == id_), None)


def cells_of(facts: dict[str, Any]) -> Cells:
    """Return a line of data.jsonl in the words of data.csv."""
    return Cells(
        id=facts["id"],
        value=cell_of(facts["value"]),
        mark=mark_of(facts["value"]),
        status=facts["status"],
        suggestion=facts["suggestion"],
        agreement=number(facts["agreement"]),
        confidence=number(facts["confidence"]),
        answers=str(facts["answers"]),
        decided_by=facts["decision"]["decided_by"],
        question_version=str(facts["question"]["version"]),
        batch=facts["batch"],
        item=facts["item"]["identifier"],
        page=str(facts["page"]["position"]),
        position=str(facts["region"]["position"]),
    )
