"""Cut a page into lines where nothing says where they are: by the profile of ink across the page.

The page is laid straight, parted at its rules and gutters (an XY-cut: Nagy & Seth 1984), and each part cut by
projection profiles after what skew is left has been taken out by shearing (Likforman-Sulem, Zahour & Taconet 2007,
doi:10.1007/s10032-006-0023-z). Good enough for type, tidy hands and ruled forms; pages without lines yield nothing.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import atan, cos, degrees, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from .layout import Line

WORKING_SIDE = 1200  # pixels of the long side that the cutting looks at
BACKGROUND = 25  # the paper's tone is taken from a box that reaches a 25th of the page to each side
FAINTEST = 24  # grey levels between paper and ink; less is the scanner's noise
RULE = 20  # an unbroken stroke as long as a 20th of the page is a ruled line or the sheet's edge, no writing
SHORTEST_RULE = 36  # working pixels, on small pictures
THICKEST = 14  # working pixels: more is a shadow, no rule
ACROSS, DOWN = 0.5, 0.5  # of the part's side: so far goes a rule that parts it
CROSSING = 0.02  # of a level rule's length: more ink on it is writing that crosses
LEAST_TURN = 0.1  # degrees
EDGE = 0.01  # of the page's side: shadows of the scanner's lid
GUTTER = 0.018  # of the page's width without ink: between two columns
EMPTY = 0.08  # of the ink in a well-filled column of dots: specks and show-through
SPECK = 8  # dots of ink
NARROWEST_COLUMN = 0.12  # of the page's width
SLOPES = np.linspace(-0.035, 0.035, 29)  # two degrees either way
AS_GOOD = 0.97  # of the best slope's unevenness: then the one nearer to level is taken
SAMPLE = 20_000  # dots of ink that the slope is looked for in
VALLEY = 0.45  # between two lines the profile falls to this share of the lower of their peaks
ALIKE = 0.6  # of the profile's best likeness to itself: the distance of two lines, not a multiple of it
WEAK = 0.05  # of the strong rows' ink: less is no line
THINNEST = 4  # working pixels of a line's height
SLIVER = 0.4  # of the usual height of the page's lines: less is an edge or a rule
BLOT = 0.5  # of a box
FILLED = 0.75  # of a box
AROUND = 6  # working pixels
BESIDE_RULE = 3  # working pixels on either side of an upright rule belong to it
STACKED, WIDE = 4, 0.045  # a gutter has so many lines on either side, or is so much of a page wide
BLACK = 0.25  # of the way from the darkest tone to the paper's
SHORTEST = 6  # working pixels of a line's width
MOST_LINES = 600  # more is a halftone or a texture, not writing

Ink = NDArray[np.bool_]
Places = NDArray[np.int32]
Box = tuple[int, int, int, int]  # left, upper, right, lower


def cut_into_lines(image: Image.Image) -> list[Line]:
    """Return the lines part by part from the top, in pixels of ``image``; none where nothing looks like one."""
    factor, grey = reduction(image), working_copy(image)
    angle = skew_of(grey)
    grey = straightened(grey, angle)
    ink, upright, level = told_apart(grey)
    parts = list(parts_of(ink, upright, level))
    boxes = [box for part in parts for box in lines_in(ink, part)]
    if len(boxes) > MOST_LINES:
        return []
    likely = likely_lines(boxes, np.asarray(grey), ink)
    return [scaled(turned_back(box, angle, *grey.size), factor, *image.size) for box in likely]


def reduction(image: Image.Image) -> int:
    return max(1, round(max(image.size) / WORKING_SIDE))


def working_copy(image: Image.Image) -> Image.Image:
    return image.reduce(reduction(image)).convert("L")


def skew_of(grey: Image.Image) -> float:
    """Return by how many degrees the page has to be turned for its lines to lie level."""
    down, across = (places.astype(np.int32) for places in np.nonzero(without_rim(ink_of(grey))))
    if not len(down):
        return 0.0
    return degrees(atan(slope_of(down, across)))


def straightened(grey: Image.Image, angle: float) -> Image.Image:
    """Return the page turned about its middle."""
    if abs(angle) < LEAST_TURN:
        return grey
    paper = int(np.median(np.asarray(grey)[::4, ::4]))
    return grey.rotate(angle, Image.Resampling.BILINEAR, fillcolor=paper)


def turned_back(box: Box, angle: float, width: int, height: int) -> Box:
    """Return where on the page as it came a box of the straightened page lies: its middle, in its own size."""
    if abs(angle) < LEAST_TURN:
        return box
    left, upper, right, lower = box
    x, y = (left + right - width) / 2, (upper + lower - height) / 2
    turn = radians(angle)
    across = width / 2 + x * cos(turn) - y * sin(turn) - (left + right) / 2
    down = height / 2 + x * sin(turn) + y * cos(turn) - (upper + lower) / 2
    rise = round(abs(sin(turn)) * (right - left) / 2)  # a long line that slopes takes more height
    moved = round(left + across), round(upper + down) - rise, round(right + across), round(lower + down) + rise
    return max(0, moved[0]), max(0, moved[1]), min(width, moved[2]), min(height, moved[3])


def likely_lines(boxes: list[Box], grey: NDArray[np.uint8], ink: Ink) -> list[Box]:
    """Leave out slivers along edges and rules, and boxes that are nearly all black or ink: punched holes, the rim."""
    if not boxes:
        return []
    usual = float(np.median([lower - upper for _left, upper, _right, lower in boxes]))
    dark, paper = np.percentile(grey[ink], 5), np.median(grey[::4, ::4])
    black = grey < dark + BLACK * (paper - dark)
    return [
        (left, upper, right, lower)
        for left, upper, right, lower in boxes
        if lower - upper >= SLIVER * usual
        and black[upper:lower, left:right].mean() < BLOT
        and filling(grey, (left, upper, right, lower)) < FILLED
    ]


def filling(grey: NDArray[np.uint8], box: Box) -> float:
    """Return how much of a box is darker than the paper just around it."""
    left, upper, right, lower = box
    around = grey[max(0, upper - AROUND) : lower + AROUND, max(0, left - AROUND) : right + AROUND]
    return float((grey[upper:lower, left:right] < np.percentile(around, 90) - FAINTEST).mean())


def scaled(box: Box, factor: int, width: int, height: int) -> Line:
    left, upper, right, lower = (side * factor for side in box)
    return Line(left, upper, min(right, width) - left, min(lower, height) - upper)


def ink_of(grey: Image.Image) -> Ink:
    """Tell ink from paper by the tone around it, so that stains and shadows do not count."""
    darker = darkness_of(grey)
    spread = np.cumsum(np.bincount(darker.ravel(), minlength=256)) / darker.size
    full = int(np.searchsorted(spread, 0.995))
    return darker > max(FAINTEST, 0.4 * full)


def darkness_of(grey: Image.Image) -> NDArray[np.uint8]:
    """Return how much darker than the paper around it each dot is."""
    paper = grey.filter(ImageFilter.BoxBlur(max(8, max(grey.size) // BACKGROUND)))
    return np.asarray(ImageChops.subtract(paper, grey))


def told_apart(grey: Image.Image) -> tuple[Ink, Ink, Ink]:
    """Return the writing, the upright and the level rules. Rules may be fainter than ink and a little crooked."""
    ink, faint = ink_of(grey), darkness_of(grey) > FAINTEST
    longest = max(SHORTEST_RULE, max(ink.shape) // RULE)
    upright = straight(thickened(faint), longest)
    level = straight(thickened(faint.T), longest).T
    return without_rim(ink & ~upright & ~level), upright, level


def thickened(ink: Ink) -> Ink:
    """Return the dots and their neighbours to the left and right."""
    wider = ink.copy()
    wider[:, 1:] |= ink[:, :-1]
    wider[:, :-1] |= ink[:, 1:]
    return wider


def without_rim(ink: Ink) -> Ink:
    """Take out the rim of the scan."""
    ink = ink.copy()
    down, across = (max(1, round(side * EDGE)) for side in ink.shape)
    ink[:down], ink[-down:], ink[:, :across], ink[:, -across:] = False, False, False, False
    return ink


def straight(ink: Ink, length: int) -> Ink:
    """Return the dots that lie in an unbroken vertical stroke of at least ``length``."""
    if length >= len(ink):
        return np.zeros_like(ink)
    full = windows(ink, length) == length
    around = np.pad(full, ((length - 1, length - 1), (0, 0)))
    return windows(around, length) > 0


def windows(flags: Ink, length: int) -> NDArray[np.int16]:
    """Return how many flags are set in each vertical window of ``length`` rows; there are ``length - 1`` fewer rows."""
    sums = np.cumsum(np.pad(flags, ((1, 0), (0, 0))), axis=0, dtype=np.int16)
    return sums[length:] - sums[:-length]


def runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield first and one past last of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def parts_of(ink: Ink, upright: Ink, level: Ink) -> Iterator[Box]:
    """Part the page at level rules that no writing crosses, and each strip at its upright rules and its gutters."""
    height, width = ink.shape
    rows = [0, *rows_to_part_at(ink, level), height]
    for upper, lower in pairwise(rows):
        strip, rules = ink[upper:lower], upright[upper:lower]
        if not strip.any():
            continue
        for left, right in pairwise([-BESIDE_RULE, *columns_to_part_at(rules), width + BESIDE_RULE]):
            left, right = left + BESIDE_RULE, right - BESIDE_RULE
            if right - left >= SHORTEST:
                for first, last in columns_of(strip[:, left:right], width):
                    yield left + first, upper, left + last, lower


def rows_to_part_at(ink: Ink, level: Ink) -> Iterator[int]:
    """Yield the middle of each level rule that goes most of the way across and has no writing on it."""
    width = ink.shape[1]
    for first, last in runs(level.sum(axis=1) >= ACROSS * width):
        around = ink[max(0, first - 2) : last + 2]
        if last - first <= THICKEST and around.any(axis=0).sum() <= CROSSING * width:
            yield (first + last) // 2


def columns_to_part_at(upright: Ink) -> Iterator[int]:
    """Yield the middle of each upright rule that goes most of the way down."""
    for first, last in runs(upright.sum(axis=0) >= DOWN * len(upright)):
        if last - first <= THICKEST:
            yield (first + last) // 2


def columns_of(ink: Ink, width: int) -> list[tuple[int, int]]:
    """Cut a part in the middle of its gutters; a strip too narrow for a column stays with its left neighbour.

    ``width`` is the page's.
    """
    density = ink.mean(axis=0)
    empty = density <= EMPTY * np.quantile(density, 0.9)
    cuts = [0]
    for first, last in runs(empty):
        cut = (first + last) // 2
        enough = min(cut - cuts[-1], ink.shape[1] - cut) >= NARROWEST_COLUMN * width
        wide = last - first >= WIDE * width or (
            last - first >= GUTTER * width and min(stacked(ink[:, cuts[-1] : cut]), stacked(ink[:, cut:])) >= STACKED
        )
        if enough and wide:
            cuts.append(cut)
    return list(pairwise([*cuts, ink.shape[1]]))


def stacked(ink: Ink) -> int:
    """Return how many bands of ink stand one below the other: many in a column, few where lines stand by chance."""
    return sum(last - first >= THINNEST for first, last in runs(ink.any(axis=1)))


def lines_in(ink: Ink, part: Box) -> Iterator[Box]:
    """Yield the lines of one part of the page."""
    left, upper, right, lower = part
    for box in lines_of(ink[upper:lower, left:right], left):
        yield box[0], box[1] + upper, box[2], box[3] + upper


def slope_of(down: Places, across: Places) -> float:
    """Return the slope whose profile is the most uneven: there the lines lie level."""
    some = slice(None, None, max(1, len(down) // SAMPLE))
    down, across = down[some], across[some]
    uneven = np.array([np.square(np.diff(np.bincount(levelled(down, across, slope)))).sum() for slope in SLOPES])
    good = SLOPES[uneven >= AS_GOOD * uneven.max()]
    return float(good[np.argmin(np.abs(good))])


def levelled(down: Places, across: Places, slope: float) -> Places:
    """Return the row of each dot of ink once the lines lie level; the page's left edge stays where it is."""
    rows = down - np.rint(slope * across).astype(np.int32)
    return rows - min(0, int(rows.min()))


