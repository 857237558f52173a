"""Word catalogue cards about real old periodicals.

Title, place, name, first and last year and remark are public facts (``periodicals.csv``); shelf marks, volumes and
library notes are invented from the seed.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

PERIODICALS = Path(__file__).with_name("periodicals.csv")
LAST_HELD = 1899


@dataclass(frozen=True)
class Periodical:
    """``ended`` is None where the end is not known to us or has not come; ``frequency`` and ``note`` may be empty."""

    title: str
    place: str
    by: str
    began: int
    ended: int | None
    frequency: str
    language: str
    note: str


@dataclass(frozen=True)
class Wording:
    """How one set says things; the numbers go into the braces."""

    language: str
    shelf: str
    since: str
    volumes: tuple[str, str]
    frequencies: dict[str, str]
    languages: dict[str, str]
    notes: tuple[str, ...]


WORDINGS = {
    "finnish-newspapers": Wording(
        language="fi",
        shelf="S {room}.{place} {letter}",
        since="{} lähtien.",
        volumes=("Kokoelmassa {}, 1 nide.", "Kokoelmassa {}, {} nidettä."),
        frequencies={
            "daily": "Päivittäin.",
            "three times a week": "Kolmesti viikossa.",
            "weekly": "Viikoittain.",
            "twice a month": "Kahdesti kuussa.",
            "monthly": "Kuukausittain.",
        },
        languages={"sv": "Ruotsiksi."},
        notes=(
            "Mikrofilmi lukusalissa.",
            "Sidottu {year}.",
            "Numero {number} puuttuu.",
            "Lahjoitus {year}.",
            "Kaksoiskappale varastossa.",
            "Käytettävissä lukusalissa.",
        ),
    ),
    "dutch-newspapers": Wording(
        language="nl",
        shelf="C {place} : {room} {letter}",
        since="Vanaf {}.",
        volumes=("Aanwezig {}, 1 deel.", "Aanwezig {}, {} delen."),
        frequencies={
            "daily": "Dagelijks.",
            "three times a week": "Driemaal per week.",
            "twice a week": "Tweemaal per week.",
            "weekly": "Wekelijks.",
            "monthly": "Maandelijks.",
            "every two months": "Tweemaandelijks.",
            "yearly": "Jaarlijks.",
        },
        languages={"fr": "In het Frans.", "en": "In het Engels."},
        notes=(
            "Microfilm in de leeszaal.",
            "Ingebonden {year}.",
            "No. {number} ontbreekt.",
            "Schenking {year}.",
            "Tweede exemplaar in het magazijn.",
            "Ter inzage in de leeszaal.",
        ),
    ),
    "british-periodicals": Wording(
        language="en",
        shelf="PP.{place}.{letter} {room}",
        since="From {}.",
        volumes=("Library has {}, 1 vol.", "Library has {}, {} vols."),
        frequencies={
            "daily": "Daily.",
            "three times a week": "Three times a week.",
            "twice a week": "Twice a week.",
            "weekly": "Weekly.",
            "monthly": "Monthly.",
            "quarterly": "Quarterly.",
        },
        languages={"cy": "In Welsh."},
        notes=(
            "Microfilm in reading room.",
            "Rebound {year}.",
            "Wants no. {number}.",
            "Presented {year}.",
            "Second copy in store.",
            "Not to leave the reading room.",
        ),
    ),
}


@cache
def periodicals(slug: str) -> tuple[Periodical, ...]:
    """Return the periodicals of a set; raises ``ValueError`` for a set that does not exist."""
    if slug not in WORDINGS:
        raise ValueError(f"There is no set of specimens called {slug!r}; choose one of {', '.join(sorted(WORDINGS))}.")
    with PERIODICALS.open(encoding="utf-8", newline="") as table:
        return tuple(_periodical(row) for row in csv.DictReader(table) if row.pop("set") == slug)


def _periodical(row: dict[str, str]) -> Periodical:
    facts = {name: row[name] for name in ("title", "place", "by", "frequency", "language", "note")}
    return Periodical(**facts, began=int(row["began"]), ended=int(row["ended"]) if row["ended"] else None)


def in_order(seed: int, slug: str) -> tuple[Periodical, ...]:
    """Return the periodicals of a set as the cards of this seed go round them."""
    order = list(periodicals(slug))
    Random(f"order {slug} {seed}").shuffle(order)
    return tuple(order)


def word(periodical: Periodical, slug: str, rng: Random) -> tuple[str, ...]:
    """Return the four to six lines of one card, the shelf mark first and the title second."""
    wording = WORDINGS[slug]
    lines = [_shelf_mark(wording, rng), periodical.title, _imprint(periodical), _years(periodical, wording)]
    extra = [periodical.note] if periodical.note and rng.random() < 0.85 else []
    extra += [_volumes(periodical, wording, rng)] if rng.random() < 0.7 else []
    extra += [_library_note(wording, rng)] if rng.random() < 0.45 else []
    return tuple(lines + extra[:2])


def _shelf_mark(wording: Wording, rng: Random) -> str:
    return wording.shelf.format(
        room=rng.randint(2, 98), place=rng.randint(112, 989), letter=rng.choice("abcdefghkmnprstuvz")
    )


def _imprint(periodical: Periodical) -> str:
    text = f"{periodical.place} : {periodical.by}" if periodical.by else periodical.place
    return text if text.endswith(".") else f"{text}."


def _years(periodical: Periodical, wording: Wording) -> str:
    language = wording.languages.get(periodical.language, "")
    frequency = wording.frequencies[periodical.frequency] if periodical.frequency else ""
    return " ".join(filter(None, (_span(periodical, wording), frequency, language)))


def _span(periodical: Periodical, wording: Wording) -> str:
    if periodical.ended is None:
        return wording.since.format(periodical.began)
    return f"{_range(periodical.began, periodical.ended)}."


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _volumes(periodical: Periodical, wording: Wording, rng: Random) -> str:
    end = min(periodical.ended or LAST_HELD, periodical.began + 60)
    first = rng.randint(periodical.began, end)
    last = rng.randint(first, min(end, first + 12))
    one, many = wording.volumes
    years = _range(first, last)
    return one.format(years) if first == last else many.format(years, last - first + 1)


def _library_note(wording: Wording, rng: Random) -> str:
    return rng.choice(wording.notes).format(year=rng.randint(1904, 1968), number=rng.randint(3, 96))
