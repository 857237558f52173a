"""Let a sheet grow old: stains, foxing, folds, a spine's shadow, ink from behind, and what readers left on it.

Paper is shaded at half size, which is all that soft shadows need. Nothing here changes what is written.
"""

from dataclasses import dataclass, fields
from functools import cache
from math import cos, sin, tau
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from .faces import BOLD_ROMAN, PENCIL, check, load
from .looks import Colour

type Shade = NDArray[np.float32]  # height x width x 3, the share of light that comes back, at half size

BROWN = (0.55, 0.85, 1.35)  # how much more of blue than of red an old stain swallows


@dataclass(frozen=True)
class Wear:
    """How worn a sheet is: each strength from 0, not at all, to 1, badly."""

    stains: float = 0.4
    foxing: float = 0.4
    folds: float = 0.4
    bleed: float = 0.4
    spine: float = 0.5
    holes: float = 0.3
    pencil: float = 0.5
    stamps: float = 0.6
    uneven: float = 0.5

    @classmethod
    def everything(cls, strength: float) -> "Wear":
        return cls(**{field.name: strength for field in fields(cls)})


NEW = Wear.everything(0.0)


def clouds(noise: np.random.Generator, size: tuple[int, int], cell: int, spread: float) -> NDArray[np.float32]:
    """Return soft unevenness around 0 for a picture of this width and height; ``cell`` is the size of its patches."""
    width, height = size
    small = noise.normal(0, spread, (height // cell + 2, width // cell + 2)).astype(np.float32)
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))


def paper(size: tuple[int, int], tone: Colour, wear: Wear, noise: np.random.Generator) -> Shade:
    """Return an unwritten sheet of this size: its tone, fibres, brown edges."""
    width, height = (side // 2 for side in size)
    light = 1 + clouds(noise, (width, height), 170, 0.004 + 0.024 * wear.uneven)
    light += clouds(noise, (width, height), 24, 0.003 + 0.007 * wear.uneven)
    light += clouds(noise, (width, height), 2, 0.004 + 0.006 * wear.uneven)
    near = edges(width, height)
    shade = np.empty((height, width, 3), np.float32)
    for channel, (level, share) in enumerate(zip(tone, BROWN, strict=True)):
        shade[..., channel] = level / 255 * light * (1 - (0.03 + 0.12 * wear.uneven) * share * near)
    return shade


@cache
def edges(width: int, height: int) -> NDArray[np.float32]:
    """Return how near each point is to an edge: 1 there, soon 0."""
    across = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32)
    down = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)
    return np.maximum(np.exp(-across / 22)[None, :], np.exp(-down / 22)[:, None])


def age(shade: Shade, wear: Wear, rng: Random, noise: np.random.Generator) -> None:
    """Stain, fox and fold the sheet."""
    for _ in range(round(wear.stains * rng.uniform(0.5, 5))):
        stain(shade, wear.stains, rng, noise)
    if wear.foxing:
        fox(shade, wear.foxing, rng)
    height, width = shade.shape[:2]
    if rng.random() < wear.folds:
        fold(shade, rng.uniform(0.46, 0.54) * height, wear.folds, noise)
    if rng.random() < wear.folds * 0.6:
        fold(shade.swapaxes(0, 1), rng.uniform(0.46, 0.54) * width, wear.folds, noise)


def stain(shade: Shade, strength: float, rng: Random, noise: np.random.Generator) -> None:
    """Let water dry on the sheet: a little browner inside, a tide line around."""
    height, width = shade.shape[:2]
    radius = rng.uniform(0.08, 0.26) * width
    x, y = rng.choice((rng.uniform(-0.05, 0.12), rng.uniform(0.2, 1.05))) * width, rng.uniform(-0.05, 1.05) * height
    left, upper = max(0, int(x - 1.6 * radius)), max(0, int(y - 1.6 * radius))
    right, lower = min(width, int(x + 1.6 * radius)), min(height, int(y + 1.6 * radius))
    if right - left < 4 or lower - upper < 4:
        return
    down, across = np.mgrid[upper:lower, left:right].astype(np.float32)
    wobble = clouds(noise, (right - left, lower - upper), max(6, int(radius / 3)), 0.16)
    wobble = wobble + clouds(noise, (right - left, lower - upper), max(3, int(radius / 14)), 0.02)
    distance = np.hypot(across - x, (down - y) * rng.uniform(0.8, 1.25)) / radius - 1 + wobble
    inside = 1 / (1 + np.exp((distance * 45).clip(-30, 30)))
    tide = np.exp(-((distance / 0.035) ** 2)) + 0.5 * np.exp(-(((distance + 0.05) / 0.08) ** 2))
    dark = rng.uniform(0.5, 1) * strength * (0.09 * inside + 0.17 * tide)
    shade[upper:lower, left:right] *= 1 - dark[..., None] * np.array(BROWN, np.float32)


def fox(shade: Shade, strength: float, rng: Random) -> None:
    """Speckle the sheet with rust-brown spots, in clusters."""
    height, width = shade.shape[:2]
    spots = Image.new("L", (width, height))
    pen = ImageDraw.Draw(spots)
    for _cluster in range(round(1 + 7 * strength)):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        for _ in range(round(3 + 14 * strength * rng.random())):
            cx, cy, r = rng.gauss(x, width / 9), rng.gauss(y, width / 9), min(7.0, rng.expovariate(0.65))
            pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=rng.randint(60, 190))
    mask = np.asarray(spots.filter(ImageFilter.GaussianBlur(1.6)), np.float32) / 255
    shade *= 1 - 0.5 * strength * mask[..., None] * np.array((0.45, 0.8, 1.2), np.float32)


