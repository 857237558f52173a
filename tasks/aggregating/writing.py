"""Write what a merge says: all of it, or nothing."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from ..durability import sync
from .tables import Answers, Merged

RESULTS = ("task", "value", "confidence", "agreement", "answers")
DIGITS = 6
READABLE = 0o644  # a temporary file is its owner's alone


@contextmanager
def whole(path: Path) -> Iterator[IO[str]]:
    """Open a new text file that takes its name when all is written and on disk; a failure leaves what was there."""
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False) as file:
        place = Path(file.name)
        try:
            place.chmod(READABLE)
            yield file
            file.flush()
            os.fsync(file.fileno())
            place.replace(path)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
    sync(path.parent)


def write_results(path: Path, answers: Answers, merged: Merged) -> None:
    columns = (merged.confidence.round(DIGITS), merged.agreement.round(DIGITS), merged.answers)
    with whole(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(RESULTS)
        writer.writerows(zip(answers.tasks, merged.value, *(column.tolist() for column in columns), strict=True))
