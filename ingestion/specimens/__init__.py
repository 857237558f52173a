"""Draw sample catalogue cards from a seed: a picture, a faulty machine reading in ALTO, and the truth."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .alto import write_alto
from .cataloguing import in_order, word
from .drawing import Box, draw_card
from .misreading import misread
from .sets import SETS, SpecimenSet

__all__ = ["SETS", "Line", "Specimen", "SpecimenSet", "draw", "write"]


@dataclass(frozen=True)
class Line:
    """What one line says, what the machine read, and where it stands in image pixels."""

    text: str
    ocr: str
    region: Box


@dataclass(frozen=True)
class Specimen:
    """One card: ``name`` without suffix, ``image`` a JPEG, ``alto`` an ALTO 4 file, ``truth`` from top to bottom."""

    name: str
    image: bytes
    alto: bytes
    truth: tuple[Line, ...]


def draw(seed: int, count: int, *, slug: str = "finnish-newspapers") -> Iterator[Specimen]:
    """Yield ``count`` cards of the set ``slug``, the same bytes for the same seed.

    A longer run begins with the cards of a shorter one. Each round through the set's periodicals words them anew.
    Raises ``ValueError`` for a set that does not exist.
    """
    order = in_order(seed, slug)
    for number in range(count):
        rng = Random(f"card {slug} {seed} {number}")
        texts = word(order[number % len(order)], slug, rng)
        yield _specimen(f"{slug}-{seed}-{number + 1:04d}", texts, slug, rng)


def _specimen(name: str, texts: tuple[str, ...], slug: str, rng: Random) -> Specimen:
    picture = draw_card(texts, slug, rng)
    readings = [misread(text, rng) for text in texts]
    truth = tuple(
        Line(text, " ".join(word.text for word in words), line.box)
        for text, words, line in zip(texts, readings, picture.lines, strict=True)
    )
    return Specimen(name, picture.image, write_alto(name, picture, readings), truth)


def write(folder: Path, specimens: Iterable[Specimen]) -> None:
    """Write NAME.jpg and NAME.xml for each card and one ``truth.csv`` (x, y, w, h in image pixels) into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("page", "line", "x", "y", "w", "h", "text", "ocr"))
        for specimen in specimens:
            (folder / f"{specimen.name}.jpg").write_bytes(specimen.image)
            (folder / f"{specimen.name}.xml").write_bytes(specimen.alto)
            for number, line in enumerate(specimen.truth, 1):
                table.writerow((specimen.name, number, *line.region, line.text, line.ocr))
