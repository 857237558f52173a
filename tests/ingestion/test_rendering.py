import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingestion.decoding import fulfil
from ingestion.errors import Refused
from ingestion.exchange import Limits, Wish
from ingestion.layout import Line
from ingestion.packing import box_of, pack
from ingestion.refusals import WORDS, words_for
from ingestion.rendering import open_picture, page_of

from .drawing import SHARED, THREE_LINES, alto, draw_page, encoded

NASTY = SHARED / "public" / "nasty" / "own"
LIMITS = Limits()
needs_scans = pytest.mark.skipif(not SHARED.exists(), reason="the shared scans do not lie beside the repository")


def opened(content: bytes, tmp_path: Path, limits: Limits = LIMITS) -> Image.Image:
    path = tmp_path / "picture"
    path.write_bytes(content)
    return open_picture(path, limits)[0]


def refusal_of(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refused) as caught:
        open_picture(path, limits)
    return caught.value.code


def tone(image: Image.Image) -> tuple[int, int]:
    """Return the darkest and the lightest grey."""
    return image.convert("L").getextrema()


@pytest.mark.parametrize(
    ("image", "form", "mode"),
    [
        (draw_page(), "JPEG", "RGB"),
        (draw_page(mode="L"), "JPEG", "L"),
        (draw_page(mode="CMYK"), "JPEG", "RGB"),
        (draw_page(), "PNG", "RGB"),
        (draw_page(mode="1"), "PNG", "L"),
        (draw_page(mode="P"), "PNG", "RGB"),
        (draw_page(mode="LA"), "PNG", "L"),
        (draw_page(mode="RGBA"), "WEBP", "RGB"),
        (draw_page(mode="1"), "TIFF", "L"),
        (draw_page(mode="CMYK"), "TIFF", "RGB"),
        (Image.fromarray(np.asarray(draw_page(mode="L")).astype(np.uint16) * 257), "PNG", "L"),
        (Image.fromarray(np.asarray(draw_page(mode="L")).astype(np.uint16) * 257), "TIFF", "L"),
        (Image.fromarray(np.asarray(draw_page(mode="L")).astype(np.uint16) * 16), "TIFF", "L"),
        (Image.fromarray(np.asarray(draw_page(mode="L")).astype(np.int32) * 1000), "TIFF", "L"),
        (Image.fromarray(np.asarray(draw_page(mode="L")) / np.float32(255)), "TIFF", "L"),
    ],
)
def test_every_mode_becomes_grey_or_rgb_with_dark_ink_on_light_paper(image, form: str, mode: str, tmp_path: Path):
    plain = opened(encoded(image, form), tmp_path)

    assert (plain.mode, plain.size) == (mode, (640, 400))
    darkest, lightest = tone(plain)
    assert (darkest < 60, lightest > 225) == (True, True)


def test_transparency_lies_on_white_paper(tmp_path: Path):
    image = draw_page(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 0))

    assert tone(opened(encoded(image, "PNG"), tmp_path)) == (255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("TIFF", "L")])
def test_a_picture_stands_upright_whatever_its_orientation(form: str, mode: str, orientation: int, tmp_path: Path):
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # of Image.Transpose: how the stored picture lies
    page = draw_page(mode=mode)
    stored = page.transpose(Image.Transpose(turns[orientation])) if orientation > 1 else page
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = opened(encoded(stored, form, exif=exif), tmp_path)

    assert upright.size == (640, 400)
    difference = np.asarray(upright.convert("L")).astype(int) - np.asarray(page.convert("L")).astype(int)
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize(
    ("form", "stated", "dpi"),
    [("JPEG", (300, 300), 300), ("PNG", (400, 400), 400), ("TIFF", (600, 600), 600), ("JPEG", (1, 1), None)],
)
def test_the_resolution_is_believed_when_a_scanner_could_have_made_it(form: str, stated, dpi, tmp_path: Path):
    (tmp_path / "picture").write_bytes(encoded(draw_page(), form, dpi=stated))

    assert open_picture(tmp_path / "picture", LIMITS)[1] == (dpi and pytest.approx(dpi, abs=0.1))


