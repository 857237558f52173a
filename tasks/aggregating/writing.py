"""Write what a merge says: all of it, or nothing."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.utils.translation import gettext as _

from ..machinery.durability import sync
from .tables import Answers, BadTable, Merged

RESULTS = ("task", "value", "confidence", "agreement", "answers")
DIGITS = 6
READABLE = 0o644  # a temporary file is its owner's alone


def refuse_places(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Raise ``BadTable`` before any work where a file cannot be written or would take the place of another."""
    taken = {path.resolve() for path in read}
    for path in written:
        if path.exists() and not path.is_file():
            raise BadTable(_("%(path)s is not a file. Name a file to write.") % {"path": path})
        if not path.parent.is_dir():
            raise BadTable(_("%(path)s cannot be written: there is no such folder.") % {"path": path})
        if path.resolve() in taken:
            raise BadTable(_("%(path)s is named twice and would be lost. Name another file to write.") % {"path": path})
        taken.add(path.resolve())


@contextmanager
def whole(path: Path) -> Iterator[IO[str]]:
    """Open a new text file that takes its name when all is written and on disk; a failure leaves what was there.

    An ``OSError`` names this file, not the temporary one.
    """
    try:
        with replaced(path.resolve()) as file:
            yield file
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def replaced(path: Path) -> Iterator[IO[str]]:
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
