"""The faces that specimens are written, typed and printed in; a letter that a face lacks is never drawn."""

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
TYPEWRITER = "special-elite"
BLACKLETTER, BOLD_BLACKLETTER = "unifrakturmaguntia", "unifrakturcook"
ROMAN, BOLD_ROMAN = "old-standard-tt", "old-standard-tt-bold"
ROUND_HAND, PENCIL = "pinyon-script", "reenie-beanie"
HANDWRITING = (
    "cedarville-cursive", "dawning-of-a-new-day", "herr-von-muellerhoff", "la-belle-aurore", "marck-script",
    "mr-de-haviland",
)  # fmt: skip
FACES = (TYPEWRITER, BLACKLETTER, BOLD_BLACKLETTER, ROMAN, BOLD_ROMAN, ROUND_HAND, PENCIL, *HANDWRITING)
BOLD = {BOLD_BLACKLETTER, BOLD_ROMAN}
LONG_S = "ſ"
BAR = (0.18, 0.55, 0.40)  # of an em: what an f of these faces has on the right and a long s has not
NOBODYS = "\U0010fffd"  # a private character that no face has


class MissingLetter(ValueError):
    """A face has no shape for a letter."""


def file_of(face: str) -> Path:
    name, weight = face.removesuffix("-bold"), 700 if face in BOLD else 400
    return VENDOR / f"{name}-5.3.0" / f"{name}-latin-{weight}-normal.woff"


@cache
def load(face: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a face without ligatures and the like: they would depend on what is installed beside us."""
    return ImageFont.truetype(file_of(face), size, layout_engine=ImageFont.Layout.BASIC)


def lacking(face: str, text: str) -> str:
    """Return the letters of ``text`` that the face cannot show."""
    return "".join(letter for letter in sorted(set(text)) if not _has(face, letter))


@cache
def _has(face: str, letter: str) -> bool:
    if letter in {" ", "\u00ad"}:
        return True
    if letter == LONG_S and face in {BLACKLETTER, BOLD_BLACKLETTER}:
        return True
    font = load(face, 40)
    shape, nothing = font.getmask(letter), font.getmask(NOBODYS)
    return shape.getbbox() is not None and (shape.size, bytes(shape)) != (nothing.size, bytes(nothing))


def check(face: str, text: str) -> None:
    """Raise ``MissingLetter`` when the face lacks a letter of ``text``."""
    if missing := lacking(face, text):
        raise MissingLetter(f"{face} has no {missing!r} of {text!r}")


@cache
def letter_width(face: str, size: int, letter: str) -> float:
    return load(face, size).getlength("f" if letter == LONG_S else letter)


def width_of(face: str, size: int, text: str) -> float:
    """Return how wide metal type sets ``text``: letter beside letter, without kerning."""
    return sum(letter_width(face, size, letter) for letter in text)


@cache
def long_s(face: str, size: int) -> Image.Image:
    """Return the shape of a long s, which is an f without the right half of its bar, on a square of two ems.

    The letter's left end lies half an em from the left, its baseline one and a half ems from the top.
    """
    shape = Image.new("L", (2 * size, 2 * size))
    pen = ImageDraw.Draw(shape)
    left, base = size // 2, size * 3 // 2
    pen.text((left, base), "f", font=load(face, size), anchor="ls", fill=255)
    stem, top, bottom = BAR
    pen.rectangle((left + stem * size, base - top * size, 2 * size, base - bottom * size), fill=0)
    return shape
