"""Cut a page into lines where nothing says where they are: by the profile of ink across the page.

Projection profiles after the skew has been taken out by shearing (Likforman-Sulem, Zahour & Taconet 2007,
doi:10.1007/s10032-006-0023-z). Good enough for type and tidy hands; pages without lines yield nothing.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from .layout import Line

WORKING_SIDE = 1600  # pixels of the long side that the cutting looks at
BACKGROUND = 40  # the paper's tone is taken from a box of a 40th of the page on each side
FAINTEST = 24  # grey levels between paper and ink; less is the scanner's noise
RULE = 0.6  # of a row or column of ink: a ruled line or the scan's edge, no writing
EDGE = 0.01  # of the page's side: shadows of the scanner's lid
GUTTER = 0.025  # of the page's width without ink: between two columns
NARROWEST_COLUMN = 0.12  # of the page's width
SLOPES = np.linspace(-0.035, 0.035, 29)  # two degrees either way
VALLEY = 0.6  # between two lines the profile falls to this share of the lower of their peaks
WEAK = 0.12  # of the strong rows' ink: less is no line
THINNEST = 5  # working pixels of a line's height
SHORTEST = 6  # working pixels of a line's width
MOST_LINES = 600  # more is a halftone or a texture, not writing

Ink = NDArray[np.bool_]


def cut_into_lines(image: Image.Image) -> list[Line]:
    """Return the lines column by column from the top, in pixels of ``image``; none where nothing looks like one."""
    factor = max(1, round(max(image.size) / WORKING_SIDE))
    ink = without_rules(ink_of(image.reduce(factor).convert("L")))
    boxes = [box for left, right in columns_of(ink) for box in lines_of(ink[:, left:right], left)]
    if len(boxes) > MOST_LINES:
        return []
    return [scaled(box, factor, *image.size) for box in boxes]


def scaled(box: tuple[int, int, int, int], factor: int, width: int, height: int) -> Line:
    left, upper, right, lower = (side * factor for side in box)
    return Line(left, upper, min(right, width) - left, min(lower, height) - upper)


def ink_of(grey: Image.Image) -> Ink:
    """Tell ink from paper by the tone around it, so that stains and shadows do not count."""
    paper = grey.filter(ImageFilter.BoxBlur(max(8, max(grey.size) // BACKGROUND)))
    darker = np.asarray(ImageChops.subtract(paper, grey))
    full = float(np.percentile(darker, 99.5))
    return darker > max(FAINTEST, 0.4 * full)


def without_rules(ink: Ink) -> Ink:
    """Take out ruled lines, the scan's dark edges and the rim of the page."""
    ink = ink & (ink.mean(axis=1, keepdims=True) < RULE) & (ink.mean(axis=0, keepdims=True) < RULE)
    down, across = (max(1, round(side * EDGE)) for side in ink.shape)
    ink[:down], ink[-down:], ink[:, :across], ink[:, -across:] = False, False, False, False
    return ink


def runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield first and one past last of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def columns_of(ink: Ink) -> list[tuple[int, int]]:
    """Cut the page at its gutters; a strip too narrow for a column stays with the one before it."""
    width = ink.shape[1]
    written = ink.mean(axis=0) > 0.002
    columns: list[tuple[int, int]] = []
    for left, right in runs(written):
        if columns and left - columns[-1][1] < GUTTER * width:
            columns[-1] = columns[-1][0], right
        else:
            columns.append((left, right))
    merged: list[tuple[int, int]] = []
    for left, right in columns:
        if merged and min(right - left, merged[-1][1] - merged[-1][0]) < NARROWEST_COLUMN * width:
            merged[-1] = merged[-1][0], right
        else:
            merged.append((left, right))
    return merged


def sheared(ink: Ink, slope: float) -> Ink:
    """Move each column up by ``slope`` times its place, counted from the middle."""
    shifts = np.round(slope * (np.arange(ink.shape[1]) - ink.shape[1] / 2)).astype(int)
    rows = (np.arange(ink.shape[0])[:, None] + shifts[None, :]) % ink.shape[0]
    return np.take_along_axis(ink, rows, axis=0)


def slope_of(ink: Ink) -> float:
    """Return the slope whose profile is the most uneven: there the lines lie level."""
    small = ink[::2, ::4]
    uneven = [float(np.square(np.diff(sheared(small, slope * 2).sum(axis=1))).sum()) for slope in SLOPES]
    return float(SLOPES[int(np.argmax(uneven))])


def lines_of(ink: Ink, offset: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, upper, right, lower of each line of one column, ``offset`` working pixels from the page's left."""
    slope = slope_of(ink)
    level = sheared(ink, slope)
    for upper, lower in bands_of(level.sum(axis=1)):
        across = np.flatnonzero(level[upper:lower].any(axis=0))
        left, right = int(across[0]), int(across[-1]) + 1
        if right - left < SHORTEST:
            continue
        shifts = [slope * (x - ink.shape[1] / 2) for x in (left, right)]
        yield (
            left + offset,
            max(0, round(upper + min(shifts))),
            right + offset,
            min(ink.shape[0], round(lower + max(shifts))),
        )


def bands_of(profile: NDArray[np.int_]) -> Iterator[tuple[int, int]]:
    """Yield first and one past last row of each line: hills of the profile, parted at its valleys."""
    strong = float(np.percentile(profile[profile > 0], 90)) if profile.any() else 0.0
    for first, last in runs(profile > max(2.0, WEAK / 2 * strong)):
        if last - first >= THINNEST and profile[first:last].max() >= WEAK * strong:
            yield from hills(profile, first, last, pitch_of(profile))


def pitch_of(profile: NDArray[np.int_]) -> int:
    """Return the distance of neighbouring lines in rows, by the profile's likeness to itself; 12 when it has none."""
    wave = profile - profile.mean()
    likeness = np.correlate(wave, wave, "full")[len(wave) :]
    rising = np.flatnonzero((likeness[1:-1] > likeness[:-2]) & (likeness[1:-1] >= likeness[2:]) & (likeness[1:-1] > 0))
    rising = rising[rising >= 2 * THINNEST]
    return int(rising[0]) + 2 if len(rising) else 12


def hills(profile: NDArray[np.int_], first: int, last: int, pitch: int) -> Iterator[tuple[int, int]]:
    window = max(3, pitch // 4)
    smooth = np.convolve(profile[first:last], np.ones(window) / window, "same")
    cuts, peak, valley, lowest = [0], 0.0, 0, np.inf
    for row, value in enumerate(smooth):
        if value < lowest:
            lowest, valley = value, row
        if lowest <= VALLEY * peak and value >= lowest / VALLEY and value >= VALLEY * peak and row - cuts[-1] > window:
            cuts.append(valley)
            peak, lowest = value, np.inf
        if value > peak:
            peak, lowest = value, value
    cuts.append(last - first)
    yield from ((first + a, first + b) for a, b in pairwise(cuts) if b - a >= THINNEST)
