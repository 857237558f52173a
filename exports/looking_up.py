"""Find a row of a release by its public id, in a sorted index that is made of the release's files.

The index stands for nothing new: it lies apart from the frozen files, goes by the content it was made of and is made
again when it is not there. Finding a row reads a few pages of it and one line of each file, however long they are.
"""

import csv
import hashlib
import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from django.conf import settings

from .errors import FilesLost
from .models import Release

NUMBERS = 4  # of each row: key of its id, digest of its line, its places in data.jsonl and in answers.csv


@dataclass(frozen=True, slots=True)
class Index:
    """Four columns of 64-bit numbers, by key. Two rows may share a key, so who finds a row looks at its id too."""

    keys: np.ndarray
    lines: np.ndarray
    places: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True, slots=True)
class Found:
    """A row as a release says it: the object of data.jsonl, and its rows of answers.csv."""

    facts: dict[str, Any]
    answers: list[dict[str, str]]


class Lines:
    """The lines of a file as text; ``place`` is where the next one begins."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.place = file, 0

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.place += len(line)
            yield line.decode()


def digest_of(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def index_path(content: str) -> Path:
    return settings.FILES / "row-indexes" / content


def index_of(release: Release) -> Index:
    """Return the index of a release. Raises ``FilesLost``."""
    path = index_path(release.content)
    if not path.exists():
        try:
            return build_index(release.folder, release.content)
        except FileNotFoundError as error:
            raise FilesLost(str(release.folder)) from error
    return opened(path)


def opened(path: Path) -> Index:
    return Index(*np.memmap(path, "u8", "r").reshape(NUMBERS, -1))


def build_index(folder: Path, content: str) -> Index:
    """Index the files in ``folder``; takes 32 bytes of memory for each row."""
    rows = np.array(array("Q", numbers_of(folder)), "u8").reshape(-1, NUMBERS)
    path = index_path(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        np.ascontiguousarray(rows[np.argsort(rows[:, 0], kind="stable")].T).tofile(file)
    Path(file.name).replace(path)  # derived from the files, so it may be lost: no fsync
    return opened(path)


def numbers_of(folder: Path) -> Iterator[int]:
    """Yield four numbers of each row. The rows of both files come in the same order."""
    with (folder / "data.jsonl").open("rb") as facts, (folder / "answers.csv").open("rb") as given:
        starts, place = starts_of(given), 0
        start = next(starts, ("", 0))
        for line in facts:
            id_ = id_in(line)
            yield from (digest_of(id_.encode()), digest_of(line), place, start[1])
            place += len(line)
            if start[0] == id_:
                start = next(starts, start)


def id_in(line: bytes) -> str:
    """Return the id of a line of data.jsonl without parsing it all: keys come in order, quotes in texts are escaped."""
    return line.partition(b',"id":"')[2].partition(b'"')[0].decode()


def starts_of(file: BinaryIO) -> Iterator[tuple[str, int]]:
    """Yield each task of answers.csv with the place of its first answer."""
    lines = Lines(file)
    rows = csv.reader(lines)
    next(rows)
    place, last = lines.place, None
    for id_, *_rest in rows:
        if id_ != last:
            yield id_, place
        place, last = lines.place, id_


def find_row(release: Release, id_: str) -> Found | None:
    """Return a row of a release by its public id, None where it has no such row."""
    index = index_of(release)
    with (release.folder / "data.jsonl").open("rb") as file:
        for number in numbers_with_key(index, id_):
            facts = line_at(file, int(index.places[number]))
            if facts["id"] == id_:
                return Found(facts, list(answers_at(release.folder, int(index.answers[number]), id_)))
    return None


def numbers_with_key(index: Index, id_: str) -> Iterable[int]:
    key = np.uint64(digest_of(id_.encode()))
    return range(int(np.searchsorted(index.keys, key)), int(np.searchsorted(index.keys, key, "right")))


def line_at(file: BinaryIO, place: int) -> dict[str, Any]:
    file.seek(place)
    return json.loads(file.readline())


def answers_at(folder: Path, place: int, id_: str) -> Iterator[dict[str, str]]:
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        file.seek(place)
        yield from takewhile(lambda answer: answer["id"] == id_, csv.DictReader(file, header))