def test_nothing_of_the_metadata_is_left_in_page_and_crops(tmp_path: Path):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (60.0, 10.0, 0.0)}  # GPS
    exif[0x013B] = "A. Nonymous"
    picture = tmp_path / "a.jpg"
    picture.write_bytes(
        encoded(draw_page(), exif=exif, comment=b"<?php secret ?>", icc_profile=b"profile-bytes") + b"tail"
    )
    fulfil(Wish(str(picture), None, str(tmp_path / "page"), str(tmp_path / "crops")), Limits())

    for written in ((tmp_path / "page").read_bytes(), (tmp_path / "crops").read_bytes()):
        assert [word for word in (b"Nonymous", b"php", b"Exif", b"profile", b"tail") if word in written] == []


@pytest.mark.parametrize(
    ("size", "expected"),
    [((640, 400), (640, 400)), ((2400, 1000), (2400, 1000)), ((3000, 30), (2400, 24)), ((1240, 3508), (620, 1754))],
)
def test_a_large_page_is_shrunk_a_small_one_is_not_blown_up(size: tuple[int, int], expected: tuple[int, int]):
    assert page_of(Image.new("L", size)).size == expected


def test_a_crop_has_a_margin_that_ends_at_the_page_and_is_cut_at_full_resolution(tmp_path: Path):
    lines = [Line(100, 100, 200, 40), Line(0, 0, 3000, 20), Line(0, 0, 3000, 2000)]
    boxes = [box_of(line, 3000, 2000) for line in lines]
    cuts, _sha256 = pack(Image.new("L", (3000, 2000)), lines, tmp_path / "crops")

    assert boxes == [(86, 86, 314, 154), (0, 0, 3000, 27), (0, 0, 3000, 2000)]
    assert [(cut.crop_width, cut.crop_height) for cut in cuts] == [(228, 68), (2200, 20), (2200, 1467)]


