"""Open a stranger's picture and make it plain: upright, 8 bit, grey or RGB, without metadata."""

import contextlib
import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import Refused
from .exchange import Limits
from .layout import usable_dpi

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
SMALLEST = 10  # pixels a side: less holds no writing
LONG_SIDE = 2400  # pixels of a page as volunteers see it, at most
SHARP_ENOUGH = 1700  # pixels: 150 dpi of an A4 page
NEW_SUBFILE_TYPE = 254
REDUCED = 1  # bit of NewSubfileType: a thumbnail of another frame
MOST_FRAMES = 5_000  # thumbnails included
STRIP = 256  # rows
BITS = (8, 12, 16)  # of grey; scanners store 12 in 16


def open_picture(path: Path, limits: Limits, frame: int = 0) -> tuple[Image.Image, float | None]:
    """Return the picture as mode L or RGB, upright, with empty ``info``, and its resolution in dots per inch where the
    file states one. Raises ``Refused``."""
    with opened(path, limits) as image:
        if frame:
            image.seek(frame)
        dpi = usable_dpi(image.info.get("dpi"))
        return decoded(image, limits), dpi


@contextlib.contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Image.Image]:
    """Open a picture without decoding it; whatever goes wrong with it inside the ``with`` ends as ``Refused``."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            # Not by its path: Pillow would map an uncompressed TIFF into memory, and garbles those that lie on a side.
            with path.open("rb") as file, Image.open(file, formats=FORMATS) as image:
                yield image
        except (Refused, MemoryError):
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise Refused("too_many_pixels", limit=limits.pixels // 1_000_000) from None
        except UnidentifiedImageError:
            raise Refused("unopenable_picture") from None
        except Exception as error:  # a decoder fed with garbage raises anything, and tells what only by its words
            raise Refused("cut_off_picture" if "truncated" in str(error) else "damaged_picture") from error


def decoded(image: Image.Image, limits: Limits) -> Image.Image:
    judge_size(image, limits)
    image.load()
    return plain(image)


def judge_size(image: Image.Image, limits: Limits) -> None:
    """A few bytes can claim any size, so this comes before the first pixel is read."""
    if image.width * image.height > limits.pixels:
        raise Refused("too_many_pixels", limit=limits.pixels // 1_000_000)
    if min(image.size) < SMALLEST:
        raise Refused("too_small", width=image.width, height=image.height)


def pages_of_tiff(image: Image.Image, limits: Limits) -> list[int]:
    """Return the frames of a TIFF that are pages, the first included; thumbnails of another frame do not count."""
    pages = [0]
    for frame in range(1, MOST_FRAMES):
        try:
            image.seek(frame)
        except EOFError:
            if image.tag_v2.next:  # type: ignore[attr-defined]  # only TIFF has tags
                raise Refused("circular_picture") from None
            return pages
        if not int(image.tag_v2.get(NEW_SUBFILE_TYPE, 0)) & REDUCED:  # type: ignore[attr-defined]  # only TIFF has tags
            pages.append(frame)
        if len(pages) > limits.pages:
            break
    raise Refused("too_many_pages", limit=limits.pages)


def plain(image: Image.Image) -> Image.Image:
    image = grey_or_rgb(image)
    ImageOps.exif_transpose(image, in_place=True)
    image.info = {}  # else a comment of the original would be written into each crop
    return image


def grey_or_rgb(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return eight_bits(image)
    if image.has_transparency_data:
        return on_white(image)
    return image.convert("L" if image.mode == "LA" else "RGB")


def on_white(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"}:
        image = image.convert("RGBA")
    paper = Image.new("L" if image.mode == "LA" else "RGB", image.size, "white")
    paper.paste(image.convert("L") if image.mode == "LA" else image, mask=image.getchannel("A"))
    paper.info = {key: value for key, value in image.info.items() if key == "exif"}
    return paper


def eight_bits(image: Image.Image) -> Image.Image:
    """Scale deeper grey to 8 bit: integers by the least number of bits that holds them, fractions by their range."""
    extremes = [(float(np.nanmin(grey)), float(np.nanmax(grey))) for _top, grey in strips(image)]
    low, high = min(low for low, _high in extremes), max(high for _low, high in extremes)
    if image.mode == "F" or low < 0 or high >= 2 ** BITS[-1]:
        scale = 255 / (high - low) if high > low else 0.0
    else:
        low, scale = 0.0, 255 / (2 ** next(bits for bits in BITS if high < 2**bits) - 1)
    shallow = Image.new("L", image.size)
    for top, grey in strips(image):
        light = np.nan_to_num((grey - np.float32(low)) * np.float32(scale)).clip(0, 255)
        shallow.paste(Image.fromarray(light.astype(np.uint8)), (0, top))
    shallow.info = {key: value for key, value in image.info.items() if key == "exif"}
    return shallow


def strips(image: Image.Image) -> Iterator[tuple[int, NDArray]]:
    """Yield the picture's numbers piece by piece: all at once would take several times its memory."""
    for top in range(0, image.height, STRIP):
        yield top, np.asarray(image.crop((0, top, image.width, min(image.height, top + STRIP))))


def page_of(image: Image.Image) -> Image.Image:
    """Return the page as volunteers see it around a line. A whole factor is six times faster than any other."""
    long = max(image.size)
    factor = math.ceil(long / LONG_SIDE)
    if factor == 1:
        return image
    if long >= factor * SHARP_ENOUGH:
        return image.reduce(factor)
    scale = LONG_SIDE / long
    return image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)), Image.Resampling.HAMMING)
