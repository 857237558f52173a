"""Draw a typed catalogue card as a scanner sees it, and say where each word stands.

The card is drawn flat, then turned by the skew; boxes are turned by the same rotation, so they fit the picture.
"""

from collections.abc import Sequence
from functools import cache
from math import sin
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import ageing
from .ageing import Wear
from .faces import TYPEWRITER, check, load
from .looks import LOOKS, Look
from .placing import Box, DrawnLine, Picture, Point, Pose, around
from .scanning import encode

WIDTH, HEIGHT = 1240, 768
EDGE = 30
TYPE_SIZE = 38
PITCH = 22
ASCENT, DESCENT = 34, 11
FIRST_BASELINE, LINE_STEP = 128, 70
SHELF_AT, TITLE_AT, BODY_AT = 76, 146, 188
HOLE = (WIDTH // 2, 668, 25)
LARGEST_SKEW = 0.5
QUALITY = 91


def draw_card(texts: Sequence[str], slug: str, wear: Wear, rng: Random) -> Picture:
    """Draw four to six lines, the shelf mark first and the title second, in the look of a set."""
    check(TYPEWRITER, "".join(texts))
    look = LOOKS[slug]
    noise = np.random.default_rng(rng.getrandbits(64))
    pose = Pose(WIDTH, HEIGHT, rng.uniform(-LARGEST_SKEW, LARGEST_SKEW))
    starts = _starts(texts, look, rng)
    card = _aged(_paper(rng.choice(look.papers), noise), wear, rng, noise)
    _rule(card, look)
    if rng.random() < look.underlined:
        _underline(card, starts[1], len(texts[1]), rng)
    if rng.random() < wear.stamps:
        _stamp(card, look, rng, noise)
    if rng.random() < wear.pencil * 0.7:
        _note(card, rng)
    card.paste(look.ink, mask=_type(texts, starts, rng, noise))
    image = _scan(card, pose.skew, noise)
    lines = tuple(_locate(text, start, pose) for text, start in zip(texts, starts, strict=True))
    return Picture(image, WIDTH, HEIGHT, lines)


def _starts(texts: Sequence[str], look: Look, rng: Random) -> list[Point]:
    """Return where the first letter of each line stands, on the baseline."""
    shelf = WIDTH - SHELF_AT - PITCH * len(texts[0]) if look.shelf_right else SHELF_AT
    indents = [shelf, TITLE_AT] + [BODY_AT] * (len(texts) - 2)
    feed = rng.uniform(-10, 10)
    return [
        (indent + rng.uniform(-2, 2), FIRST_BASELINE + feed + LINE_STEP * row + rng.uniform(-1.5, 1.5))
        for row, indent in enumerate(indents)
    ]


def _type(texts: Sequence[str], starts: Sequence[Point], rng: Random, noise: np.random.Generator) -> Image.Image:
    """Return the ink on the paper as a mask: the title struck twice, the ribbon fading here and there."""
    ink = Image.new("L", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(ink)
    for row, (text, start) in enumerate(zip(texts, starts, strict=True)):
        _strike(pen, text, start, rng)
        if row == 1:
            _strike(pen, text, (start[0] + 1.1, start[1]), rng)
    ribbon = _clouds(noise, 40, 0.95, 0.06)
    return Image.fromarray((np.asarray(ink) * ribbon.clip(0.7, 1)).astype(np.uint8))


def _strike(pen: ImageDraw.ImageDraw, text: str, start: Point, rng: Random) -> None:
    """Type one line, each letter by itself: no two are equally high, equally straight or equally black."""
    for column, letter in enumerate(text):
        place = (start[0] + PITCH * (column + 0.5) + rng.gauss(0, 0.35), start[1] + rng.gauss(0, 0.55))
        pen.text(place, letter, font=load(TYPEWRITER, TYPE_SIZE), anchor="ms", fill=int(rng.triangular(188, 255, 246)))


def _clouds(noise: np.random.Generator, cell: int, middle: float, spread: float) -> np.ndarray:
    """Return soft unevenness over the picture; ``cell`` is the size of its patches in pixels."""
    small = noise.normal(middle, spread, (HEIGHT // cell + 2, WIDTH // cell + 2)).astype(np.float32)
    return np.asarray(Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))


def _paper(tone: tuple[int, int, int], noise: np.random.Generator) -> Image.Image:
    shade = _clouds(noise, 96, 1, 0.008) * _clouds(noise, 12, 1, 0.005) * _handling()
    return Image.fromarray((shade[..., None] * np.array(tone, np.float32)).clip(0, 255).astype(np.uint8))


@cache
def _handling() -> np.ndarray:
    """Return how fingers have darkened the edges, the upper one most."""
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
    columns = np.arange(WIDTH, dtype=np.float32)[None, :]
    sides = np.exp(-(columns - EDGE) / 40) + np.exp((columns - WIDTH + EDGE) / 40)
    return 1 - 0.07 * np.exp(-(rows - EDGE) / 45) - 0.035 * np.exp((rows - HEIGHT + EDGE) / 40) - 0.04 * sides


def _aged(card: Image.Image, wear: Wear, rng: Random, noise: np.random.Generator) -> Image.Image:
    shade = np.ones((HEIGHT // 2, WIDTH // 2, 3), np.float32)
    ageing.age(shade, wear, rng, noise)
    return ImageChops.multiply(card, ageing.sheet_of(shade, (WIDTH, HEIGHT)))


def _note(card: Image.Image, rng: Random) -> None:
    """Let a librarian have checked the card in pencil, in a corner that nothing was typed in."""
    words = rng.choice(("rev. 1931", "mf.", "ok", "kat. II", "x", "vol. 3 ?"))
    ageing.pencil(card, words, (rng.randint(60, 150), HEIGHT - EDGE - 120), rng, 44)


def _rule(card: Image.Image, look: Look) -> None:
    pen = ImageDraw.Draw(card, "RGBA")
    if look.ruling:
        for row in range(8):
            y = FIRST_BASELINE + 18 + LINE_STEP * row
            pen.line((EDGE, y, WIDTH - EDGE, y), fill=(*look.ruling, 150), width=2)
    for x in look.margins:
        pen.line((EDGE + x, EDGE, EDGE + x, HEIGHT - EDGE), fill=(196, 92, 84, 150), width=2)


def _underline(card: Image.Image, start: Point, letters: int, rng: Random) -> None:
    """Draw a red pencil line under the title, by hand."""
    x, y = start
    end = x + PITCH * letters + rng.uniform(-6, 14)
    steps = 12
    points = [
        (x - 4 + (end - x) * step / steps, y + 14 + rng.gauss(0, 0.9) + 2 * sin(step / 4)) for step in range(steps + 1)
    ]
    pen = ImageDraw.Draw(card, "RGBA")
    pen.line(points, fill=(178, 42, 30, 205), width=3, joint="curve")
    pen.line([(px, py + 1.5) for px, py in points[1:-1]], fill=(178, 42, 30, 90), width=3, joint="curve")


def _stamp(card: Image.Image, look: Look, rng: Random, noise: np.random.Generator) -> None:
    """Press the library's rubber stamp into the empty lower corner, unevenly inked."""
    width = 70 + 24 * len(look.stamp)
    mask = Image.new("L", (width + 40, 130))
    pen = ImageDraw.Draw(mask)
    pen.rounded_rectangle((20, 26, width + 20, 104), radius=16, outline=210, width=4)
    pen.rounded_rectangle((28, 34, width + 12, 96), radius=11, outline=170, width=2)
    pen.text((width / 2 + 20, 79), look.stamp, font=load(TYPEWRITER, 34), anchor="ms", fill=220)
    mask = mask.rotate(rng.uniform(-5, 5), Image.Resampling.BICUBIC)
    worn = np.asarray(mask) * _clouds(noise, 18, 0.72, 0.2)[: mask.height, : mask.width].clip(0.15, 1)
    place = (WIDTH - EDGE - mask.width - rng.randint(30, 90), HEIGHT - EDGE - mask.height - rng.randint(14, 44))
    card.paste(look.stamp_ink, place, Image.fromarray(worn.astype(np.uint8)))


def _scan(card: Image.Image, skew: float, noise: np.random.Generator) -> bytes:
    """Lay the card on the scanner's bed, turned by ``skew`` degrees, and return a JPEG with the sensor's noise."""
    bed = _bed().copy()
    card.putalpha(_outline())
    turned = card.rotate(skew, Image.Resampling.BILINEAR)
    bed.paste(turned, mask=turned)
    grain = noise.standard_normal((HEIGHT, WIDTH), np.float32) * 2.6
    scan = Image.fromarray((np.asarray(bed) + grain[..., None]).clip(0, 255).astype(np.uint8))
    return encode(scan, quality=QUALITY)


@cache
def _outline() -> Image.Image:
    """Return the mask of the card: rounded corners, the hole for the drawer's rod."""
    outline = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    pen = ImageDraw.Draw(outline)
    pen.rounded_rectangle((EDGE * 2, EDGE * 2, (WIDTH - EDGE) * 2, (HEIGHT - EDGE) * 2), radius=22, fill=255)
    x, y, radius = (2 * part for part in HOLE)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return outline.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


@cache
def _bed() -> Image.Image:
    """Return the scanner's grey bed with the shadow of the card on it."""
    bed = Image.new("RGB", (WIDTH, HEIGHT), (186, 181, 172))
    shadow = Image.new("L", (WIDTH, HEIGHT))
    shadow.paste(120, (4, 6), _outline())
    bed.paste((70, 62, 54), mask=shadow.filter(ImageFilter.GaussianBlur(7)))
    return bed


def _locate(text: str, start: Point, pose: Pose) -> DrawnLine:
    x, y = start
    words = []
    column = 0
    for word in text.split(" "):
        left, right = round(x + PITCH * column), round(x + PITCH * (column + len(word)))
        words.append(pose.place(Box(left - 2, round(y) - ASCENT, right - left + 4, ASCENT + DESCENT)))
        column += len(word) + 1
    tight = around(words)
    margin = 5
    box = Box(tight.x - 3 * margin, tight.y - margin, tight.w + 6 * margin, tight.h + 2 * margin)
    return DrawnLine(text, box, tuple(words))
