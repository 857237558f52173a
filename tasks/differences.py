"""What one reading has otherwise than another: letter by letter to be shown, word by word to be said.

A letter is what a reader takes for one: a sign with its accents, whatever number of code points that is.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from .consensus import fold
from .consensus.alignment import split_by_words

JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of two readings: ``mine`` stands in one where ``decided`` stands in the other; one may be empty."""

    mine: str
    decided: str

    @property
    def differs(self) -> bool:
        return self.mine != self.decided


@dataclass(frozen=True, slots=True)
class WordDifference:
    """Word ``number`` (from 1) of the decided reading and what the other has there; either may be empty."""

    number: int
    mine: str
    decided: str


def differences(mine: str, decided: str) -> tuple[Part, ...]:
    """Return both readings cut into parts that are the same and parts that differ, in turn.

    The parts' ``mine`` put together are ``mine``, their ``decided`` are ``decided``: mark those that ``differs``.
    Equal readings are one part, two empty ones none.
    """
    letters, others = letters_of(mine), letters_of(decided)
    pieces = [
        Part("".join(letters[block.src_start : block.src_end]), "".join(others[block.dest_start : block.dest_end]))
        for block in Levenshtein.opcodes(letters, others)
    ]
    together = [list(run) for _differs, run in groupby(pieces, key=lambda part: part.differs)]
    return tuple(Part("".join(p.mine for p in run), "".join(p.decided for p in run)) for run in together)


def differing_words(mine: str, decided: str) -> tuple[WordDifference, ...]:
    """Return the words of ``decided`` for which ``mine`` has something else, for whoever hears instead of sees."""
    mine, decided = fold(mine), fold(decided)
    columns = split_by_words(decided, [decided, mine])
    found = ((number, other.strip(), own.strip()) for number, (own, other) in enumerate(columns, 1) if own != other)
    return tuple(WordDifference(number, other, own) for number, other, own in found if own != other)


def letters_of(text: str) -> list[str]:
    return ["".join(letter) for letter in _clusters(text)]


def _clusters(text: str) -> Iterator[Sequence[str]]:
    letter: list[str] = []
    for sign in text:
        if letter and not (unicodedata.category(sign).startswith("M") or JOINER in (sign, letter[-1])):
            yield letter
            letter = []
        letter.append(sign)
    if letter:
        yield letter
