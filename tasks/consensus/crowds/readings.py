"""Texts that many volunteers typed for many tasks, as arrays and one list of texts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..ballots import BLANK, UNREADABLE
from ..words import split_into_words


@dataclass(frozen=True, slots=True)
class Sheet:
    """All readings of one task, each text once: ``behind[n]`` are the volunteers who typed ``texts[n]``."""

    task: int
    texts: tuple[str, ...]
    behind: tuple[tuple[int, ...], ...]

    @property
    def answers(self) -> int:
        return sum(map(len, self.behind))


@dataclass(frozen=True)
class Readings:
    """Answers sorted by task and volunteer; no volunteer answers a task twice.

    ``task``, ``volunteer`` and ``text`` have shape (answers,) and hold numbers from 0 up to ``tasks``, ``volunteers``
    and places in ``texts``, which are folded. An empty text says that nothing is written there; ``UNREADABLE`` and
    ``BLANK`` are what they are called. Tasks without answers are allowed.
    """

    task: NDArray[np.int32]
    volunteer: NDArray[np.int32]
    text: NDArray[np.int32]
    texts: Sequence[str]
    tasks: int
    volunteers: int

    def only(self, tasks: Iterable[int]) -> "Readings":
        """Return the answers to some of the tasks; numbers stay what they are."""
        kept = np.isin(self.task, np.fromiter(tasks, np.int32))
        return replace(self, task=self.task[kept], volunteer=self.volunteer[kept], text=self.text[kept])

    def sheets(self) -> Iterator[Sheet]:
        """Give the tasks that were answered, in order; their texts in code point order, so that numbering is alike."""
        edges = [*np.flatnonzero(np.diff(self.task, prepend=-1)).tolist(), len(self.task)]
        for start, end in pairwise(edges):
            behind: dict[str, list[int]] = {}
            typed = self.text[start:end].tolist()
            for text, volunteer in zip(typed, self.volunteer[start:end].tolist(), strict=True):
                behind.setdefault(self.texts[text] or BLANK, []).append(volunteer)
            texts = tuple(sorted(behind))
            yield Sheet(int(self.task[start]), texts, tuple(tuple(behind[text]) for text in texts))

    def count_words(self) -> Counter[str]:
        """Return in how many tasks each word, without case and punctuation, was typed."""
        counts: Counter[str] = Counter()
        for sheet in self.sheets():
            counts.update({key for text in sheet.texts if not is_mark(text) for key in split_into_words(text).keys})
        return counts


def is_mark(text: str) -> bool:
    return text in (BLANK, UNREADABLE)
