"""Pages that lie on their side: noticed by their profiles, and turned by quarters. Runs in the child process only.

Lines of writing make the profile of ink down the page rise and fall much more than the profile across it. Both are
compared tile by tile, so that columns, rules and pictures cannot outweigh the writing. Whether a page stands on its
head is not noticed.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from .hearsay import Said
from .layout import Line
from .segmentation import SLOPES, Ink, Places, levelled, told_apart, working_copy

TILES = 4  # a side
INKED = 0.02  # of a tile's dots: less holds no writing
FEWEST = 3  # tiles with writing that must agree
COARSER = 2  # than the copy that is cut: a quarter of the time, and lines still stand apart
STEP = 4  # rows over which a profile is smoothed: wider than a stroke, narrower than a line
FEW = 7  # each seventh slope will do: a tile is small
CLEARLY = 0.5  # natural logarithm: the profile across the page is 1.6 times as uneven as the one down

TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def lies_sideways(image: Image.Image) -> bool:
    """Whether the lines of the page seem to run from top to bottom. In doubt it lies well."""
    ink, _upright, _level = told_apart(working_copy(image).reduce(COARSER))
    evidence = [uprightness(tile) for tile in tiles_of(ink)]
    return len(evidence) >= FEWEST and float(np.median(evidence)) < -CLEARLY


def tiles_of(ink: Ink) -> Iterator[Ink]:
    """Yield the parts of the page that hold some writing."""
    height, width = ink.shape
    for row in range(TILES):
        for column in range(TILES):
            tile = ink[row * height // TILES : (row + 1) * height // TILES]
            tile = tile[:, column * width // TILES : (column + 1) * width // TILES]
            if tile.size and tile.mean() >= INKED:
                yield tile


def uprightness(tile: Ink) -> float:
    """Return a number above zero where lines run from left to right, below zero where they run from top to bottom."""
    down, across = (places.astype(np.int32) for places in np.nonzero(tile))
    return float(np.log(unevenness(down, across) / unevenness(across, down)))


def unevenness(down: Places, across: Places) -> float:
    """Return how much the profile rises and falls, at the slope where it does most."""
    profiles = (np.bincount(levelled(down, across, slope)) for slope in SLOPES[::FEW])
    return max(float(np.square(smooth[STEP:] - smooth[:-STEP]).sum()) for smooth in map(smoothed, profiles)) + 1.0


def smoothed(profile: np.ndarray) -> np.ndarray:
    return np.convolve(profile, np.ones(STEP) / STEP, "same")


def turned(image: Image.Image, degrees: int) -> Image.Image:
    """Return the picture turned clockwise by 0, 90, 180 or 270 degrees."""
    return image.transpose(TURNS[degrees]) if degrees else image


def line_turned(line: Line, degrees: int, width: int, height: int) -> Line:
    """Return where the line lies once the picture, of this size before, is turned."""
    right, lower = line.x + line.width, line.y + line.height
    places = {
        0: (line.x, line.y, line.width, line.height),
        90: (height - lower, line.x, line.height, line.width),
        180: (width - right, height - lower, line.width, line.height),
        270: (line.y, width - right, line.height, line.width),
    }
    x, y, across, down = places[degrees]
    return Line(x, y, across, down, line.text)


def said_turned(said: Said, degrees: int, width: int, height: int) -> Said:
    """Return where the text lies once the picture, of this size before, is turned."""
    corners = {
        0: (said.left, said.upper, said.right, said.lower),
        90: (height - said.lower, said.left, height - said.upper, said.right),
        180: (width - said.right, height - said.lower, width - said.left, height - said.upper),
        270: (said.upper, width - said.right, said.lower, width - said.left),
    }
    left, upper, right, lower = corners[degrees]
    return replace(said, left=left, upper=upper, right=right, lower=lower)
