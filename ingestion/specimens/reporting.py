"""Word newspapers of a small harbour town: true facts of their century, and weather, ships, prices and
advertisements that never were.

The notices lie in ``notices.LANGUAGE.txt``: ``=`` begins one, ``!`` an advertisement, ``|`` says where a word may be
parted, braces are filled from the seed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
PART = "\u00ad"  # where a word may be parted at a line's end; never drawn


@dataclass(frozen=True)
class Notice:
    heading: str
    text: str
    advertisement: bool


@dataclass(frozen=True)
class Paper:
    """A newspaper: ``dateline`` has number, date and price; ``parted`` by the rule of its language."""

    language: str
    title: str
    dateline: tuple[str, str, str]
    days: tuple[str, ...]
    months: tuple[str, ...]
    names: tuple[str, ...]
    ships: tuple[str, ...]
    year: int


@dataclass(frozen=True)
class Issue:
    """One front page: the title, three pieces of the dateline, and notices without end."""

    title: str
    dateline: tuple[str, str, str]
    notices: Iterator[Notice]


PAPERS = {
    "finnish-gazette": Paper(
        language="fi",
        title="Rannikon Sanomat",
        dateline=("N:o {number}.", "{day} {date} p. {month} {year}.", "Hinta {price} penniä."),
        days=tuple("Maanantaina Tiistaina Keskiwiikkona Torstaina Perjantaina Lauantaina".split()),
        months=tuple(
            "Tammikuuta Helmikuuta Maaliskuuta Huhtikuuta Toukokuuta Kesäkuuta Heinäkuuta Elokuuta Syyskuuta Lokakuuta "
            "Marraskuuta Joulukuuta".split()
        ),
        names=tuple("Lindholmin Nymanin Sjöbergin Mattilan Salinin Wikströmin".split()),
        ships=tuple("Toiwo Aallotar Ilma Onni Sampo Oihonna Wellamo Suomi Pohjola Ahti".split()),
        year=1867,
    ),
    "german-gazette": Paper(
        language="de",
        title="Hafen-Bote",
        dateline=("No. {number}.", "{day}, den {date}. {month} {year}.", "Preis {price} Pf."),
        days=tuple("Montag Dienstag Mittwoch Donnerstag Freitag Sonnabend".split()),
        months=tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),
        names=tuple("Petersen Lüders Möller Brandt Behrens Schütt".split()),
        ships=tuple("Hoffnung Concordia Möwe Elise Delphin Borussia Neptun Fortuna Triton Anna".split()),
        year=1876,
    ),
}


def report(slug: str, seed: int, number: int) -> Issue:
    """Return the front page ``number``, from 0, of the volume of this seed; the issues are a week apart."""
    paper, rng = PAPERS[slug], Random(f"issue {slug} {seed} {number}")
    weekday = seed % len(paper.days)
    day = date(paper.year, 1, 1)
    day += timedelta(days=(weekday - day.weekday()) % 7, weeks=number)
    facts = {
        "number": number + 1,
        "day": paper.days[weekday],
        "date": day.day,
        "month": paper.months[day.month - 1],
        "year": day.year,
        "price": 10,
    }
    left, middle, right = (blackletter(piece.format(**facts)) for piece in paper.dateline)
    return Issue(blackletter(paper.title), (left, middle, right), _fill(paper, rng))


@cache
def notices(language: str) -> tuple[Notice, ...]:
    content = (FOLDER / f"notices.{language}.txt").read_text(encoding="utf-8").strip()
    found = []
    for block in content.split("\n\n"):
        heading, text = block.split("\n")
        found.append(Notice(heading[2:], text, heading.startswith("!")))
    return tuple(found)


def _fill(paper: Paper, rng: Random) -> Iterator[Notice]:
    """Yield the notices of one page: what is new, then advertisements, and again when there is room."""
    everything = notices(paper.language)
    while True:
        news = [notice for notice in everything if not notice.advertisement]
        small = [notice for notice in everything if notice.advertisement]
        rng.shuffle(news)
        rng.shuffle(small)
        mixed = [notice for start in range(0, 12, 4) for notice in (*news[start : start + 4], *small[start // 2 :][:2])]
        for notice in mixed:
            heading, text = (_worded(part, paper, rng) for part in (notice.heading, notice.text))
            yield Notice(heading, text, notice.advertisement)


def _worded(text: str, paper: Paper, rng: Random) -> str:
    """Fill the braces, each by itself, spell with the long s, and say where words may be parted."""
    choices = {
        "{many}": lambda: str(rng.randint(21, 148)),
        "{few}": lambda: str(rng.randint(3, 19)),
        "{price}": lambda: str(rng.randint(2, 28)),
        "{hour}": lambda: str(rng.randint(4, 8)),
        "{late}": lambda: str(rng.randint(4, 9)),
        "{ship}": lambda: rng.choice(paper.ships),
        "{name}": lambda: rng.choice(paper.names),
    }
    filled = re.sub(r"\{\w+\}", lambda match: choices[match[0]](), text)
    if paper.language == "fi":  # which spells a long s at the end of a syllable too
        return part_finnish(blackletter(filled))
    return blackletter(filled.replace("|", PART))


def blackletter(text: str) -> str:
    """Spell as blackletter is spelt: a long s everywhere but at the end of a word or of a part of it."""
    return re.sub(r"s(?=[^\W\d_])", "ſ", text)


def part_finnish(text: str) -> str:
    """Let words be parted before each consonant that a vowel follows, two letters from either end."""
    return re.sub(r"(?<=[^\W\d_]{2})(?=[bcdfghjklmnpqrsſtvwx][aeiouyäöå][^\W\d_])", PART, text)
