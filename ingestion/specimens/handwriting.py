"""Write as hands write: no two letters alike, ink that runs dry and is dipped anew, lines that wander."""

from dataclasses import dataclass
from itertools import pairwise
from math import radians, sin, tan
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from .faces import check, load
from .looks import Colour
from .placing import Box

CELL = 34  # pixels: within so much a stroke trembles one way
TREMBLE = 1.1  # pixels


@dataclass(frozen=True)
class Hand:
    """``slant`` in degrees beyond the face's own, ``wander`` in pixels about the line, ``nib`` in pixels of width.

    ``unfit`` are the sets that need a letter this face draws badly.
    """

    face: str
    size: int
    slant: float
    wander: float
    nib: float
    ink: Colour
    unfit: tuple[str, ...] = ()


GALL, BROWN, PALE = (40, 32, 30), (78, 54, 38), (58, 56, 72)
HANDS = (
    Hand("herr-von-muellerhoff", 66, 0, 1.4, 0.5, GALL),
    Hand("la-belle-aurore", 45, 5, 1.8, 0.3, BROWN),
    Hand("mr-de-haviland", 61, 0, 1.4, 0.4, (52, 40, 34), ("swedish-arrivals",)),
    Hand("marck-script", 43, 8, 1.6, 0.0, GALL),
    Hand("cedarville-cursive", 41, 9, 2.2, 0.0, BROWN),
    Hand("dawning-of-a-new-day", 47, 7, 1.8, 0.6, PALE, ("german-baptisms",)),
)


class Pen:
    """A hand at work on a sheet: ``ink`` is the mask of what it has written, 255 where the ink is full."""

    def __init__(self, hand: Hand, size: tuple[int, int], rng: Random) -> None:
        self.hand, self.rng = hand, rng
        self.ink = Image.new("L", size)
        self.flow = 1.0
        self.phase = rng.uniform(0, 6)

    def write(self, text: str, x: float, baseline: float, room: float, scale: float = 1.0) -> tuple[Box, ...]:
        """Write the words of ``text`` from ``x`` on, smaller where the ``room`` is short, and return their boxes."""
        check(self.hand.face, text)
        size = round(self.hand.size * scale * self.rng.uniform(0.96, 1.04))
        length = load(self.hand.face, size).getlength(text)
        if length > room:
            size = max(12, int(size * room / length))
        space = load(self.hand.face, size).getlength(" ") * self.rng.uniform(1.0, 1.3)
        boxes = []
        for word in text.split():
            at = baseline + self.hand.wander * sin(x / 90 + self.phase) + self.rng.gauss(0, 0.5)
            boxes.append(self._write_word(word, x, at, size))
            x += load(self.hand.face, size).getlength(word) + space
        return tuple(boxes)

    def _write_word(self, word: str, x: float, baseline: float, size: int) -> Box:
        self._dip(len(word))
        font = load(self.hand.face, size)
        width, height = round(font.getlength(word)) + 3 * size, 3 * size
        mask = Image.new("L", (width, height))
        ImageDraw.Draw(mask).text(
            (size * 1.2, size * 1.8), word, font=font, anchor="ls", fill=round(255 * self.flow),
            stroke_width=self.hand.nib,
        )  # fmt: skip
        lean, turn = tan(radians(self.hand.slant + self.rng.gauss(0, 1.2))), radians(self.rng.gauss(0, 0.5))
        base, left = size * 1.8, size * 1.2
        rows = (1, lean, -lean * base, -turn, 1, turn * left)
        mask = mask.transform(mask.size, Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR)
        return self._lay(mask, round(x - left), round(baseline - base))

    def _dip(self, letters: int) -> None:
        """Lose ink with every letter; dip when it shows."""
        self.flow -= 0.012 * letters
        if self.flow < 0.66 + self.rng.uniform(0, 0.1):
            self.flow = self.rng.uniform(0.93, 1)

    def _lay(self, mask: Image.Image, x: int, y: int) -> Box:
        """Add a word's ink and return the box around it, wide enough for the hand's tremble."""
        left, upper, right, lower = mask.getbbox() or (0, 0, 1, 1)
        box = (x + left, y + upper, x + right, y + lower)
        self.ink.paste(ImageChops.lighter(self.ink.crop(box), mask.crop((left, upper, right, lower))), box[:2])
        margin = 2
        return Box(box[0] - margin, box[1] - margin, right - left + 2 * margin, lower - upper + 2 * margin)

    def strike(self, box: Box) -> None:
        """Strike a word out."""
        pen, middle = ImageDraw.Draw(self.ink), box.y + box.h * 0.56
        points = [
            (box.x - 4 + (box.w + 8) * step / 6, middle + self.rng.gauss(0, 1.4) - 3 * step / 6) for step in range(7)
        ]
        pen.line(points, fill=225, width=3, joint="curve")

    def trembled(self, noise: np.random.Generator) -> Image.Image:
        """Return the ink with each stroke a little off its course, so that no letter is like another."""
        written = self.ink.getbbox()
        if written is None:
            return self.ink
        ink = self.ink.crop(written)
        width, height = ink.size
        across, down = width // CELL + 1, height // CELL + 1
        shift = noise.normal(0, TREMBLE / 2, (down + 1, across + 1, 2)).clip(-TREMBLE, TREMBLE)
        columns, rows = np.meshgrid(np.arange(across + 1) * CELL, np.arange(down + 1) * CELL)
        corners = (np.stack([columns, rows], axis=-1) + shift).tolist()
        parts = [
            (
                (CELL * column, CELL * row, CELL * (column + 1), CELL * (row + 1)),
                (*upper[column], *lower[column], *lower[column + 1], *upper[column + 1]),
            )
            for row, (upper, lower) in enumerate(pairwise(corners))
            for column in range(across)
        ]
        ink = ink.transform(ink.size, Image.Transform.MESH, parts, Image.Resampling.BILINEAR)
        trembled = Image.new("L", self.ink.size)
        trembled.paste(ink, written[:2])
        return trembled
