import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ingestion.segmentation import cut_into_lines
from ingestion.specimens import draw

from .drawing import WORDS, draw_page


@pytest.mark.parametrize("turn", [0, 0.6, -1.2])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_page_is_cut_into_as_many_lines_as_were_drawn(count: int, turn: float):
    lines = cut_into_lines(draw_page(WORDS[:count], size=(900, 500), turn=turn))

    assert [round((line.y - 40 + line.height / 2) / 60) for line in lines] == list(range(count))


def test_a_line_encloses_its_letters_and_little_else():
    [line] = cut_into_lines(draw_page(["Helsinki"], size=(900, 500)))
    letters = np.argwhere(np.asarray(draw_page(["Helsinki"], size=(900, 500), mode="L")) < 128)
    (top, left), (bottom, right) = letters.min(axis=0), letters.max(axis=0)

    assert (line.x, line.y, line.width, line.height) == pytest.approx((left, top, right - left, bottom - top), abs=4)


def test_columns_are_read_one_after_the_other():
    lines = cut_into_lines(draw_page(WORDS[:4], size=(1200, 500), columns=2))

    assert [(line.x > 600, round((line.y - 40) / 60)) for line in lines] == [
        (c, n) for c in (False, True) for n in range(4)
    ]


def test_lines_that_touch_are_parted_at_the_valley_between_them():
    assert len(cut_into_lines(draw_page(WORDS, size=(700, 300), pitch=30))) == len(WORDS)


def test_ruled_lines_and_dark_edges_are_no_writing():
    page = np.array(draw_page(WORDS[:3], mode="L"))
    page[:, :14] = page[:12] = 0  # the scanner's lid
    page[100::60, 30:610] = 60  # rules under the lines
    page[:, 500:503] = 60

    assert len(cut_into_lines(Image.fromarray(page))) == 3


def test_a_punched_hole_and_a_speck_are_no_writing():
    page = draw_page(WORDS[:3], size=(900, 500))
    pen = ImageDraw.Draw(page)
    pen.ellipse((430, 400, 490, 460), fill=0)
    pen.rectangle((700, 300, 702, 302), fill=0)

    assert len(cut_into_lines(page)) == 3


@pytest.mark.parametrize("size", [(10, 10), (3000, 12), (12, 3000), (640, 400)])
@pytest.mark.parametrize("tone", [0, 128, 255])
def test_an_empty_page_yields_no_lines(tone: int, size: tuple[int, int]):
    assert cut_into_lines(Image.new("L", size, tone)) == []


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_found_lies_on_the_page(seed: int):
    random = np.random.default_rng(seed)
    height, width = random.integers(10, 700, 2)
    blurred = np.kron(random.integers(0, 256, (height // 8 + 1, width // 8 + 1)), np.ones((8, 8)))[:height, :width]

    for line in cut_into_lines(Image.fromarray(blurred.astype(np.uint8))):
        assert (line.x >= 0, line.y >= 0, line.width > 0, line.height > 0) == (True,) * 4
        assert (line.x + line.width <= width, line.y + line.height <= height) == (True, True)


@pytest.mark.parametrize(("slug", "least"), [("finnish-gazette", 0.9), ("swedish-arrivals", 0.75)])
def test_columns_of_print_and_cells_of_a_register_are_cut_where_they_were_drawn(slug: str, least: float):
    page = next(draw(11, 1, slug=slug))
    middles = [
        (line.x + line.width / 2, line.y + line.height / 2, line.width)
        for line in cut_into_lines(Image.open(io.BytesIO(page.image)))
    ]
    found = [
        line.text
        for line in page.truth
        if any(
            0 < x - line.region.x < line.region.w
            and 0 < y - line.region.y < line.region.h
            and width < 1.3 * line.region.w
            for x, y, width in middles
        )
    ]

    assert len(found) >= least * len(page.truth)
    assert len(middles) <= 1.3 * (len(page.truth) + len(page.printed))
