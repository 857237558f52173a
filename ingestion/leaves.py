"""The pages of a document: a PDF, or a TIFF of several frames. Runs in the child process only.

A page of a PDF is drawn as a viewer shows it, at the resolution of the scan on it and at most at 300 dpi. Its scripts,
links and attachments are never looked at.
"""

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it ships no types
from PIL import Image
from pypdfium2 import raw

from .errors import Refused
from .exchange import Limits
from .hearsay import Said
from .recognition import HEAD, is_pdf
from .rendering import SMALLEST, open_picture, opened, pages_of_tiff

POINTS = 72  # an inch
FINEST, COARSEST = 300, 72  # dpi; a page that could only be drawn more coarsely shows no writing
LEAST_OF_A_SCAN = 150  # dpi: print and stamps over a coarse scan stay sharp
COVERING = 0.5  # of the page's area: what covers less is an ornament
MOST_RUNS = 5_000  # of text on a page
NOTHING_SAID = raw.FPDF_ERR_FILE  # never the reason: the file has been read by us before
MOST_DRAWN = 60_000_000  # pixels of a drawn page: A1 at 300 dpi


def survey(path: Path, limits: Limits) -> int:
    """Return the number of pages, 0 for a picture that is one page by itself. Raises ``Refused``."""
    if has_pdf_head(path):
        with pdf(path) as document:
            pages = len(document)
        if pages > limits.pages:
            raise Refused("too_many_pages", limit=limits.pages)
        return pages
    with opened(path, limits) as image:
        frames = pages_of_tiff(image, limits) if image.format == "TIFF" else [0]
    return len(frames) if len(frames) > 1 else 0


def has_pdf_head(path: Path) -> bool:
    with path.open("rb") as file:
        return is_pdf(file.read(HEAD))


def open_leaf(path: Path, number: int, limits: Limits) -> tuple[Image.Image, list[Said]]:
    """Return one page as mode L or RGB, and what the document says is written on it. Raises ``Refused``."""
    if has_pdf_head(path):
        with pdf(path) as document:
            page = document[number]
            image = drawn(page, limits)
            return image, text_on(page, *image.size)[: limits.lines]
    with opened(path, limits) as image:
        frame = pages_of_tiff(image, limits)[number]
    return open_picture(path, limits, frame)[0], []


@contextmanager
def pdf(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    raw.FPDF_LoadDocument(b"", None)  # PDFium keeps an error until the next: now it is NOTHING_SAID, not an old one
    try:
        document = pypdfium2.PdfDocument(path)
        try:
            yield document
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Refused("locked_document") from None
        if error.err_code == NOTHING_SAID:  # nothing is wrong but that there is nothing
            raise Refused("no_pages") from None
        raise Refused("damaged_document") from error


def drawn(page: pypdfium2.PdfPage, limits: Limits) -> Image.Image:
    image = page.render(scale=resolution(page, limits) / POINTS, rev_byteorder=True, prefer_bgrx=False).to_pil()
    image = image if image.mode in {"L", "RGB"} else image.convert("RGB")
    if min(image.size) < SMALLEST:
        raise Refused("too_small", width=image.width, height=image.height)
    extremes = image.getextrema()
    if all(low == high for low, high in (extremes if image.mode == "RGB" else [extremes])):
        raise Refused("blank_page")
    return image


def text_on(page: pypdfium2.PdfPage, width: int, height: int) -> list[Said]:
    """Return the runs of the page's text layer, placed on its picture of this size."""
    text = page.get_textpage()
    found = []
    for number in range(min(text.count_rects(), MOST_RUNS)):
        left, bottom, right, top = text.get_rect(number)
        corners = [on_picture(page, width, height, x, y) for x, y in ((left, top), (right, bottom))]
        (x1, x2), (y1, y2) = (sorted(side) for side in zip(*corners, strict=True))
        found.append(Said(x1, y1, x2, y2, text.get_text_bounded(left, bottom, right, top)))
    return found


def on_picture(page: pypdfium2.PdfPage, width: int, height: int, x: float, y: float) -> tuple[int, int]:
    """Return where a point of the page, turned and cropped as it may be, lies on its picture."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value, down.value


def resolution(page: pypdfium2.PdfPage, limits: Limits) -> float:
    """Return the dots per inch to draw a page at. Raises ``Refused`` for one that cannot be drawn legibly."""
    width, height = page.get_size()
    if width <= 0 or height <= 0 or not any(page.get_mediabox()):
        raise Refused("page_without_size")
    affordable = POINTS * math.sqrt(MOST_DRAWN / (width * height))
    if affordable < COARSEST:
        raise Refused("page_too_wide", width=round(width / POINTS * 2.54), height=round(height / POINTS * 2.54))
    wanted = min(FINEST, affordable, scan_resolution(page, width * height, limits))
    return wanted * (1 - 1e-6)  # sizes are rounded up: a hair too much would cost a row of dots and sharpness


def scan_resolution(page: pypdfium2.PdfPage, area: float, limits: Limits) -> float:
    """Return the dots per inch of the scan that covers the page; without one, the finest."""
    finest = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        pixels = math.prod(picture.get_px_size())
        if pixels > limits.pixels:
            raise Refused("too_many_pixels", limit=limits.pixels // 1_000_000)
        left, bottom, right, top = picture.get_bounds()
        if (covered := (right - left) * (top - bottom)) >= COVERING * area:
            finest = max(finest, POINTS * math.sqrt(pixels / covered))
    return max(finest, LEAST_OF_A_SCAN) if finest else FINEST
