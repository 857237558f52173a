"""The two dialects of page layout, each read from a stream of elements: ALTO 2 to 4 and PAGE 2010 to 2019.

https://www.loc.gov/standards/alto/ and https://ocr-d.de/en/gt-guidelines/pagexml/pagecontent_xsd_Complex_Type_pcGtsType.html
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from .errors import Refused

DEEPEST = 100  # elements within elements; real files have some twenty
Box = tuple[float, float, float, float]  # left, upper, right, lower


@dataclass
class WrittenLine:
    """A line as the file has it: in the file's unit, text as written, perhaps without a usable box."""

    box: Box | None = None
    text: str = ""
    region: str = ""
    words: list[str] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)


def number(text: str | None) -> float:
    """Return a finite number, NaN for anything else."""
    try:
        value = float(text or "nan")
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def points_of(text: str) -> list[tuple[float, float]]:
    """Read ``1,2 3,4`` or ``1 2 3 4``."""
    numbers = [number(part) for part in text.replace(",", " ").split()]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def around(points: Iterable[tuple[float, float]]) -> Box | None:
    known = [point for point in points if not math.isnan(point[0] + point[1])]
    if not known:
        return None
    across, down = zip(*known, strict=True)
    return min(across), min(down), max(across), max(down)


class Reader:
    """A parser target: keeps the path of open elements and collects lines. Subclasses know one dialect."""

    def __init__(self, most_lines: int) -> None:
        self.path: list[str] = []
        self.said: list[str] = []
        self.lines: list[WrittenLine] = []
        self.most_lines = most_lines
        self.pages = 0
        self.width = self.height = math.nan
        self.unit = "pixel"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(tag.rpartition("}")[2])
        if len(self.path) > DEEPEST:
            raise Refused("layout_too_deep")
        self.said.clear()
        self.opened(self.path[-1], attributes)

    def data(self, text: str) -> None:
        self.said.append(text)

    def end(self, tag: str) -> None:
        self.closed(self.path.pop(), "".join(self.said))
        self.said.clear()

    def close(self) -> "Reader":
        return self

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def closed(self, name: str, text: str) -> None:
        raise NotImplementedError

    def in_reading_order(self) -> list[WrittenLine]:
        return self.lines

    @property
    def line(self) -> WrittenLine:
        return self.lines[-1]

    @property
    def parent(self) -> str:
        return self.path[-2] if len(self.path) > 1 else ""

    def begin_page(self, width: str | None, height: str | None) -> None:
        self.pages += 1
        if self.pages > 1:
            raise Refused("layout_of_several_pages")
        self.width, self.height = number(width), number(height)

    def begin_line(self, line: WrittenLine) -> None:
        if len(self.lines) >= self.most_lines:
            raise Refused("too_many_lines", limit=self.most_lines)
        self.lines.append(line)


class AltoReader(Reader):
    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Page":
            self.begin_page(attributes.get("WIDTH"), attributes.get("HEIGHT"))
        elif name == "TextLine":
            self.begin_line(WrittenLine(box_of(attributes)))
        elif "TextLine" in self.path:
            self.within_line(name, attributes)

    def within_line(self, name: str, attributes: dict[str, str]) -> None:
        if name == "String":
            self.line.words.append(attributes.get("CONTENT", ""))
            self.line.points += corners(box_of(attributes))
        elif name == "HYP" and self.line.words:
            self.line.words[-1] += attributes.get("CONTENT", "")
        elif name == "Polygon" and self.path[-3:-1] == ["TextLine", "Shape"] and self.line.box is None:
            self.line.box = around(points_of(attributes.get("POINTS", "")))

    def closed(self, name: str, text: str) -> None:
        if name == "MeasurementUnit":
            self.unit = text.strip().lower()
        elif name == "TextLine":
            self.line.text = " ".join(self.line.words)
            if self.line.box is None:
                self.line.box = around(self.line.points)


def box_of(attributes: dict[str, str]) -> Box | None:
    """Return ALTO's HPOS, VPOS, WIDTH, HEIGHT as a box; None where one is missing or no number."""
    left, upper, width, height = (number(attributes.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return None if math.isnan(left + upper + width + height) else (left, upper, left + width, upper + height)


def corners(box: Box | None) -> list[tuple[float, float]]:
    return [] if box is None else [(box[0], box[1]), (box[2], box[3])]


class PageReader(Reader):
    def __init__(self, most_lines: int) -> None:
        super().__init__(most_lines)
        self.regions: list[str] = []
        self.order: dict[str, tuple[int, float]] = {}
        self.groups = 0
        self.readings: list[tuple[float, str]] = []
        self.choice = 0.0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Page":
            self.judge_picture(attributes.get("imageFilename", ""))
            self.begin_page(attributes.get("imageWidth"), attributes.get("imageHeight"))
        elif name == "TextRegion":
            self.regions.append(attributes.get("id", ""))
        elif name == "TextLine":
            self.readings.clear()
            self.begin_line(WrittenLine(region=self.regions[-1] if self.regions else ""))
        elif name.endswith("Group"):
            self.groups += 1
        elif name in {"RegionRef", "RegionRefIndexed"}:
            place = self.groups, number(attributes.get("index", str(len(self.order))))
            self.order.setdefault(attributes.get("regionRef", ""), place)
        elif "TextLine" in self.path:
            self.within_line(name, attributes)

    def judge_picture(self, name: str) -> None:
        """The name is never opened; one that leads out of its folder says that the file means no good."""
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or "://" in name:
            raise Refused("layout_points_outside", name=name[:80])

    def within_line(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Coords" and self.parent == "TextLine":
            self.line.points += points_of(attributes.get("points", ""))
        elif name == "Point" and self.path[-3:-1] == ["TextLine", "Coords"]:
            self.line.points.append((number(attributes.get("x")), number(attributes.get("y"))))
        elif name == "TextEquiv":
            self.choice = number(attributes.get("index", "0"))

    def closed(self, name: str, text: str) -> None:
        if name == "TextRegion":
            self.regions.pop()
        elif name == "Unicode" and self.path[-2:] == ["TextLine", "TextEquiv"]:
            self.readings.append((self.choice, text))
        elif name == "Unicode" and self.path[-2:] == ["Word", "TextEquiv"]:
            self.line.words.append(text)
        elif name == "TextLine":
            self.line.box = around(self.line.points)
            self.line.text = min(self.readings)[1] if self.readings else " ".join(self.line.words)

    def in_reading_order(self) -> list[WrittenLine]:
        """Regions in the order that the file states, those it leaves out after them; ``sorted`` keeps the rest."""
        last = self.groups + 1, 0.0
        return sorted(self.lines, key=lambda line: self.order.get(line.region, last))


DIALECTS = {"alto": AltoReader, "PcGts": PageReader}