def fold(shade: Shade, at: float, strength: float, noise: np.random.Generator) -> None:
    """Fold the sheet across at row ``at`` and open it again: one side in the light, the other in shadow, the crease
    worn."""
    height, width = shade.shape[:2]
    crease = at + clouds(noise, (width, 1), 90, 1.6)
    upper, lower = max(0, int(at) - 70), min(height, int(at) + 70)
    distance = np.arange(upper, lower, dtype=np.float32)[:, None] - crease
    slopes = np.sign(distance) * np.exp(-np.abs(distance) / 24)
    line = np.exp(-((distance / 0.9) ** 2))
    shade[upper:lower] *= (1 + strength * (0.05 * slopes - 0.2 * line))[..., None]


def shadow_of_spine(shade: Shade, strength: float, right: bool) -> None:
    """Darken the sheet towards the spine of the book."""
    width = shade.shape[1]
    away = np.arange(width, dtype=np.float32)[:: -1 if right else 1] / width
    shade *= (1 - strength * (0.62 * np.exp(-away / 0.016) + 0.24 * np.exp(-away / 0.07)))[None, :, None]


def sheet_of(shade: Shade, size: tuple[int, int]) -> Image.Image:
    small = Image.fromarray((shade * 255).clip(0, 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BILINEAR)


def show_through(sheet: Image.Image, ink: Image.Image, colour: Colour, strength: float) -> None:
    """Let the ink of the other side, here this side's in a mirror, come through the paper."""
    behind = ImageOps.mirror(ink).resize((ink.width // 2, ink.height // 2)).filter(ImageFilter.GaussianBlur(1.2))
    mask = behind.point([round(level * 0.2 * strength) for level in range(256)]).resize(ink.size)
    sheet.paste(colour, (5, 9), mask.crop((0, 0, ink.width - 5, ink.height - 9)))


def press_stamp(
    sheet: Image.Image, name: str, year: int, colour: Colour, middle: tuple[int, int], rng: Random, radius: int = 84
) -> None:
    """Press the round rubber stamp of a library, unevenly inked."""
    side = 2 * radius + 24
    mask = Image.new("L", (side, side))
    pen, centre = ImageDraw.Draw(mask), side / 2
    for reach, width in ((radius, 4), (radius - 8, 2), (radius * 0.56, 2)):
        pen.ellipse((centre - reach, centre - reach, centre + reach, centre + reach), outline=220, width=width)
    check(BOLD_ROMAN, name)
    pen.text((centre, centre), str(year), font=load(BOLD_ROMAN, round(radius * 0.4)), anchor="mm", fill=215)
    _write_round(mask, name, radius * 0.755, round(radius * 0.27))
    mask = mask.rotate(rng.uniform(-24, 24), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(rng.getrandbits(32))
    worn = np.asarray(mask) / 255 * (0.7 + clouds(noise, mask.size, 14, 0.26)).clip(0.05, 0.95)
    tint = 1 - worn[..., None] * (1 - np.array(colour, np.float32) / 255)  # what is written shows through the ink
    place = (middle[0] - side // 2, middle[1] - side // 2)
    under = sheet.crop((*place, place[0] + side, place[1] + side))
    sheet.paste(Image.fromarray((np.asarray(under) * tint).astype(np.uint8)), place)


def _write_round(mask: Image.Image, name: str, radius: float, size: int) -> None:
    font, centre = load(BOLD_ROMAN, size), mask.width / 2
    text = f"{name} · "
    step = tau / len(text)
    for number, letter in enumerate(text):
        angle = number * step - tau / 4 - step * (len(name) - 1) / 2
        tile = Image.new("L", (2 * size, 2 * size))
        ImageDraw.Draw(tile).text((size, size), letter, font=font, anchor="mm", fill=220)
        tile = tile.rotate(-(angle + tau / 4) * 360 / tau, Image.Resampling.BICUBIC)
        place = (round(centre + radius * cos(angle) - size), round(centre + radius * sin(angle) - size))
        mask.paste(220, place, tile)


def pencil(sheet: Image.Image, text: str, place: tuple[int, int], rng: Random, size: int = 46) -> None:
    """Note something in pencil, slightly askew."""
    check(PENCIL, text)
    font = load(PENCIL, size)
    mask = Image.new("L", (round(font.getlength(text)) + size, 2 * size))
    ImageDraw.Draw(mask).text((size // 2, size * 3 // 2), text, font=font, anchor="ls", fill=150)
    mask = mask.rotate(rng.uniform(-2, 7), Image.Resampling.BICUBIC, expand=True)
    sheet.paste((84, 82, 84), place, mask)


def punch(sheet: Image.Image, bed: Colour, x: int, rows: tuple[int, ...], radius: int, rng: Random) -> None:
    """Punch holes for a binder; the dark bed is seen through them."""
    for y in rows:
        cx, cy = x + rng.uniform(-2, 2), y + rng.uniform(-2, 2)
        pen = ImageDraw.Draw(sheet, "RGBA")
        pen.ellipse((cx - radius - 2, cy - radius - 1, cx + radius + 1, cy + radius + 2), fill=(70, 55, 40, 90))
        pen.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=(*bed, 255))


def develop(scan: Image.Image, noise: np.random.Generator, grain: float = 3.0) -> Image.Image:
    """Return the scan with the sensor's noise, which repeats beyond what an eye follows."""
    height, width = scan.height, scan.width
    side = 256
    tile = (noise.standard_normal((side, side), np.float32) * grain).astype(np.int16)
    across, down = -(-width // side), -(-height // side)
    pattern = np.tile(tile, (down, across))[:height, :width, None]
    return Image.fromarray((np.asarray(scan).astype(np.int16) + pattern).clip(0, 255).astype(np.uint8))
