"""Merge the regions that several volunteers marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .weights import heaviest

OVERLAP = 0.5
MOST_REGIONS = 1_000  # of all volunteers; every two are compared, in a third of a second if all overlap

type Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A labelled rectangle; ``w`` and ``h`` are not negative."""

    x: float
    y: float
    w: float
    h: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """All that one volunteer marked; ``weight`` is in nats, see ``weights.weight_of``."""

    answer: int
    regions: tuple[Region, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A region that some volunteers have in common, who gave the ``answers``.

    ``confidence`` is the probability that it is there: those who marked it speak for it, all others against.
    ``agreement`` is their share of all volunteers.
    """

    region: Region
    answers: tuple[int, ...]
    agreement: float
    confidence: float


def merge_regions(marked: Sequence[Marked], overlap: float = OVERLAP) -> list[Found]:
    """Return the regions found, the surest first.

    Pairs of rectangles of different volunteers are joined from the greatest overlap downwards (intersection over
    union, at least ``overlap``), never two of one volunteer; each group becomes its weighted mean rectangle and its
    heaviest label. After weighted boxes fusion (Solovyev, Wang & Gabruseva 2021, doi:10.1016/j.imavis.2021.104117).

    Raises ``ValueError`` for more than ``MOST_REGIONS`` rectangles.
    """
    ordered = sorted(marked, key=lambda one: one.answer)
    owners = [(one, region) for one in ordered for region in sorted(one.regions)]
    if len(owners) > MOST_REGIONS:
        raise ValueError(f"At most {MOST_REGIONS} regions of a task are merged; there are {len(owners)}.")
    groups = _join(owners, overlap)
    whole = math.fsum(one.weight for one in ordered)
    found = [_found([owners[place] for place in group], whole, len(ordered)) for group in groups]
    return sorted(found, key=lambda one: (-one.confidence, one.region))


def _join(owners: Sequence[tuple[Marked, Region]], overlap: float) -> list[list[int]]:
    number = {answer: place for place, answer in enumerate(dict.fromkeys(one.answer for one, _box in owners))}
    owner = np.array([number[one.answer] for one, _box in owners])
    shared = overlaps(np.array([(box.x, box.y, box.w, box.h) for _one, box in owners], float).reshape(-1, 4))
    firsts, seconds = np.nonzero(np.triu((shared >= overlap) & (owner[:, None] != owner), 1))
    order = np.argsort(-shared[firsts, seconds].round(9), kind="stable")
    groups, group = [[place] for place in range(len(owners))], list(range(len(owners)))
    voices = [1 << who for who in owner.tolist()]  # who is in a group, a bit each
    for first, second in zip(firsts[order].tolist(), seconds[order].tolist(), strict=True):
        one, other = group[first], group[second]
        if not voices[one] & voices[other]:
            voices[one] |= voices[other]
            groups[one] += groups[other]
            for place in groups[other]:
                group[place] = one
            groups[other] = []
    return [places for places in groups if places]


def overlaps(boxes: Boxes) -> Boxes:
    """Return intersection over union of each pair of ``boxes``, shape (n, 4) of x, y, w, h, as shape (n, n)."""
    low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    sides = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    common = np.clip(sides, 0, None).prod(2)
    areas = boxes[:, 2:].prod(1)
    union = areas[:, None] + areas[None] - common
    shared: Boxes = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return shared


def _found(members: Sequence[tuple[Marked, Region]], whole: float, volunteers: int) -> Found:
    weights = [max(one.weight, 1e-9) for one, _region in members]
    x, y, w, h = np.average([(box.x, box.y, box.w, box.h) for _one, box in members], 0, weights).round(3).tolist()
    behind = math.fsum(one.weight for one, _region in members)
    label = heaviest([box.label for _one, box in members], weights)
    return Found(
        region=Region(x, y, w, h, label),
        answers=tuple(sorted(one.answer for one, _region in members)),
        agreement=len(members) / volunteers,
        confidence=1 / (1 + math.exp(min(whole - 2 * behind, 700.0))),
    )
