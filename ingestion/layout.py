"""Read the lines of a page from its ALTO or PAGE XML file, as a stream and without trusting it."""

import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from .dialects import DIALECTS, Reader, WrittenLine
from .errors import Refused
from .exchange import Limits

CHUNK = 2**16
ASPECT = 0.01  # how far the layout's page may differ from the picture's proportions
THINNEST = 2  # pixels: less is no line
JOINERS = "\u200c\u200d"  # change how neighbours are written in Persian and the scripts of India
LONGEST_TEXT = 2000  # characters of a suggestion
UNITS_PER_INCH = {"mm10": 254, "inch1200": 1200}


@dataclass(frozen=True)
class Line:
    """A rectangle in pixels of the upright picture, and what the file says is written there (may be empty)."""

    x: int
    y: int
    width: int
    height: int
    text: str = ""


class AnyReader:
    """A parser target that becomes the reader of the dialect named by the root element."""

    def __init__(self, most_lines: int) -> None:
        self.most_lines = most_lines
        self.reader: Reader | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.reader is None:
            dialect = DIALECTS.get(tag.rpartition("}")[2])
            if dialect is None:
                raise Refused("unknown_layout", root=tag.rpartition("}")[2][:40])
            self.reader = dialect(self.most_lines)
        self.reader.start(tag, attributes)

    def data(self, text: str) -> None:
        if self.reader:
            self.reader.data(text)

    def end(self, tag: str) -> None:
        if self.reader:
            self.reader.end(tag)

    def close(self) -> Reader | None:
        return self.reader


def read_layout(path: Path, limits: Limits) -> Reader:
    """Return what the file says, in its own unit. Raises ``Refused``."""
    if path.stat().st_size > limits.layout_bytes:
        raise Refused("layout_too_large", limit=limits.layout_bytes // 2**20)
    parser = XMLParser(target=AnyReader(limits.lines), forbid_dtd=True)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.feed(chunk)
        return parser.close()
    except DefusedXmlException:
        raise Refused("layout_with_entities") from None
    except ParseError as error:
        raise Refused("damaged_layout", line=error.position[0]) from error
    except (LookupError, ValueError) as error:  # LookupError: an encoding nobody knows
        raise Refused("undecodable_layout") from error


def lines_for(layout: Reader, width: int, height: int, dpi: float | None) -> tuple[list[Line], int]:
    """Return the layout's lines in reading order on a picture of this size, and how many could not be used."""
    across, down = scales(layout, width, height, dpi)
    written = layout.in_reading_order()
    places: dict[tuple[int, int, int, int], Line] = {}
    for line in written:
        fitted = fit(line, across, down, width, height)
        if fitted:
            places.setdefault((fitted.x, fitted.y, fitted.width, fitted.height), fitted)
    return list(places.values()), len(written) - len(places)


def scales(layout: Reader, width: int, height: int, dpi: float | None) -> tuple[float, float]:
    """Return the factors from the layout's unit to pixels. Raises ``Refused`` when it describes another picture."""
    if layout.width > 0 and layout.height > 0:
        across, down = width / layout.width, height / layout.height
        if abs(across / down - 1) > ASPECT:
            raise Refused(
                "layout_of_another_picture",
                layout=f"{layout.width:.0f} × {layout.height:.0f}",
                picture=f"{width} × {height}",
            )
        return across, down
    if layout.unit in {"pixel", ""}:
        return 1.0, 1.0
    if layout.unit not in UNITS_PER_INCH or not dpi:
        raise Refused("unknown_unit", unit=layout.unit[:20])
    return (dpi / UNITS_PER_INCH[layout.unit],) * 2


def fit(line: WrittenLine, across: float, down: float, width: int, height: int) -> Line | None:
    """Scale and clip to the page; None for a line that lies outside it or has no area."""
    if line.box is None:
        return None
    left, upper, right, lower = line.box
    left, right = (round(min(max(x * across, 0), width)) for x in (left, right))
    upper, lower = (round(min(max(y * down, 0), height)) for y in (upper, lower))
    if min(right - left, lower - upper) < THINNEST:
        return None
    return Line(int(left), int(upper), int(right - left), int(lower - upper), tidy(line.text))


def tidy(text: str) -> str:
    """Return the text in NFC, on one line, without characters that no one could have written."""
    words = unicodedata.normalize("NFC", text).split()
    return " ".join("".join(filter(is_written, word)) for word in words)[:LONGEST_TEXT]


def is_written(character: str) -> bool:
    return character.isprintable() or character in JOINERS


def usable_dpi(value: object) -> float | None:
    """Return a picture's stated resolution when a scanner could have made it."""
    try:
        dpi = float(value[0] if isinstance(value, tuple) else value)  # type: ignore[arg-type]  # anything stands there
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return dpi if math.isfinite(dpi) and 30 <= dpi <= 5000 else None
