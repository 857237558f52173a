"""Draw a page of a ruled register, filled in by the hands of a book, as it lies open under a scanner."""

from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate, pairwise
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from . import ageing
from .ageing import Wear
from .entering import ROWS, Cell, Ledger
from .faces import BOLD_ROMAN, ROUND_HAND, check, load
from .handwriting import HANDS, Hand, Pen
from .looks import Colour
from .placing import Box, DrawnLine, Picture, Pose, around, widened
from .scanning import encode

WIDTH, HEIGHT = 1640, 1090
BED = (26, 24, 23)
TOP, LEFT, RIGHT = 176, 150, 84  # of the table, from the upper edge, the spine and the outer edge
HEAD, ROW = 58, 86
PAPERS: tuple[Colour, ...] = ((241, 226, 194), (235, 217, 181), (243, 232, 206), (230, 216, 188))
BLUE, RED = (118, 142, 168), (176, 104, 92)
PRINT = (52, 46, 42)


@dataclass(frozen=True)
class Book:
    """What the pages of one book share: paper, hands that take turns, rubber stamp."""

    paper: Colour
    hands: tuple[Hand, ...]
    ruling: Colour
    stamp: str
    stamp_ink: Colour


STAMPS = {"swedish-arrivals": "STADSARKIV", "dutch-population": "GEMEENTE-ARCHIEF", "german-baptisms": "KIRCHENARCHIV"}


def bind(slug: str, seed: int) -> Book:
    rng = Random(f"book {slug} {seed}")
    hands = tuple(rng.sample([hand for hand in HANDS if slug not in hand.unfit], 3))
    stamp_ink = rng.choice(((44, 62, 128), (150, 40, 44)))
    return Book(rng.choice(PAPERS), hands, rng.choice((BLUE, RED)), STAMPS[slug], stamp_ink)


def draw_page(ledger: Ledger, book: Book, number: int, wear: Wear, rng: Random) -> Picture:
    """Draw page ``number`` of a book: odd ones have the spine on the right."""
    noise = np.random.default_rng(rng.getrandbits(64))
    right = number % 2 == 1
    pose = Pose(WIDTH, HEIGHT, rng.uniform(-0.5, 0.5), sag=rng.uniform(4, 16) * wear.spine, right=right)
    shade = ageing.paper((WIDTH, HEIGHT), book.paper, wear, noise)
    ageing.age(shade, wear, rng, noise)
    ageing.shadow_of_spine(shade, wear.spine, right)
    sheet = ageing.sheet_of(shade, (WIDTH, HEIGHT))
    columns = columns_of(ledger, right)
    printed = rule(sheet, ledger, book, columns)
    pens = [Pen(hand, sheet.size, rng) for hand in book.hands]
    lines = fill_in(ledger, columns, pens, number, rng)
    lay_ink(sheet, pens, wear, noise)
    leave_traces(sheet, book, right, wear, rng)
    scan = pose.scan(lay_on_bed(sheet, right, rng), BED)
    placed = tuple(replace(line, box=pose.place(line.box), words=tuple(map(pose.place, line.words))) for line in lines)
    return Picture(encode(ageing.develop(scan, noise)), WIDTH, HEIGHT, placed, tuple(map(pose.place, printed)))


def columns_of(ledger: Ledger, right: bool) -> list[tuple[int, int]]:
    """Return the left and right rule of each column."""
    left, end = (RIGHT, WIDTH - LEFT) if right else (LEFT, WIDTH - RIGHT)
    return list(pairwise(left + round((end - left) * share) for share in accumulate(ledger.widths, initial=0.0)))


def rule(sheet: Image.Image, ledger: Ledger, book: Book, columns: list[tuple[int, int]]) -> list[Box]:
    """Print the form: title, heads, rules. Returns the boxes of its words."""
    pen = ImageDraw.Draw(sheet, "RGBA")
    left, right = columns[0][0], columns[-1][1]
    bottom = TOP + HEAD + ROW * ROWS
    for row in range(ROWS + 1):
        y = TOP + HEAD + ROW * row
        pen.line((left - 40, y, right + 20, y), fill=(*BLUE, 150), width=2)
    for x in {side for column in columns for side in column}:
        pen.line((x, TOP, x, bottom + 24), fill=(*book.ruling, 170), width=2)
    pen.line((left + 6, TOP, left + 6, bottom + 24), fill=(*book.ruling, 150), width=2)
    for y, width in ((TOP - 8, 2), (TOP, 4), (TOP + HEAD, 3)):
        pen.line((left, y, right, y), fill=(*PRINT, 215), width=width)
    printed = [_print(pen, ledger.title, (left + right) / 2, TOP - 52, ROUND_HAND, 66)]
    for head, (start, end) in zip(ledger.heads, columns, strict=True):
        printed.append(_print(pen, head, (start + end) / 2 + 2, TOP + HEAD / 2 + 10, BOLD_ROMAN, 27))
    return printed


def _print(pen: ImageDraw.ImageDraw, text: str, middle: float, baseline: float, face: str, size: int) -> Box:
    check(face, text)
    pen.text((middle, baseline), text, font=load(face, size), anchor="ms", fill=(*PRINT, 225))
    left, upper, right, lower = (round(side) for side in load(face, size).getbbox(text, anchor="ms"))
    return Box(round(middle) + left, round(baseline) + upper, right - left, lower - upper)


