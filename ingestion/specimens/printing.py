"""Set a newspaper's front page in blackletter: masthead, justified columns, rules, advertisements, on old paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from . import ageing
from .ageing import Wear
from .faces import BLACKLETTER, BOLD_BLACKLETTER, LONG_S, check, letter_width, load, long_s, width_of
from .looks import Colour
from .placing import Box, DrawnLine, Picture, Pose, around, widened
from .reporting import PART, Issue, Notice
from .scanning import encode

COLUMN, GUTTER = 452, 38  # pixels
BODY, LEAD = 31, 40  # size of the letters and distance of their lines
HEADING, SHOUT = 42, 54  # sizes
HEIGHTS = {2: 1420, 3: 1960, 4: 2560}
SIDE, TOP, FOOT = 84, 70, 76
INDENT = 34
ASCENT, DESCENT, OVERHANG = 0.9, 0.29, 0.06  # of an em: how far letters reach from their places
TIGHTEST = 0.2  # of an em: the least space between two words
INK = (34, 30, 28)
BED = (58, 55, 52)
PAPERS: tuple[Colour, ...] = ((233, 218, 184), (226, 208, 170), (236, 224, 194), (220, 204, 172))
HYPHEN = "-"


@dataclass(frozen=True)
class SetLine:
    """A line of type: where each of its words begins, and the baseline."""

    words: tuple[str, ...]
    starts: tuple[float, ...]
    baseline: float
    face: str
    size: int
    block: int


def draw_front(issue: Issue, columns: int, wear: Wear, rng: Random, stamp: str, year: int) -> Picture:
    """Print an issue in this number of columns, and let the paper age."""
    noise = np.random.default_rng(rng.getrandbits(64))
    size = (2 * SIDE + columns * COLUMN + (columns - 1) * GUTTER, HEIGHTS[columns])
    ink = Image.new("L", size)
    lines = compose(issue, columns, size, ink)
    press = Press(ink, rng)
    words = [press.set_line(line) for line in lines]
    shade = ageing.paper(size, rng.choice(PAPERS), wear, noise)
    ageing.age(shade, wear, rng, noise)
    sheet = ageing.sheet_of(shade, size)
    worn = (0.9 + ageing.clouds(noise, size, 60, 0.05) + ageing.clouds(noise, size, 2, 0.1 * wear.uneven)).clip(0.35, 1)
    ageing.show_through(sheet, ink, (98, 84, 66), wear.bleed)
    sheet.paste(INK, mask=Image.fromarray((np.asarray(ink) * worn).astype(np.uint8)))
    _leave_traces(sheet, stamp, year, wear, rng)
    pose = Pose(*size, rng.uniform(-0.4, 0.4))
    scan = ageing.develop(pose.scan(_lay_on_bed(sheet, rng, noise), BED), noise)
    placed = tuple(
        DrawnLine(
            " ".join(line.words), pose.place(widened(around(boxes), 8, 2)), tuple(map(pose.place, boxes)), line.block
        )
        for line, boxes in zip(lines, words, strict=True)
    )
    return Picture(encode(scan), *size, placed)


def compose(issue: Issue, columns: int, size: tuple[int, int], ink: Image.Image) -> list[SetLine]:
    """Set masthead and columns from the left; rules go onto ``ink`` at once."""
    pen = ImageDraw.Draw(ink)
    lines, top = _masthead(issue, size, pen)
    bottom = size[1] - FOOT
    for column in range(1, columns):
        x = SIDE + column * (COLUMN + GUTTER) - GUTTER // 2
        pen.line((x, top + 4, x, bottom), fill=200, width=2)
    flow = Flow(issue.notices, top, bottom, columns, pen)
    return lines + flow.fill()


def _masthead(issue: Issue, size: tuple[int, int], pen: ImageDraw.ImageDraw) -> tuple[list[SetLine], int]:
    width, _height = size
    scale = min(150, int(150 * (width - 2.6 * SIDE) / width_of(BOLD_BLACKLETTER, 150, issue.title)))
    base = TOP + scale
    title = _centred(issue.title, width / 2, base, BOLD_BLACKLETTER, scale, 0)
    y = base + round(scale * 0.42)
    for offset, thick in ((0, 5), (9, 2), (66, 2), (74, 2)):
        pen.line((SIDE, y + offset, width - SIDE, y + offset), fill=235, width=thick)
    left, middle, right = issue.dateline
    line = _from_left(left, SIDE + 6, y + 50, BLACKLETTER, 34, 1)
    date = _centred(middle, width / 2, y + 50, BLACKLETTER, 34, 2)
    at = width - SIDE - 6 - width_of(BLACKLETTER, 34, right)
    return [title, line, date, _from_left(right, at, y + 50, BLACKLETTER, 34, 3)], y + 92


def _from_left(text: str, x: float, baseline: float, face: str, size: int, block: int) -> SetLine:
    words, starts = text.replace(PART, "").split(), []
    for word in words:
        starts.append(x)
        x += width_of(face, size, f"{word} ")
    return SetLine(tuple(words), tuple(starts), baseline, face, size, block)


def _centred(text: str, middle: float, baseline: float, face: str, size: int, block: int) -> SetLine:
    whole = width_of(face, size, text.replace(PART, ""))
    return _from_left(text, middle - whole / 2, baseline, face, size, block)


class Flow:
    """Notices running down one column after the other."""

    def __init__(
        self, notices: Iterator[Notice], top: int, bottom: int, columns: int, pen: ImageDraw.ImageDraw
    ) -> None:
        self.notices, self.top, self.bottom, self.columns, self.pen = notices, top, bottom, columns, pen
        self.column, self.y, self.block = 0, top, 4
        self.running = False  # whether the paragraph has begun
        self.lines: list[SetLine] = []

    @property
    def left(self) -> int:
        return SIDE + self.column * (COLUMN + GUTTER)

    @property
    def full(self) -> bool:
        return self.column >= self.columns

    def fill(self) -> list[SetLine]:
        while not self.full:
            notice = next(self.notices)
            (self._advertise if notice.advertisement else self._tell)(notice)
        return self.lines

    def _has_room(self, height: int) -> bool:
        """Go on at the top of the next column where ``height`` does not fit below; there may be none."""
        if self.y + height > self.bottom:
            self.column, self.y, self.block = self.column + 1, self.top, self.block + 1
        return not self.full

    def _tell(self, notice: Notice) -> None:
        if not self._has_room(HEADING + 20 + 4 * LEAD):
            return
        self._head(notice.heading, BLACKLETTER, HEADING)
        for words, last in broken(notice.text, INDENT):
            if not self._has_room(LEAD):
                return
            self.y += LEAD
            self.lines.append(self._justified(words, last, 0 if self.running else INDENT))
            self.running = True
        self._close(110)

    def _head(self, heading: str, face: str, size: int) -> None:
        plain = heading.replace(PART, "")
        while width_of(face, size, plain) > COLUMN:
            size -= 2
        self.block, self.running = self.block + 1, False
        self.y += size + 14
        self.lines.append(_centred(plain, self.left + COLUMN / 2, self.y, face, size, self.block))
        self.y += 6

    def _justified(self, words: list[str], last: bool, indent: int) -> SetLine:
        taken = sum(width_of(BLACKLETTER, BODY, word) for word in words)
        space = letter_width(BLACKLETTER, BODY, " ") * 1.15
        if not last and len(words) > 1:
            space = (COLUMN - indent - taken) / (len(words) - 1)
        x, starts = float(self.left + indent), []
        for word in words:
            starts.append(x)
            x += width_of(BLACKLETTER, BODY, word) + space
        return SetLine(tuple(words), tuple(starts), self.y, BLACKLETTER, BODY, self.block)

    def _close(self, length: int) -> None:
        """End a notice with a short rule in the middle of the column."""
        self.y += 30
        if self.y + 30 < self.bottom:
            middle = self.left + COLUMN // 2
            self.pen.line((middle - length // 2, self.y, middle + length // 2, self.y), fill=215, width=2)

    def _advertise(self, notice: Notice) -> None:
        """Set an advertisement in a frame, its lines in the middle."""
        rows = [words for words, _last in broken(notice.text.replace(PART, ""), 0, COLUMN - 56)]
        height = SHOUT + 46 + LEAD * len(rows)
        if not self._has_room(height + 40):
            return
        upper = self.y + 20
        self.y = upper
        self._head(notice.heading, BOLD_BLACKLETTER, SHOUT - 8)
        for words in rows:
            self.y += LEAD
            line = _centred(" ".join(words), self.left + COLUMN / 2, self.y, BLACKLETTER, BODY, self.block)
            self.lines.append(line)
        self.y += 26
        self.pen.rectangle((self.left + 4, upper, self.left + COLUMN - 4, self.y), outline=220, width=3)
        self.pen.rectangle((self.left + 10, upper + 6, self.left + COLUMN - 10, self.y - 6), outline=190, width=1)
        self.y += 12


def broken(text: str, indent: int, room: int = COLUMN) -> list[tuple[list[str], bool]]:
    """Break a text into lines of whole or parted words; each with whether it is the last."""
    lines: list[list[str]] = [[]]
    tight, used = TIGHTEST * BODY, float(indent)
    for word in text.split():
        rest = word
        while rest:
            fitting, rest = _fitting(rest, room - used - (tight if lines[-1] else 0), bool(lines[-1]))
            if fitting:
                used += width_of(BLACKLETTER, BODY, fitting) + (tight if lines[-1] else 0)
                lines[-1].append(fitting)
            if rest:
                lines.append([])
                used = 0.0
    return [(line, number == len(lines) - 1) for number, line in enumerate(lines)]


def _fitting(word: str, room: float, may_wait: bool) -> tuple[str, str]:
    """Return what of a word fits into the room, with a hyphen where it is parted, and what remains of it."""
    if width_of(BLACKLETTER, BODY, word.replace(PART, "")) <= room:
        return word.replace(PART, ""), ""
    parts = word.split(PART)
    for count in range(len(parts) - 1, 0, -1):
        begin = "".join(parts[:count])
        if len(begin) > 1 and width_of(BLACKLETTER, BODY, begin + HYPHEN) <= room:
            return begin + HYPHEN, PART.join(parts[count:])
    return ("", word) if may_wait else (word.replace(PART, ""), "")


class Press:
    """Prints lines of type: no letter quite as high or as black as the next."""

    def __init__(self, ink: Image.Image, rng: Random) -> None:
        self.ink, self.pen, self.rng = ink, ImageDraw.Draw(ink), rng

    def set_line(self, line: SetLine) -> tuple[Box, ...]:
        """Print a line and return the boxes of its words."""
        return tuple(self._set_word(word, x, line) for word, x in zip(line.words, line.starts, strict=True))

    def _set_word(self, word: str, x: float, line: SetLine) -> Box:
        check(line.face, word)
        start = x
        for letter in word:
            black = int(self.rng.triangular(205, 255, 250))
            place = (round(x), round(line.baseline + self.rng.gauss(0, 0.3)))
            if letter == LONG_S:
                shape = long_s(line.face, line.size)
                self.pen.bitmap((place[0] - line.size // 2, place[1] - line.size * 3 // 2), shape, fill=black)
            else:
                self.pen.text(place, letter, font=load(line.face, line.size), anchor="ls", fill=black)
            x += letter_width(line.face, line.size, letter)
        beside = 2 + round(OVERHANG * line.size)
        left, upper = round(start) - beside, round(line.baseline - ASCENT * line.size) - 1
        return Box(left, upper, round(x) + beside - left, round(line.baseline + DESCENT * line.size) + 1 - upper)


def _leave_traces(sheet: Image.Image, stamp: str, year: int, wear: Wear, rng: Random) -> None:
    width, height = sheet.size
    if rng.random() < wear.stamps:
        colour = rng.choice(((52, 60, 128), (148, 40, 44), (60, 84, 66)))
        place = (round(rng.choice((0.2, 0.8)) * width), round(rng.uniform(0.45, 0.9) * height))
        ageing.press_stamp(sheet, stamp, year, colour, place, rng)
    if rng.random() < wear.pencil:
        ageing.pencil(sheet, rng.choice(("2 ex.", "Mf.", "1:a", "dupl.", "x")), (width - 210, 14), rng, 54)
    if rng.random() < wear.holes * 0.6:
        ageing.punch(sheet, BED, 44, tuple(height // 2 + step for step in (-420, 0, 420)), 12, rng)


def _lay_on_bed(sheet: Image.Image, rng: Random, noise: np.random.Generator) -> Image.Image:
    """Lay the sheet on the scanner's bed: its edges a little ragged, a shadow below and beside it."""
    width, height = sheet.size
    scene = Image.new("RGB", sheet.size, BED)
    rough = [_ragged(length, noise) for length in (width, width, height, height)]
    margins = [rng.randint(12, 24) for _ in range(4)]
    outline = (
        [(x, margins[0] + rough[0][x]) for x in range(0, width, 6)][3:-3]
        + [(width - margins[1] + rough[2][y], y) for y in range(0, height, 6)][4:-4]
        + [(x, height - margins[2] + rough[1][x]) for x in range(width - 1, 0, -6)][3:-3]
        + [(margins[3] + rough[3][y], y) for y in range(height - 1, 0, -6)][4:-4]
    )
    mask = Image.new("L", sheet.size)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    scene.paste((22, 21, 20), (5, 6), mask.reduce(2).resize(sheet.size))
    scene.paste(sheet, mask=mask)
    return scene


def _ragged(length: int, noise: np.random.Generator) -> list[float]:
    """Return how far an edge of the paper is from straight."""
    waves = ageing.clouds(noise, (length, 1), 190, 1.6) + ageing.clouds(noise, (length, 1), 12, 0.7)
    return [float(step) for step in waves[0]]
