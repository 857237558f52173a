"""A table of known lines: each row is taken, or said why not and what to do."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Volunteer

from ..enums import KindName
from ..errors import TasksError
from ..identity import Region, region_id
from ..models import Page, Project, Task
from .knowing import MARKABLE, mark
from .truth import COLUMNS, ENOUGH_OVERLAP, PICTURE_COLUMNS, overlap, region_of, stem_of

MOST_ROWS = 500
LARGEST = 2_000_000  # bytes
DELIMITERS = ",;\t"  # spreadsheets of half of Europe write semicolons
MOST_TASKS = 500_000  # to look for a region among
BOX = COLUMNS[:4]
REGION_COLUMNS = ("region", "region_id")
VALUE_COLUMNS = ("text", "value")
YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class BadTable(TasksError):
    """Nothing of the table can be used; ``str(error)`` says why."""


class BadRow(TasksError):
    """This row cannot be used."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of row ``number`` of the file; ``task`` is the line that it named, if one was found."""

    number: int
    taken: bool
    words: str
    given: str
    task: int | None = None


def take_table(archivist: Volunteer, project: Project, data: bytes) -> list[Report]:
    """Mark the lines of a CSV as known and return one report per row. Raises ``BadTable``.

    A row names its line by ``page`` (or ``image``) and x, y, w, h in its pixels, or by ``region``, its public id; by
    ``question`` where several are asked. ``text`` (or ``value``) says what it says, ``mark`` else that it is
    ``unreadable`` or ``blank``.
    """
    rows = rows_of(data)
    find = finder(project, rows[:MOST_ROWS])
    said: dict[int, Report] = {}
    return [report(archivist, project, number, row, find, said) for number, row in enumerate(rows, 2)]


def rows_of(data: bytes) -> list[dict[str, str]]:
    if len(data) > LARGEST:
        raise BadTable(_("This table is larger than 2 MB. Send it in parts."))
    try:
        text = data.decode("utf-8-sig")
        parted = max(DELIMITERS, key=text.partition("\n")[0].count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=parted, strict=True)
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        rows = [{name: (cell or "") for name, cell in row.items() if isinstance(name, str)} for row in reader]
    except UnicodeDecodeError:
        raise BadTable(_("This file is not in UTF-8. Save it from your program as “CSV UTF-8”.")) from None
    except csv.Error as error:
        raise BadTable(_("This file cannot be read as a CSV: %(error)s.") % {"error": error}) from error
    rows = [row for row in rows if row.get("level", "line") == "line"]
    if not rows:
        raise BadTable(_("There is no row in this table. The first line holds the names of the columns."))
    named = set(rows[0])
    boxed = named & set(PICTURE_COLUMNS) and set(BOX) <= named
    if not (boxed or named & set(REGION_COLUMNS)) or not named & {*VALUE_COLUMNS, "mark"}:
        words = _("The columns must be page, x, y, w, h and text; or region and text. This table has: %(names)s.")
        raise BadTable(words % {"names": ", ".join(rows[0])[:200]})
    return rows


def first_of(row: dict[str, str], names: Iterable[str]) -> str:
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")


class Finder:
    """The tasks that the rows of a table may mean, looked up once."""

    def __init__(self, project: Project, tasks: Iterable[Task]) -> None:
        self.pages = {
            stem_of(page.item.identifier): page
            for page in Page.objects.filter(project=project, withheld_at=None).select_related("item")
        }
        self.by_region: dict[str, list[Task]] = {}
        for task in tasks:
            self.by_region.setdefault(region_id(task.page.sha256, task.region), []).append(task)

    def find(self, row: dict[str, str]) -> Task:
        region = first_of(row, REGION_COLUMNS)
        found = self.by_region.get(region, []) if region else list(self.at_box(row))
        asked = row.get("question", "").strip()
        fitting = [task for task in found if task.workflow.slug == asked] if asked else found
        if not fitting and region:
            raise BadRow(_("No line of this project has the region %(region)s.") % {"region": region})
        if not fitting:
            raise BadRow(_("No line lies in this box. Compare x, y, w and h with the regions on the page at the desk."))
        typed = [task for task in fitting if task.version.kind == KindName.TRANSCRIBE]
        return (typed or fitting)[0]

    def at_box(self, row: dict[str, str]) -> Iterator[Task]:
        name = first_of(row, PICTURE_COLUMNS)
        page = self.pages.get(stem_of(name))
        if page is None:
            raise BadRow(_("No page of this project is called %(name)s.") % {"name": name or "–"})
        try:
            box = region_of(row | {side: row[side].strip().removesuffix(".0") for side in BOX}, page)
        except (ValueError, KeyError):
            raise BadRow(_("x, y, w and h must be whole numbers.")) from None
        return lines_at(page, box)


def lines_at(page: Page, box: Region) -> Iterator[Task]:
    """Yield the tasks of a page that lie in the box, those that fit best first."""
    tasks = Task.objects.filter(page=page, workflow__source_workflow=None, state__in=MARKABLE)
    lying = [(overlap(task.region, box), task) for task in tasks.select_related("workflow", "version")]
    for shared, task in sorted(lying, key=lambda pair: -pair[0]):
        if shared >= ENOUGH_OVERLAP:
            yield task


def finder(project: Project, rows: list[dict[str, str]]) -> Finder:
    wanted = {first_of(row, REGION_COLUMNS) for row in rows} - {""}
    tasks = Task.objects.filter(project=project, workflow__source_workflow=None, state__in=MARKABLE)
    if not wanted:
        return Finder(project, [])
    if tasks[MOST_TASKS : MOST_TASKS + 1].exists():
        raise BadTable(_("This project has too many lines to look regions up. Name page, x, y, w and h instead."))
    every = tasks.select_related("page", "workflow", "version").iterator(2000)
    return Finder(project, (task for task in every if region_id(task.page.sha256, task.region) in wanted))


def report(
    archivist: Volunteer,
    project: Project,
    number: int,
    row: dict[str, str],
    finder: Finder,
    said: dict[int, Report],
) -> Report:
    """``said``: the rows taken before this one, by their line."""
    given = first_of(row, (*VALUE_COLUMNS, "mark"))
    if number > MOST_ROWS + 1:
        words = _("Only %(most)d rows are taken at once. Send this one and those after it in a table of their own.")
        return Report(number, False, words % {"most": MOST_ROWS}, given)
    task = None
    try:
        task = finder.find(row)
        value = value_of(row, task.version.kind)
        if (before := said.get(task.pk)) and before.given != given:
            words = _("Row %(number)d says “%(given)s” of the same line: strike one of the two.")
            raise BadRow(words % {"number": before.number, "given": before.given})
        marked = mark(archivist, task.pk, value)
    except TasksError as error:
        return Report(number, False, str(error), given, task.pk if task else None)
    words = _("Taken, and the line is settled by it.") if marked.settled else _("Taken; it was settled so already.")
    said[task.pk] = Report(number, True, words, given, task.pk)
    return said[task.pk]


def value_of(row: dict[str, str], kind: str) -> dict[str, Any]:
    text, mark = first_of(row, VALUE_COLUMNS), row.get("mark", "").strip().lower()
    if not text and mark in ("unreadable", "blank"):
        return {mark: True}
    if not text:
        raise BadRow(_("This row says nothing: fill in text, or “blank” or “unreadable” under mark."))
    if kind == KindName.TRANSCRIBE:
        return {"text": text}
    if kind == KindName.VERIFY and text.lower() in YES_NO:
        return {"matches": YES_NO[text.lower()]}
    raise BadRow(_("To this question the answer is “yes” or “no”."))