def test_the_pack_holds_one_jpeg_after_the_other(tmp_path: Path):
    lines = [Line(40, 40 + 60 * n, 200, 40) for n in range(3)]
    cuts, _sha256 = pack(draw_page(), lines, tmp_path / "crops")
    content = (tmp_path / "crops").read_bytes()
    crops = [content[cut.crop_at : cut.crop_at + cut.crop_length] for cut in cuts]

    assert b"".join(crops) == content
    assert [Image.open(io.BytesIO(crop)).size for crop in crops] == [(cut.crop_width, cut.crop_height) for cut in cuts]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (alto(THREE_LINES), ("layout", 3)),
        (alto([]), ("profile", 3)),
        (None, ("profile", 3)),
    ],
)
def test_a_layout_gives_the_lines_and_without_one_the_page_is_cut(xml: bytes | None, expected, tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(encoded(draw_page()))
    (tmp_path / "a.xml").write_bytes(xml or b"")
    layout = str(tmp_path / "a.xml") if xml else None
    reading = fulfil(Wish(str(tmp_path / "a.jpg"), layout, str(tmp_path / "page"), str(tmp_path / "crops")), Limits())

    assert (reading.cut_by, len(reading.cuts)) == expected


def test_a_page_without_lines_is_one_region(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(encoded(draw_page([])))
    reading = fulfil(Wish(str(tmp_path / "a.jpg"), None, str(tmp_path / "page"), str(tmp_path / "crops")), Limits())
    [cut] = reading.cuts

    assert (reading.cut_by, cut.x, cut.y, cut.width, cut.height) == ("page", 0, 0, 640, 400)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (encoded(draw_page())[:-400], "cut_off_picture"),
        (encoded(draw_page(), "PNG")[:-400], "cut_off_picture"),
        (encoded(draw_page(), "TIFF")[:-400], "cut_off_picture"),
        (b"\x89PNG\r\n\x1a\n and no more", "unopenable_picture"),
        (encoded(draw_page(), "GIF"), "unopenable_picture"),
        (encoded(Image.new("L", (9, 400)), "PNG"), "too_small"),
        (encoded(Image.new("1", (1100, 1000)), "PNG"), "too_many_pixels"),
    ],
)
def test_a_picture_that_cannot_be_taken_in_is_refused(
    content: bytes, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # the other tests open larger ones in this process
    (tmp_path / "picture").write_bytes(content)

    assert refusal_of(tmp_path / "picture", Limits(pixels=1_000_000)) == code


def test_a_thumbnail_in_a_tiff_is_no_second_page(tmp_path: Path):
    thumbnail = draw_page(size=(64, 40))
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    content = encoded(draw_page(), "TIFF", save_all=True, append_images=[thumbnail])

    assert opened(content, tmp_path).size == (640, 400)


@needs_scans
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bomb_1bit_60000x60000.png", "too_many_pixels"),
        ("bomb_header_only.png", "too_many_pixels"),
        ("bomb_ztxt.png", "damaged_picture"),
        ("bomb_iccp.png", "damaged_picture"),
        ("bomb_g4_60000x60000.tif", "too_many_pixels"),
        ("jpeg_claims_65500x65500.jpg", "too_many_pixels"),
        ("truncated_50pct.jpg", "cut_off_picture"),
        ("truncated_99pct.jpg", "cut_off_picture"),
        ("truncated_header.jpg", "unopenable_picture"),
        ("empty.jpg", "unopenable_picture"),
        ("one_byte.png", "unopenable_picture"),
        ("bad_crc.png", "unopenable_picture"),
        ("html_named.png", "unopenable_picture"),
        ("pdf_named.jpg", "unopenable_picture"),
        ("text_named.tif", "unopenable_picture"),
        ("scan.jp2", "unopenable_picture"),
        ("scan.bmp", "unopenable_picture"),
        ("animated.gif", "unopenable_picture"),
        ("one_pixel.png", "too_small"),
        ("strip_1x20000.png", "too_small"),
    ],
)
def test_a_hostile_picture_is_refused_with_a_reason(name: str, code: str):
    assert refusal_of(NASTY / "images" / name) == code


@needs_scans
@pytest.mark.parametrize(
    "name",
    """png_named.jpg cmyk_adobe.jpg gray16.png gray16.tif float32.tif bilevel.png bilevel_g4.tif palette_transparent.png
    rgba_half.png gray_alpha.png jpeg_in_tiff.tif lzw.tif progressive.jpg scan.webp exif_invalid_orientation.jpg
    exif_gps_author.jpg dpi_zero.jpg dpi_huge.jpg png_text_xss.png apng.png ifd_loop.tif""".split(),
)
def test_an_odd_but_honest_picture_is_taken_in(name: str, tmp_path: Path):
    wish = Wish(str(NASTY / "images" / name), None, str(tmp_path / "page"), str(tmp_path / "crops"))
    reading = fulfil(wish, Limits())
    with Image.open(tmp_path / "page", formats=["JPEG"]) as page:
        assert (page.size, dict(page.getexif()), bool(reading.cuts)) == ((reading.width, reading.height), {}, True)


@needs_scans
@pytest.mark.parametrize("turned", [3, 6, 8])
def test_a_turned_scan_has_its_mark_at_the_upper_left(turned: int):
    image, _dpi = open_picture(NASTY / "images" / f"exif_orientation_{turned}.jpg", Limits())
    red = np.asarray(image.convert("RGB").crop((0, 0, image.width // 3, image.height // 3))).astype(int)

    assert ((red[..., 0] > 150) & (red[..., 1] < 90) & (red[..., 2] < 90)).sum() > 50


def test_reasons_are_sentences_of_our_own():
    """No library's words, which are in English and speak of streams and strips."""
    assert {code for code, (reason, step) in WORDS.items() if "(detail)" in reason + step} == set()
    assert words_for("cut_off_picture").reason == "The picture breaks off before its end: a part of it is missing."
