"""What is really written on the pages, as a table tells it: for simulations and for measuring quality."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from ..errors import TasksError
from ..identity import Region
from ..models import Page, Project

ENOUGH_OVERLAP = 0.5  # of the smaller box
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}
PICTURE_COLUMNS = ("page", "image")
COLUMNS = ("x", "y", "w", "h", "text")


class NoTruth(TasksError):
    """The table cannot be used."""


@dataclass(frozen=True, slots=True)
class Line:
    region: Region
    text: str


type Truth = dict[int, list[Line]]  # by page


def read_truth(path: Path, project: Project) -> Truth:
    """Read a CSV with a column ``page`` or ``image`` (a picture's name), x, y, w, h in its pixels, and ``text``.

    Pictures the project does not have are left out; with a column ``level`` only its lines count. Raises ``NoTruth``.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row.get("level", "line") == "line"]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NoTruth(
            _("%(path)s cannot be read as a UTF-8 CSV: %(error)s") % {"path": path, "error": error}
        ) from error
    picture = next((name for name in PICTURE_COLUMNS if rows and name in rows[0]), None)
    if picture is None or not set(COLUMNS) <= set(rows[0]):
        wanted = ", ".join(COLUMNS)
        raise NoTruth(_("%(path)s needs rows and the columns page, %(wanted)s.") % {"path": path, "wanted": wanted})
    return by_page(rows, picture, project)


def by_page(rows: Iterable[dict[str, str]], picture: str, project: Project) -> Truth:
    pages = {
        stem_of(page.item.identifier): page for page in Page.objects.filter(project=project).select_related("item")
    }
    truth: Truth = defaultdict(list)
    for number, row in enumerate(rows, 2):
        page = pages.get(stem_of(row[picture]))
        if page is None:
            continue
        try:
            truth[page.pk].append(Line(region_of(row, page), row["text"]))
        except ValueError:
            raise NoTruth(_("Row %(row)s has a box that is not of numbers.") % {"row": number}) from None
    return dict(truth)


def stem_of(name: str) -> str:
    """Return ``card-1`` for ``box 3/card-1.jpg`` and for an item that is called ``card-1``."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in PICTURES else path.name


def region_of(row: dict[str, str], page: Page) -> Region:
    """Return the box in the pixels of the page as volunteers see it, which may be smaller than the picture."""
    scale = page.width / int(row["image_w"]) if row.get("image_w") else 1.0
    return Region(*(round(int(row[side]) * scale) for side in ("x", "y", "w", "h")))


def text_at(lines: Iterable[Line], region: Region) -> str | None:
    """Return the text of the line that lies where ``region`` does, or None."""
    best = max(lines, key=lambda line: overlap(line.region, region), default=None)
    return best.text if best and overlap(best.region, region) >= ENOUGH_OVERLAP else None


def overlap(one: Region, other: Region) -> float:
    """Return the shared area as a part of the smaller box."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(width, 0) * max(height, 0) / smaller if smaller else 0.0