def lines_of(ink: Ink, offset: int) -> Iterator[Box]:
    """Yield left, upper, right, lower of each line of one column, ``offset`` working pixels from the page's left."""
    down, across = (places.astype(np.int32) for places in np.nonzero(ink))
    if not len(down):
        return
    slope = slope_of(down, across)
    rows = levelled(down, across, slope)
    order = np.argsort(rows, kind="stable")
    down, across, rows = down[order], across[order], rows[order]
    for upper, lower in bands_of(np.bincount(rows)):
        band = slice(*np.searchsorted(rows, (upper, lower)))
        left, right = extent(np.bincount(across[band]), lower - upper)
        if right - left >= SHORTEST:
            inside = down[band][(across[band] >= left) & (across[band] < right)]
            yield left + offset, int(inside.min()), right + offset, int(inside.max()) + 1


def extent(counts: NDArray[np.int_], gap: int) -> tuple[int, int]:
    """Return first and one past last column of a line's ink, without specks that lie ``gap`` away from anything."""
    near = np.convolve(counts > 0, np.ones(2 * gap + 1), "same")[: len(counts)] > 0
    words = [(first, last) for first, last in runs(near) if counts[first:last].sum() >= SPECK]
    if not words:
        return 0, 0
    inked = np.flatnonzero(counts[words[0][0] : words[-1][1]]) + words[0][0]
    return int(inked[0]), int(inked[-1]) + 1


