"""Merge the fields of a form, each by what it holds."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from .ballots import Ballot, Verdict, said
from .choice import weigh_choices
from .dates import read_date
from .normalisation import EXACT, Normalisation, fold, normalise
from .text import READINGS, merge_readings
from .words import LOOSE

_THOUSANDS = re.compile(r"[+\-\u2212]?\d{1,3}(?:([ .,'\u2019])\d{3})(?:\1\d{3})*")
_INTEGER = re.compile(r"([+\-\u2212]?)(\d+)")


class Holds(Enum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    PLACE = "place"
    NAME = "name"
    ONE_OF = "one of a list"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. ``choices`` are what a field of a list offers; ``rules`` compare what a text holds."""

    holds: Holds = Holds.TEXT
    choices: tuple[str, ...] = ()
    rules: Normalisation = EXACT

    @property
    def comparing(self) -> Normalisation:
        """Names and places are the same in capitals and without their commas."""
        if self.holds in (Holds.NAME, Holds.PLACE):
            return replace(self.rules, ignore_case=True, ignore_punctuation=True)
        return self.rules

    @property
    def is_written(self) -> bool:
        """Whether parts of two readings may make up a third: digits of numbers and dates may not."""
        return self.holds in (Holds.TEXT, Holds.NAME, Holds.PLACE)


def vote_on(field: Field, typed: str) -> str:
    """Return what was typed into a field as a vote: two that mean the same are the same."""
    return said(_meant(field, fold(typed)))


def _meant(field: Field, typed: str) -> str:
    match field.holds:
        case Holds.INTEGER:
            return read_integer(typed) or typed
        case Holds.DATE:
            return read_date(typed) or normalise(typed, LOOSE)
        case Holds.ONE_OF:
            return next((one for one in field.choices if normalise(one, LOOSE) == normalise(typed, LOOSE)), typed)
    return normalise(typed, field.comparing)


def read_integer(text: str) -> str | None:
    """Return a whole number in its shortest form, ``1905`` for ``1 905`` or ``01905``; None for what is none.

    Digits may be of any script; thousands may be parted by spaces, points, commas or apostrophes, all alike.
    """
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    if parted := _THOUSANDS.fullmatch(plain):
        plain = plain.replace(parted[1], "")
    if not (found := _INTEGER.fullmatch(plain)):
        return None
    digits = found[2].lstrip("0") or "0"
    return ("-" if found[1] in ("-", "\u2212") and digits != "0" else "") + digits


def merge_field(ballots: Sequence[Ballot], field: Field) -> Verdict:
    """Merge one field; the votes come from ``vote_on``."""
    if field.is_written:
        return merge_readings(ballots, field.comparing)
    return weigh_choices(ballots, max(len(field.choices), READINGS if field.holds is not Holds.ONE_OF else 2))


def merge_fields(ballots: Mapping[str, Sequence[Ballot]], fields: Mapping[str, Field]) -> dict[str, Verdict]:
    """Merge a form: every field on its own, by the ballots of those who answered it."""
    return {name: merge_field(ballots[name], field) for name, field in fields.items() if ballots.get(name)}
