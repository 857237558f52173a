"""What one reading has otherwise than another: letter by letter to be shown, word by word to be said.

A letter is what a reader takes for one: a sign with its accents, whatever number of code points that is.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Any

from rapidfuzz.distance import Levenshtein

from .alignment import split_by_letters
from .normalisation import fold

JOINER = "\u200d"
MOST_CELLS = 6000  # of a grid; longer readings are shown as lines only
TOGETHER = 12  # letters of a word that stay on one line


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


@dataclass(frozen=True, slots=True)
class Cell:
    """A letter, or ``nothing`` where others have one; ``differs`` from the first row."""

    letter: str
    differs: bool

    @property
    def nothing(self) -> bool:
        return not self.letter


type Column = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Word:
    columns: tuple[Column, ...]

    @property
    def differs(self) -> bool:
        return any(cell.differs for column in self.columns for cell in column)


@dataclass(frozen=True, slots=True)
class Grid:
    """Letters in columns, columns in words that stay together; a column has one cell per row."""

    rows: int
    words: tuple[Word, ...]

    @property
    def columns(self) -> int:
        return sum(len(word.columns) for word in self.words)


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


def told_apart(texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return each text as stretches {text, differs}: whether the others have something else there. A stretch that
    differs is empty where only others have something."""
    columns = columns_of(texts)
    told = []
    for row in range(len(texts)):
        letters = [(column[row], len(set(column)) > 1) for column in columns]
        runs = groupby(letters, key=lambda letter: letter[1])
        told.append([{"text": "".join(letter for letter, _ in run), "differs": differs} for differs, run in runs])
    return told


def differing_words(mine: str, decided: str) -> tuple[WordDifference, ...]:
    """Return the words of ``decided`` for which ``mine`` has something else, for whoever hears instead of sees.

    A word that only ``mine`` has is told with the number of the word before it.
    """
    words, others = fold(decided).split(), fold(mine).split()
    found: list[WordDifference] = []
    for block in Levenshtein.opcodes(words, others):
        own, there = words[block.src_start : block.src_end], others[block.dest_start : block.dest_end]
        if block.tag == "insert":
            found.append(WordDifference(max(block.src_start, 1), " ".join(there), ""))
        elif block.tag != "equal":
            numbers = range(block.src_start + 1, block.src_end + 1)
            found += map(WordDifference, numbers, there or [""] * len(own), own)
    return tuple(found)


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


def grid_of(texts: Sequence[str]) -> Grid | None:
    """Return the letters of the texts under those of the first; None when there is nothing to compare, or too much."""
    if len(texts) < 2 or max(map(len, texts)) * len(texts) > MOST_CELLS:
        return None
    columns = [tuple(Cell(letter, letter != column[0]) for letter in column) for column in columns_of(texts)]
    return Grid(len(texts), tuple(Word(tuple(word)) for word in in_words(columns)))


def columns_of(texts: Sequence[str]) -> list[list[str]]:
    columns: list[list[str]] = []
    for column in split_by_letters(texts[0], texts):
        for letters in zip_longest(*map(letters_of, column), fillvalue=""):
            if columns and any(unicodedata.category(letter[0]).startswith("M") for letter in letters if letter):
                columns[-1] = ["".join(pair) for pair in zip(columns[-1], letters, strict=True)]  # an accent alone
            else:
                columns.append(list(letters))
    return columns


def in_words(columns: Iterable[Column]) -> Iterator[list[Column]]:
    word: list[Column] = []
    for column in columns:
        word.append(column)
        if len(word) == TOGETHER or any(cell.letter == " " for cell in column):
            yield word
            word = []
    if word:
        yield word
