"""Merge the regions that several volunteers marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .weights import heaviest

OVERLAP = 0.5
MOST_REGIONS = 2_000  # of all volunteers; their overlaps fill a square

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
    group = {place: [place] for place in range(len(owners))}
    shared = overlaps(np.array([(box.x, box.y, box.w, box.h) for _one, box in owners], float).reshape(-1, 4))
    firsts, seconds = np.nonzero(np.triu(shared >= overlap, 1))
    order = np.lexsort((seconds, firsts, -shared[firsts, seconds].round(9)))
    for place in order.tolist():
        one, other = group[int(firsts[place])], group[int(seconds[place])]
        if one is not other and not {owners[n][0].answer for n in one} & {owners[n][0].answer for n in other}:
            one += other
            group |= dict.fromkeys(other, one)
    return [list(places) for places in {id(places): places for places in group.values()}.values()]


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
