"""Write the tables of a release row by row; what is held in memory does not grow with them."""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .columns import ANSWERS, DATA, Column
from .rows import Row
from .spreadsheets import guarded
from .tallying import Tally
from .values import compact

ARE_TEXT = [column.type == "string" for column in DATA]

LINE_BREAKS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


@contextmanager
def durable(path: Path, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """Open a new text file; on leaving, its bytes are on disk. Line ends are written as they are given."""
    with path.open("x", encoding=encoding, newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def table(file: IO[str], columns: Sequence[Column[Any]]) -> Any:
    """Return a writer of RFC 4180 (lines end in CRLF) that has written the header."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    return writer


def write_tables(folder: Path, rows: Iterable[Row]) -> Tally:
    tally = Tally()
    with (
        durable(folder / "data.csv") as data,
        durable(folder / "data.jsonl") as lines,
        durable(folder / "data-spreadsheet.csv", "utf-8-sig") as sheet,  # Excel takes a file without mark for Latin 1
        durable(folder / "answers.csv") as given,
    ):
        exact, safe, answers = table(data, DATA), table(sheet, DATA), table(given, ANSWERS)
        for row in rows:
            cells = [column.cell(row) for column in DATA]
            exact.writerow(cells)
            safe.writerow([guarded(cell) if is_text else cell for cell, is_text in zip(cells, ARE_TEXT, strict=True)])
            answers.writerows([column.cell(reading) for column in ANSWERS] for reading in row.readings)
            lines.write(one_line(compact(nested(row))))
            tally.count(row)
    return tally


def one_line(text: str) -> str:
    """Return JSON as a line that no reader breaks in two, also one that takes U+2028 for the end of a line."""
    return (text if text.isascii() else text.translate(LINE_BREAKS)) + "\n"


def nested(row: Row) -> dict[str, Any]:
    """Return the facts of a row as one object; ``value`` is in the form of the API."""
    return {
        "id": row.id,
        "row_url": row.path,
        "batch": row.page.batch,
        "item": {"identifier": row.page.item, "metadata": row.page.metadata},
        "page": {
            "position": row.page.position,
            "sha256": row.page.sha256,
            "width": row.page.width,
            "height": row.page.height,
        },
        "region": {"id": row.region_id, **row.region._asdict(), "position": row.position},
        "question": {**row.question._asdict(), "round": row.round},
        "suggestion": row.suggestion,
        "value": row.value,
        "status": row.status,
        "agreement": round(row.agreement, 6),
        "confidence": round(row.confidence, 6),
        "answers": row.answers,
        "decision": {
            "decided_by": row.decided_by,
            "method": row.method,
            "method_version": row.method_version,
            "parameters": row.parameters_hash,
        },
    }
