"""Where words stand on a sheet, and where they come to lie in the scan of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, exp, floor, radians, sin
from typing import NamedTuple

from PIL import Image

STRIP = 48  # pixels: narrow enough for a curve to look like one

type Point = tuple[float, float]
type Quad = tuple[float, float, float, float, float, float, float, float]


class Box(NamedTuple):
    """A rectangle in image pixels, from its upper left corner."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True)
class DrawnLine:
    """``box`` shows the line with a small margin; ``words`` fit closely.

    Lines of one ``block`` follow one another: a column of print, a row of a table.
    """

    text: str
    box: Box
    words: tuple[Box, ...]
    block: int = 0


@dataclass(frozen=True)
class Picture:
    """``printed`` are the words of a form that nobody is asked about."""

    image: bytes
    width: int
    height: int
    lines: tuple[DrawnLine, ...]
    printed: tuple[Box, ...] = ()


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all ``boxes``; there has to be one."""
    corners = [(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes]
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return Box(min(lefts), min(tops), max(rights) - min(lefts), max(bottoms) - min(tops))


def widened(box: Box, across: int, down: int) -> Box:
    return Box(box.x - across, box.y - down, box.w + 2 * across, box.h + 2 * down)


@dataclass(frozen=True)
class Pose:
    """How a sheet lies under the scanner: turned by ``skew`` degrees, and sunk by ``sag`` pixels towards its spine.

    The spine is the left or, with ``right``, the right edge; ``reach`` is how far the sinking is felt.
    """

    width: int
    height: int
    skew: float
    sag: float = 0.0
    reach: float = 160.0
    right: bool = False

    def sunk(self, x: float) -> float:
        return self.sag * exp(-(self.width - x if self.right else x) / self.reach) if self.sag else 0.0

    def seen(self, x: float, y: float) -> Point:
        """Return where in the scan a point of the flat sheet lies."""
        return turned((x, y + self.sunk(x)), self.skew, self.width, self.height)

    def flat(self, x: float, y: float) -> Point:
        """Return which point of the flat sheet is seen there."""
        x, y = turned((x, y), -self.skew, self.width, self.height)
        return x, y - self.sunk(x)

    def place(self, box: Box) -> Box:
        """Return the upright box around what lies in ``box`` on the flat sheet, no larger than the scan."""
        right, lower = box.x + box.w, box.y + box.h
        middle = (box.x + right) / 2  # a long box sags in between
        xs, ys = zip(*(self.seen(x, y) for x in (box.x, middle, right) for y in (box.y, lower)), strict=True)
        x, y = max(0, floor(min(xs))), max(0, floor(min(ys)))
        return Box(x, y, min(self.width, ceil(max(xs))) - x, min(self.height, ceil(max(ys))) - y)

    def scan(self, sheet: Image.Image, bed: tuple[int, int, int]) -> Image.Image:
        """Return the sheet as it is seen, with the ``bed`` where it is not."""
        sides = [*range(0, self.width, STRIP), self.width]
        parts = [((left, 0, right, self.height), self._seen_through(left, right)) for left, right in pairwise(sides)]
        return sheet.transform(sheet.size, Image.Transform.MESH, parts, Image.Resampling.BILINEAR, fillcolor=bed)

    def _seen_through(self, left: int, right: int) -> Quad:
        return (
            *self.flat(left, 0),
            *self.flat(left, self.height),
            *self.flat(right, self.height),
            *self.flat(right, 0),
        )


def turned(point: Point, skew: float, width: int, height: int) -> Point:
    """Return where a point comes to lie when the picture is turned counter-clockwise about its middle."""
    across, down, angle = point[0] - width / 2, point[1] - height / 2, radians(skew)
    return (
        width / 2 + cos(angle) * across + sin(angle) * down,
        height / 2 - sin(angle) * across + cos(angle) * down,
    )
