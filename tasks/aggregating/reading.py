"""Read tables of answers row by row; what is held in memory is three numbers an answer and every name once."""

import csv
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ..consensus import fold
from ..consensus.crowds.crowd import first_of_each
from .tables import Answers, BadTable, Gold

ANSWERS = ("task", "worker", "answer")
GOLD = ("task", "answer")
MOST_CHARACTERS = 1_000_000  # in one cell
DELIMITERS = ",;\t"  # spreadsheets of half of Europe write semicolons


class BadCell(ValueError):
    """A cell cannot be used; ``str(error)`` says what to do."""


class Names(dict[str, int]):
    """Number names from 0 in the order in which they come; two that differ in Unicode form or spaces are one.

    ``listed`` has each as it came first, ``folded`` the form that is compared.
    """

    def __init__(self, column: str, *, may_be_empty: bool = False):
        super().__init__()
        self.column, self.may_be_empty = column, may_be_empty
        self.listed: list[str] = []

    def __missing__(self, name: str) -> int:
        refuse_other_encodings(name)
        folded = fold(name)
        if not folded and not self.may_be_empty:
            raise BadCell(_("its %(column)s is empty. Fill it in or delete the line.") % {"column": self.column})
        number = self[name] = self.setdefault(folded, len(self.listed))
        if number == len(self.listed):
            self.listed.append(folded)
        return number


def refuse_other_encodings(text: str) -> None:
    if "\0" in text:
        raise BadCell(_("it holds zero bytes, as UTF-16 does. Save the table as “CSV UTF-8” and try again."))
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise BadCell(_("it is not in UTF-8. Save the table as “CSV UTF-8” and try again."))


def read_answers(path: Path) -> Answers:
    """Read a CSV with the columns task, worker and answer, in any order, beside others.

    Lines come in the order of arrival: whoever answers a task again has answered it the first time. Raises
    ``BadTable``, which names the line.
    """
    names = Names("task"), Names("worker"), Names("answer", may_be_empty=True)
    columns = array("i"), array("i"), array("i")
    (tasks, workers, values), (task, worker, answer) = names, columns
    with rows_of(path, ANSWERS) as rows:
        for task_name, worker_name, text in rows:
            task.append(tasks[task_name])
            worker.append(workers[worker_name])
            answer.append(values[text])
    if not task:
        raise BadTable(_("%(path)s has no answers: there is nothing below its first line.") % {"path": path})
    (task_, tasks_), (worker_, workers_), (answer_, values_) = map(sort_names, names, columns)
    first = first_of_each(task_, worker_)
    left_out = len(task_) - len(first)
    return Answers(task_[first], worker_[first], answer_[first], tasks_, workers_, values_, repeated=left_out)


def read_gold(path: Path, answers: Answers) -> Gold:
    """Read a CSV with the columns task and answer; tasks that nobody answered are left out.

    Raises ``BadTable``, also where nobody answered any: then the two tables hardly name tasks alike.
    """
    numbers = {name: number for number, name in enumerate(answers.tasks)}
    values: dict[str, str] = {}
    tasks, texts = Names("task"), Names("answer", may_be_empty=True)
    with rows_of(path, GOLD) as rows:
        for name, text in rows:
            task, value = tasks.listed[tasks[name]], texts.listed[texts[text]]
            if values.setdefault(task, value) != value:
                raise BadCell(_("it gives a second answer for the task “%(task)s”. Keep one.") % {"task": task})
    known = {numbers[task]: value for task, value in values.items() if task in numbers}
    if not known:
        words = _("%(path)s names no task that somebody answered. Both tables must name tasks in the same way.")
        raise BadTable(words % {"path": path})
    return known


def sort_names(names: Names, column: "array[int]") -> tuple[NDArray[np.int32], Sequence[str]]:
    """Return the column with numbers that follow the names' order, and the sorted names."""
    order = sorted(range(len(names.listed)), key=names.listed.__getitem__)
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    return places[np.frombuffer(column, np.int32)], [names.listed[number] for number in order]


@contextmanager
def rows_of(path: Path, columns: Sequence[str]) -> Iterator[Iterable[tuple[str, ...]]]:
    """Open a CSV and give these columns of its rows; what goes wrong meanwhile is said with the line's number."""
    csv.field_size_limit(MOST_CHARACTERS)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            head = file.readline()
            lines = csv.reader(chain((head,), file), strict=True, delimiter=max(DELIMITERS, key=head.count))
            rows = Rows(lines, columns)
            try:
                yield rows
            except BadCell as error:
                words = _("Line %(line)s of %(path)s: %(error)s")
                raise BadTable(words % {"line": rows.line, "path": path, "error": error}) from None
    except OSError as error:
        words = _("%(path)s cannot be read: %(error)s.")
        raise BadTable(words % {"path": path, "error": error.strerror or error}) from error


class Rows:
    """The cells of the wanted columns, row by row; ``line`` is where the current row begins."""

    def __init__(self, lines: Any, columns: Sequence[str]):
        self.lines, self.columns = lines, columns
        self.line = 1

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        lines = self.lines
        try:
            head: list[str] = next(lines, [])
            pick, width = itemgetter(*self.places(head)), len(head)
            self.line = lines.line_num + 1
            for row in lines:
                if len(row) == width:
                    yield pick(row)
                elif row:
                    words = _("it has %(found)s cells where the first line has %(width)s. Put quotes around commas.")
                    raise BadCell(words % {"found": len(row), "width": width})
                self.line = lines.line_num + 1
        except csv.Error as error:
            words = _("it is not CSV (%(error)s). Close every quote and double those inside a cell.")
            raise BadCell(words % {"error": error}) from None

    def places(self, head: Sequence[str]) -> list[int]:
        refuse_other_encodings("".join(head))
        names = [name.strip().lower() for name in head]
        if any(names.count(column) != 1 for column in self.columns):
            words = _("it must name the columns %(columns)s once each, parted by commas; it says “%(head)s”.")
            said = self.lines.dialect.delimiter.join(head)[:80]
            raise BadCell(words % {"columns": ", ".join(self.columns), "head": said})
        return [names.index(column) for column in self.columns]
