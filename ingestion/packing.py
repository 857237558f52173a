"""Cut the regions of a page out of the picture and put the crops, one JPEG after the other, into one file."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from .exchange import Cut
from .layout import Line

MARGIN = 0.35  # of the line's height, on each side: ascenders, and a look at the neighbours
WIDEST_MARGIN = 0.02  # of the page's long side; a region as tall as the page needs none
WIDEST = 2200  # pixels of a crop: a line across an A4 page at 300 dpi stays as it is
TALLEST = 3200
QUALITY = 82


def box_of(line: Line, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, upper, right, lower of a line's crop on a page of this size."""
    margin = round(min(MARGIN * line.height, WIDEST_MARGIN * max(width, height)))
    return (
        max(0, line.x - margin),
        max(0, line.y - margin),
        min(width, line.x + line.width + margin),
        min(height, line.y + line.height + margin),
    )


def crop_of(image: Image.Image, line: Line) -> Image.Image:
    left, upper, right, lower = box = box_of(line, *image.size)
    scale = min(1, WIDEST / (right - left), TALLEST / (lower - upper))
    if scale == 1:
        return image.crop(box)
    size = max(1, round((right - left) * scale)), max(1, round((lower - upper) * scale))
    return image.resize(size, Image.Resampling.HAMMING, box=box, reducing_gap=2.0)


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def crops_of(image: Image.Image, lines: Sequence[Line]) -> Iterator[tuple[Cut, bytes]]:
    at = 0
    for line in lines:
        crop = crop_of(image, line)
        data = jpeg(crop)
        yield Cut(line.x, line.y, line.width, line.height, line.text, at, len(data), *crop.size), data
        at += len(data)


def pack(image: Image.Image, lines: Sequence[Line], path: Path) -> tuple[tuple[Cut, ...], str]:
    """Write the crops of ``lines`` to ``path``; return where each lies and the file's SHA-256."""
    cuts, content = [], hashlib.sha256()
    with path.open("wb") as file:
        for cut, data in crops_of(image, lines):
            cuts.append(cut)
            content.update(data)
            file.write(data)
        on_disk(file.fileno(), file)
    return tuple(cuts), content.hexdigest()


def write_page(image: Image.Image, path: Path) -> str:
    """Write the derivative to ``path`` and return its SHA-256."""
    data = jpeg(image)
    with path.open("wb") as file:
        file.write(data)
        on_disk(file.fileno(), file)
    return hashlib.sha256(data).hexdigest()


def on_disk(handle: int, file: io.BufferedIOBase) -> None:
    file.flush()
    os.fsync(handle)