def fill_in(
    ledger: Ledger, columns: list[tuple[int, int]], pens: list[Pen], number: int, rng: Random
) -> list[DrawnLine]:
    """Write the entries row by row; the clerk may change within a page, and another hand remarks."""
    first, second = pens[number // 3 % 2], pens[1 - number // 3 % 2]
    change = rng.choice((ROWS, ROWS, rng.randint(2, ROWS - 2)))
    lines = []
    for row, cells in enumerate(ledger.rows):
        baseline = TOP + HEAD + ROW * row + 62 + rng.gauss(0, 1.2)
        clerk = first if row < change else second
        for column, (cell, (start, end)) in enumerate(zip(cells, columns, strict=True)):
            pen = pens[2] if column == len(cells) - 1 and rng.random() < 0.7 else clerk
            if cell.text:
                words = write_cell(pen, cell, start + 12, baseline, end - start - 20, rng)
                lines.append(DrawnLine(cell.text, widened(around(words), 14, 5), words, row))
    if ledger.note:
        words = note_in_margin(ledger.note, columns, pens[2], rng)
        lines.append(DrawnLine(ledger.note, widened(around(words), 8, 5), words, ROWS))
    return lines


def write_cell(pen: Pen, cell: Cell, x: float, baseline: float, room: float, rng: Random) -> tuple[Box, ...]:
    """Write what the cell says; a slip is crossed out and what is right squeezed in above it."""
    if not cell.struck:
        slack = room - load(pen.hand.face, pen.hand.size).getlength(cell.text)
        return pen.write(cell.text, x + max(0.0, slack) * rng.uniform(0, 0.3), baseline, room)
    for word in pen.write(cell.struck, x, baseline + 4, room, 0.8):
        pen.strike(word)
    return pen.write(cell.text, x + 18, baseline - 34, room - 18, 0.72)


def note_in_margin(note: str, columns: list[tuple[int, int]], pen: Pen, rng: Random) -> tuple[Box, ...]:
    """Write a few small words beside the table, on the side that has room."""
    left, right = columns[0][0], columns[-1][1]
    x = right + 14 if left < WIDTH - right else 40
    room = (WIDTH - right if left < WIDTH - right else left) - 60
    return pen.write(note, x, TOP + HEAD + ROW * rng.randint(0, ROWS - 1) + 60, room, 0.7)


def lay_ink(sheet: Image.Image, pens: list[Pen], wear: Wear, noise: np.random.Generator) -> None:
    """Put what the pens wrote on the paper, and let it through from the other side."""
    written = [pen.trembled(noise) for pen in pens]
    ageing.show_through(sheet, reduce(ImageChops.lighter, written), (96, 74, 52), wear.bleed)
    pale = 0.96 + ageing.clouds(noise, sheet.size, 90, 0.03 + 0.08 * wear.uneven).clip(-0.3, 0.04)
    for pen, ink in zip(pens, written, strict=True):
        if ink.getbbox():
            sheet.paste(pen.hand.ink, mask=Image.fromarray((np.asarray(ink) * pale).clip(0, 255).astype(np.uint8)))


def leave_traces(sheet: Image.Image, book: Book, right: bool, wear: Wear, rng: Random) -> None:
    """Stamp the page, number it in pencil, punch it: whatever its later keepers did."""
    outer = 90 if right else WIDTH - 190
    if rng.random() < wear.pencil + 0.3:
        ageing.pencil(sheet, f"{rng.randint(4, 160)}", (outer, 40), rng, 58)
    if rng.random() < wear.pencil * 0.6:
        note = rng.choice(("cop. 1908", "x", "M.f. 1951", "ok"))
        ageing.pencil(sheet, note, (rng.randint(300, 1200), HEIGHT - 110), rng)
    if rng.random() < wear.stamps * 0.6:
        place = (rng.randint(240, WIDTH - 300), rng.choice((96, HEIGHT - 120)))
        ageing.press_stamp(sheet, book.stamp, rng.randint(1921, 1958), book.stamp_ink, place, rng, 70)
    if rng.random() < wear.holes * 0.5:
        ageing.punch(sheet, BED, WIDTH - 70 if right else 70, (HEIGHT // 2 - 160, HEIGHT // 2 + 160), 17, rng)


def lay_on_bed(sheet: Image.Image, right: bool, rng: Random) -> Image.Image:
    """Lay the open book down: dark around, the edges of the leaves below, a strip of the facing page."""
    scene = Image.new("RGB", sheet.size, BED)
    pen = ImageDraw.Draw(scene)
    spine = rng.randint(14, 30)
    leaves = 9
    for leaf in range(leaves, 0, -1):
        shade = rng.randint(8, 66)
        tone = tuple(level - shade for level in (214, 200, 170))
        box = (0, 24 + leaf, WIDTH - 44 + 3 * leaf, HEIGHT - 26 + leaf)
        pen.rectangle(box if not right else mirrored(box), fill=tone)
    top, bottom, outer = 22 + rng.randint(0, 5), HEIGHT - 24 - rng.randint(0, 5), WIDTH - 42
    page = (spine, top, outer, bottom)
    facing = (0, top + 6, spine, bottom - 3)
    pen.rectangle(facing if not right else mirrored(facing), fill=(150, 138, 114))
    page = page if not right else mirrored(page)
    scene.paste(sheet.crop(page), page[:2])
    return scene


def mirrored(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return WIDTH - box[2], box[1], WIDTH - box[0], box[3]