def bands_of(profile: NDArray[np.int_]) -> Iterator[tuple[int, int]]:
    """Yield first and one past last row of each line: hills of the profile, parted at its valleys."""
    strong, pitch = float(np.percentile(profile[profile > 0], 90)), pitch_of(profile)
    for first, last in runs(profile > max(2.0, WEAK / 2 * strong)):
        if last - first >= THINNEST and profile[first:last].max() >= WEAK * strong:
            yield from hills(profile, first, last, pitch)


def pitch_of(profile: NDArray[np.int_]) -> int:
    """Return the distance of neighbouring lines in rows, by the profile's likeness to itself; 12 when it has none."""
    wave = profile - profile.mean()
    likeness = np.correlate(wave, wave, "full")[len(wave) :]  # from a distance of one row on
    peaks = (likeness[1:-1] > likeness[:-2]) & (likeness[1:-1] >= likeness[2:]) & (likeness[1:-1] > 0)
    rows = np.flatnonzero(peaks) + 2
    rows = rows[rows >= 2 * THINNEST]
    if not len(rows):
        return 12
    return int(rows[likeness[rows - 1] >= ALIKE * likeness[rows - 1].max()][0])


def hills(profile: NDArray[np.int_], first: int, last: int, pitch: int) -> Iterator[tuple[int, int]]:
    """Part lines that touch where the profile falls between them, no closer than half their usual distance."""
    window = max(3, pitch // 4)
    smooth = np.convolve(profile[first:last], np.ones(window) / window, "same")
    cuts, peak, valley, lowest = [0], 0.0, 0, np.inf
    for row, value in enumerate(smooth):
        if value < lowest:
            lowest, valley = value, row
        apart = min(valley - cuts[-1], last - first - valley) >= pitch // 2
        if apart and lowest <= VALLEY * min(peak, value):
            cuts.append(valley)
            peak, lowest = value, np.inf
        if value > peak:
            peak, lowest = value, value
    cuts.append(last - first)
    yield from ((first + a, first + b) for a, b in pairwise(cuts))
