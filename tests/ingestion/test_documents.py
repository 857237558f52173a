"""Documents of several pages: PDFs and TIFFs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.management import call_command
from PIL import Image

from ingestion.containment import Decoder
from ingestion.errors import Refused
from ingestion.exchange import Limits, Wish
from ingestion.leaves import text_on
from ingestion.models import File
from tasks.identity import page_of_document
from tasks.models import Item, Page, Task
from tests.factories import make_workflow

from .drawing import SHARED, THREE_LINES, alto, document, encoded, last_json, leaves, page_bytes, write

OWN = SHARED / "public" / "nasty" / "own"
FORMS = SHARED / "public" / "forms"
needs_scans = pytest.mark.skipif(not SHARED.exists(), reason="the sample scans do not lie beside this checkout")


@pytest.fixture
def ingest(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    def run(*words: object) -> tuple[int, dict[str, Any]]:
        code = 0
        try:
            call_command("ingest", *map(str, words), "--json")
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, last_json(capsys.readouterr().out)

    return run


@pytest.fixture
def slug(db: None) -> str:
    return make_workflow().project.slug


def code_of(path: Path, limits: Limits | None = None, number: int = 0) -> str:
    """Return the code of the refusal that a file or one of its pages ends with, else ``taken``."""
    with Decoder(limits) as decoder:
        try:
            pages = decoder.survey(path)
            decoder.read(Wish(str(path), None, f"{path}.page", f"{path}.crops", number if pages else None))
        except Refused as refused:
            return refused.code
    return "taken"


@pytest.mark.parametrize("form", ["PDF", "TIFF"])
def test_each_page_of_a_document_becomes_a_page_of_one_item(form: str, ingest, slug: str, tmp_path: Path):
    (tmp_path / "register.x").write_bytes(document(3, form))
    code, report = ingest(slug, tmp_path / "register.x")
    [item], [file] = Item.objects.all(), File.objects.all()
    pages = Page.objects.order_by("position")

    assert (code, report["pages"], report["tasks"], item.identifier) == (0, 3, 9, "register")
    assert [(page.position, page.sha256, page.file, page.item_id) for page in pages] == [
        (number, page_of_document(file.sha256, number), file.pk, item.pk) for number in range(3)
    ]
    assert (file.state, file.reason, file.pages, file.pages_done) == ("done", "", 3, 3)


def test_the_same_document_again_makes_nothing(ingest, slug: str, tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(document(2))
    ingest(slug, tmp_path / "a.pdf", "--batch", "one")
    again = ingest(slug, tmp_path / "a.pdf", "--batch", "one")[1]
    elsewhere = ingest(slug, tmp_path / "a.pdf", "--batch", "two")[1]

    assert [(r["pages"], r["tasks"], r["duplicates"]) for r in (again, elsewhere)] == [(0, 0, 1), (0, 0, 1)]
    assert list(File.objects.order_by("pk").values_list("state", "reason")) == [
        ("done", ""), ("duplicate", "Already there, in batch “one”."),
    ]  # fmt: skip
    assert (Page.objects.count(), Task.objects.count()) == (2, 6)


def test_two_documents_of_one_name_are_two_items(ingest, slug: str, tmp_path: Path):
    for number in range(2):
        folder = write(tmp_path / str(number), {"a.pdf": document(2, start=10 * number)})
        ingest(slug, folder / "a.pdf", "--batch", "one")

    assert [item.pages.count() for item in Item.objects.all()] == [2, 2]
    assert [item.identifier.split()[0] for item in Item.objects.order_by("pk")] == ["a", "a"]


def test_a_faulty_page_is_named_and_the_others_come_in(ingest, slug: str, tmp_path: Path):
    first, _second, third = leaves(3)
    blank = Image.new("RGB", first.size, "white")
    (tmp_path / "a.pdf").write_bytes(encoded(first, "PDF", save_all=True, append_images=[blank, third]))
    report = ingest(slug, tmp_path / "a.pdf")[1]
    [file] = File.objects.all()

    assert (report["pages"], file.state) == (2, "done")
    assert file.reason == "2 of its 3 pages were taken in. Not page 2: The page is blank."
    assert list(Page.objects.order_by("position").values_list("position", flat=True)) == [0, 2]


def test_a_layout_of_one_page_does_not_fit_a_document(ingest, slug: str, tmp_path: Path):
    write(tmp_path / "box", {"a.tif": document(2, "TIFF"), "a.xml": alto(THREE_LINES), "b.jpg": page_bytes()})
    states = {file["name"]: file["state"] for file in ingest(slug, tmp_path / "box")[1]["files"]}

    assert states == {"box/a.tif": "refused", "box/a.xml": "refused", "box/b.jpg": "done"}


def test_a_document_with_more_pages_than_allowed_is_refused_before_any_is_drawn(tmp_path: Path):
    for name, form in {"a.pdf": "PDF", "a.tif": "TIFF"}.items():
        (tmp_path / name).write_bytes(document(3, form))
        assert code_of(tmp_path / name, replace(Limits(), pages=2)) == "too_many_pages"


def test_a_page_is_drawn_at_the_resolution_of_its_scan(tmp_path: Path):
    sizes = []
    for resolution in (150, 300, 600):
        path = tmp_path / f"{resolution}.pdf"
        path.write_bytes(document(1, resolution=resolution))
        with Decoder() as decoder:
            reading = decoder.read(Wish(str(path), None, f"{path}.page", f"{path}.crops", 0))
        sizes.append((reading.width, reading.height))

    assert sizes == [(640, 400), (640, 400), (320, 200)]


def pdf_with_text(*lines: str, turn: int = 0) -> bytes:
    """Write a PDF whose text is text; readers mend its missing table of contents."""
    said = "BT /F1 20 Tf 40 TL 30 250 Td " + " T* ".join(f"({line}) Tj" for line in lines) + " ET"
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/CropBox[10 20 390 290]/Rotate {turn}/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        f"4 0 obj<</Length {len(said)}>>stream\n{said}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    ).encode()


def test_the_text_of_a_pdf_is_suggested_for_the_lines_that_are_found(ingest, slug: str, tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(pdf_with_text("Helsinki 1891", "Turku, uusi painos", "Viipuri"))
    ingest(slug, tmp_path / "a.pdf")

    assert list(Task.objects.order_by("position").values_list("suggestion", flat=True)) == [
        "Helsinki 1891", "Turku, uusi painos", "Viipuri",
    ]  # fmt: skip


def test_text_and_picture_of_a_turned_page_fit_one_another():
    with pypdfium2.PdfDocument(pdf_with_text("Helsinki", turn=90)) as document:
        page = document[0]
        [said] = text_on(page, 270, 380)

    assert (said.text, said.right - said.left < 30, said.lower - said.upper > 60) == ("Helsinki", True, True)


@needs_scans
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("10000_pages.pdf", "too_many_pages"),
        ("encrypted_user_password.pdf", "locked_document"),
        ("encrypted_owner_only.pdf", "taken"),
        ("truncated.pdf", "damaged_document"),
        ("bad_xref.pdf", "taken"),
        ("header_only.pdf", "damaged_document"),
        ("no_pages.pdf", "no_pages"),
        ("page_tree_loop.pdf", "damaged_document"),
        ("count_lies.pdf", "blank_page"),
        ("javascript_launch.pdf", "blank_page"),
        ("bomb_image.pdf", "too_many_pixels"),
        ("bomb_contents.pdf", "blank_page"),
        ("huge_mediabox.pdf", "page_too_wide"),
        ("zero_mediabox.pdf", "page_without_size"),
        ("rotate90_cropbox.pdf", "taken"),
        ("attachment.pdf", "taken"),
    ],
)
def test_hostile_documents_end_as_they_should(name: str, code: str, tmp_path: Path):
    (tmp_path / name).write_bytes((OWN / "pdf" / name).read_bytes())

    assert code_of(tmp_path / name) == code


@needs_scans
def test_a_document_without_end_is_the_end_of_its_reader(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes((OWN / "pdf" / "form_recursion.pdf").read_bytes())

    assert code_of(tmp_path / "a.pdf", replace(Limits(), memory=400 * 2**20)) == "crashed"


@needs_scans
def test_of_each_document_is_said_what_it_lacks_itself(tmp_path: Path):
    codes = []
    with Decoder() as decoder:
        for name in ("encrypted_user_password.pdf", "no_pages.pdf", "header_only.pdf", "no_pages.pdf"):
            (tmp_path / name).write_bytes((OWN / "pdf" / name).read_bytes())
            with pytest.raises(Refused) as refused:
                decoder.survey(tmp_path / name)
            codes.append(refused.value.code)

    assert codes == ["locked_document", "no_pages", "damaged_document", "no_pages"]


@needs_scans
@pytest.mark.parametrize(("name", "code"), [("2000_pages.tif", "too_many_pages"), ("ifd_loop.tif", "circular_picture")])
def test_a_tiff_without_end_is_refused(name: str, code: str, tmp_path: Path):
    (tmp_path / name).write_bytes((OWN / "images" / name).read_bytes())

    assert code_of(tmp_path / name) == code


@needs_scans
def test_real_documents_come_in_upright_and_whole(ingest, slug: str):
    ingest(slug, FORMS / "pdf", FORMS / "tiff")
    items = {item.identifier: item.pages.count() for item in Item.objects.all()}
    sides = Page.objects.filter(item__identifier="mixed_sizes_rotated").order_by("position").values_list(
        "width", "height"
    )  # fmt: skip

    assert items == {
        "cards_6pages": 6, "mixed_sizes_rotated": 2, "museum_cards_scan_4p": 4, "cards_12pages_g4": 12,
        "colour_mixed_sizes_jpeg": 3,
    }  # fmt: skip
    assert [width < height for width, height in sides] == [True, True]
