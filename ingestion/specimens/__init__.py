"""Draw sample scans from a seed: a picture, a faulty machine reading in ALTO, and the truth.

Catalogue cards are typed (``drawing``), registers filled in by hand (``ruling``), newspapers printed in blackletter
(``printing``); ``ageing`` makes each old.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .ageing import NEW, Wear
from .alto import write_alto
from .cataloguing import in_order, word
from .drawing import draw_card
from .entering import enter
from .misreading import BLACKLETTER, HAND, TYPE, misread
from .placing import Box, Picture
from .printing import draw_front
from .reporting import report
from .ruling import bind, draw_page
from .sets import SETS, SpecimenSet, Style

__all__ = ["NEW", "SETS", "Line", "Specimen", "SpecimenSet", "Style", "Wear", "draw", "write"]

WORN = {
    Style.CARD: Wear(stains=0.3, foxing=0.25, folds=0.1),
    Style.REGISTER: Wear(stains=0.5, foxing=0.5, folds=0.3),
    Style.NEWSPAPER: Wear(stains=0.5, foxing=0.4, folds=0.9, stamps=0.45),
}
MACHINES = {Style.CARD: TYPE, Style.REGISTER: HAND, Style.NEWSPAPER: BLACKLETTER}
COLUMNS = {"finnish-gazette": 2, "german-gazette": 3}
LIBRARIES = {"finnish-gazette": "LUKUSALI", "german-gazette": "STADTBIBLIOTHEK"}


@dataclass(frozen=True)
class Line:
    """What one line says, what the machine read, and where it stands in image pixels."""

    text: str
    ocr: str
    region: Box


@dataclass(frozen=True)
class Specimen:
    """One page: ``name`` without suffix, ``image`` a JPEG, ``alto`` an ALTO 4 file, ``truth`` in reading order.

    ``printed`` are the words of a form, which are no part of what is asked.
    """

    name: str
    image: bytes
    alto: bytes
    truth: tuple[Line, ...]
    printed: tuple[Box, ...] = ()


def draw(
    seed: int, count: int, *, slug: str = "finnish-newspapers", wear: Wear | None = None, columns: int | None = None
) -> Iterator[Specimen]:
    """Yield ``count`` pages of the set ``slug``, the same bytes for the same seed.

    A longer run begins with the pages of a shorter one. ``wear`` says how worn they are, else as such things are;
    ``columns`` how many a newspaper has, 2 to 4. Raises ``ValueError`` for a set that does not exist.
    """
    style = style_of(slug)
    for number in range(count):
        rng = Random(f"{style} {slug} {seed} {number}")
        picture = _picture(style, slug, seed, number, wear or WORN[style], columns or COLUMNS.get(slug, 0), rng)
        yield _specimen(f"{slug}-{seed}-{number + 1:04d}", picture, style, rng)


def style_of(slug: str) -> Style:
    for about in SETS:
        if about.slug == slug:
            return about.style
    known = ", ".join(sorted(about.slug for about in SETS))
    raise ValueError(f"There is no set of specimens called {slug!r}; choose one of {known}.")


def _picture(style: Style, slug: str, seed: int, number: int, wear: Wear, columns: int, rng: Random) -> Picture:
    if style == Style.REGISTER:
        return draw_page(enter(slug, seed, number), bind(slug, seed), number, wear, rng)
    if style == Style.NEWSPAPER:
        stamped = Random(f"stamp {slug}").randint(1921, 1958)
        return draw_front(report(slug, seed, number), columns, wear, rng, LIBRARIES[slug], stamped)
    order = in_order(seed, slug)  # each round through the set's periodicals words them anew
    return draw_card(word(order[number % len(order)], slug, rng), slug, wear, rng)


def _specimen(name: str, picture: Picture, style: Style, rng: Random) -> Specimen:
    readings = [misread(line.text, rng, MACHINES[style]) for line in picture.lines]
    truth = tuple(
        Line(line.text, " ".join(word.text for word in words), line.box)
        for line, words in zip(picture.lines, readings, strict=True)
    )
    return Specimen(name, picture.image, write_alto(name, picture, readings), truth, picture.printed)


def write(folder: Path, specimens: Iterable[Specimen]) -> None:
    """Write NAME.jpg and NAME.xml for each page and one ``truth.csv`` (x, y, w, h in image pixels) into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("page", "line", "x", "y", "w", "h", "text", "ocr"))
        for specimen in specimens:
            (folder / f"{specimen.name}.jpg").write_bytes(specimen.image)
            (folder / f"{specimen.name}.xml").write_bytes(specimen.alto)
            for number, line in enumerate(specimen.truth, 1):
                table.writerow((specimen.name, number, *line.region, line.text, line.ocr))
