"""Draw the contact sheet of the specimens: ``uv run python -m docs.draw_contact_sheet``.

Each kind is there with the seed and the call that draws it, and below what wear does to one page and how a line looks
at full size. The same code draws the same picture; it goes into ``docs/specimens.webp``.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from ingestion.specimens import NEW, Specimen, Wear, draw
from ingestion.specimens.faces import BLACKLETTER, BOLD_ROMAN, ROMAN, load

TARGET = Path(__file__).with_name("specimens.webp")
WIDTH, MARGIN, GAP = 1680, 70, 34
TABLE, WORDS, QUIET = (43, 40, 37), (240, 233, 219), (176, 166, 150)
QUALITY = 76


@dataclass(frozen=True)
class Show:
    """One picture of the sheet: which page, and which part of it (left, upper, right, lower as shares), or all."""

    slug: str
    seed: int
    number: int = 1
    columns: int | None = None
    wear: Wear | None = None
    part: tuple[float, float, float, float] = (0, 0, 1, 1)
    said: str = ""

    @property
    def caption(self) -> str:
        if self.said:
            return self.said
        columns = f", {self.columns} columns" if self.columns else ""
        return f"{self.slug}, seed {self.seed}, page {self.number}{columns}"

    def picture(self) -> Image.Image:
        *_before, page = draw(self.seed, self.number, slug=self.slug, wear=self.wear, columns=self.columns)
        image = opened(page)
        sides = zip(self.part, image.size * 2, strict=True)
        return image.crop(tuple(round(share * side) for share, side in sides))


ROWS: tuple[tuple[str, tuple[Show, ...]], ...] = (
    (
        "Catalogue cards, typed",
        (
            Show("finnish-newspapers", 1, 3),
            Show("dutch-newspapers", 1, 2),
            Show("british-periodicals", 1, 1),
        ),
    ),
    (
        "Registers, filled in by several hands",
        (Show("swedish-arrivals", 1, 1), Show("dutch-population", 1, 2)),
    ),
    ("", (Show("german-baptisms", 2, 1), Show("swedish-arrivals", 5, 4))),
    (
        "Newspapers in blackletter",
        (
            Show("finnish-gazette", 1, 1),
            Show("german-gazette", 1, 2, columns=3),
            Show("finnish-gazette", 2, 3, columns=4),
        ),
    ),
    (
        "The same page, new and ever more worn: what is written stays",
        (
            Show("german-gazette", 4, columns=2, wear=NEW, said="NEW"),
            Show("german-gazette", 4, columns=2, wear=Wear.everything(0.6), said="Wear.everything(0.6)"),
            Show("german-gazette", 4, columns=2, wear=Wear.everything(1.0), said="Wear.everything(1.0)"),
        ),
    ),
    (
        "At full size",
        (
            Show("swedish-arrivals", 1, 1, part=(0.09, 0.2, 0.55, 0.5)),
            Show("finnish-gazette", 1, 1, part=(0.05, 0.2, 0.73, 0.46)),
        ),
    ),
)


def opened(page: Specimen) -> Image.Image:
    return Image.open(io.BytesIO(page.image)).convert("RGB")


def side_by_side(shows: Sequence[Show]) -> list[Image.Image]:
    """Return the pictures of a row, all of one height, together as wide as the sheet allows."""
    pictures = [show.picture() for show in shows]
    room = WIDTH - 2 * MARGIN - GAP * (len(pictures) - 1)
    height = room / sum(picture.width / picture.height for picture in pictures)
    return [
        picture.resize((round(picture.width / picture.height * height), round(height)), Image.Resampling.LANCZOS)
        for picture in pictures
    ]


def strip(heading: str, shows: Sequence[Show]) -> Image.Image:
    """Return one row of the sheet with its heading and captions."""
    pictures = side_by_side(shows)
    top = 74 if heading else 8
    sheet = Image.new("RGB", (WIDTH, top + pictures[0].height + 62), TABLE)
    pen, x = ImageDraw.Draw(sheet), MARGIN
    pen.text((MARGIN, top - 24), heading, font=load(BOLD_ROMAN, 34), anchor="ls", fill=WORDS)
    for show, picture in zip(shows, pictures, strict=True):
        shadow = Image.new("L", sheet.size)
        shadow.paste(150, (x + 5, top + 7, x + picture.width + 5, top + picture.height + 7))
        sheet.paste((16, 14, 12), mask=shadow.filter(ImageFilter.GaussianBlur(7)))
        sheet.paste(picture, (x, top))
        pen.text((x, top + picture.height + 30), show.caption, font=load(ROMAN, 23), anchor="ls", fill=QUIET)
        x += picture.width + GAP
    return sheet


def draw_sheet() -> Image.Image:
    """Return the whole contact sheet."""
    strips = [strip(heading, shows) for heading, shows in ROWS]
    top = 190
    sheet = Image.new("RGB", (WIDTH, top + sum(row.height for row in strips) + MARGIN // 2), TABLE)
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, 112), "Specimens", font=load(BLACKLETTER, 92), anchor="ls", fill=WORDS)
    said = "Nothing here was scanned: each page is drawn from a seed, with ALTO and truth."
    pen.text((MARGIN, 156), said, font=load(ROMAN, 29), anchor="ls", fill=QUIET)
    y = top
    for row in strips:
        sheet.paste(row, (0, y))
        y += row.height
    return sheet


def main() -> None:
    draw_sheet().save(TARGET, "WEBP", quality=QUALITY, method=6)
    print(f"{TARGET.name}: {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
