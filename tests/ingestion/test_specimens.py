import csv
import io
import string
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest
from defusedxml import ElementTree as ET
from django.core.management import call_command
from PIL import Image
from rapidfuzz.distance import Levenshtein

from ingestion.specimens import MACHINES, NEW, SETS, Specimen, Style, Wear, draw, write
from ingestion.specimens.cataloguing import WORDINGS, periodicals, word
from ingestion.specimens.drawing import EDGE, WIDTH, draw_card
from ingestion.specimens.entering import REGISTERS, enter
from ingestion.specimens.faces import (
    BLACKLETTER,
    BOLD_BLACKLETTER,
    FACES,
    TYPEWRITER,
    MissingLetter,
    check,
    file_of,
    lacking,
)
from ingestion.specimens.handwriting import HANDS, Pen
from ingestion.specimens.misreading import misread
from ingestion.specimens.placing import Box
from ingestion.specimens.printing import Press, compose
from ingestion.specimens.reporting import PAPERS, report
from ingestion.specimens.ruling import bind
from tasks.models import Task

SLUGS = [about.slug for about in SETS if about.style == Style.CARD]
BOOKS = [about.slug for about in SETS if about.style == Style.REGISTER]
GAZETTES = [about.slug for about in SETS if about.style == Style.NEWSPAPER]
ALTO = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
each_set = pytest.mark.parametrize("slug", SLUGS)
each_book = pytest.mark.parametrize("slug", BOOKS)
each_gazette = pytest.mark.parametrize("slug", GAZETTES)
each_kind = pytest.mark.parametrize("slug", [SLUGS[0], BOOKS[0], GAZETTES[0]])


def worded(slug: str) -> list[tuple[str, ...]]:
    """Return the lines of several cards about each periodical of a set."""
    return [
        word(periodical, slug, Random(f"{periodical.title} {round_}"))
        for periodical in periodicals(slug)
        for round_ in range(4)
    ]


@cache
def drawn(slug: str) -> Specimen:
    """Return the first page of a set, drawn once for all who only look at it."""
    return next(draw(3, 1, slug=slug))


@cache
def cards(slug: str) -> list[Specimen]:
    """Return some cards of a set, drawn once for all who only look at them."""
    return list(draw(5, 3, slug=slug))


@cache
def worn_hard(slug: str) -> Specimen:
    return next(draw(2, 1, slug=slug, wear=Wear.everything(0.7)))


def box_of(element) -> Box:
    return Box(*(int(element.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")))


def holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.w <= outer.x + outer.w
        and inner.y + inner.h <= outer.y + outer.h
    )


def dark_pixels(specimen: Specimen, below: int) -> np.ndarray:
    """Return which pixels are darker than ``below``; paper has 220 and more, pencil and stamps 72 and more."""
    return np.asarray(Image.open(io.BytesIO(specimen.image)).convert("L")) < below


@each_kind
def test_the_same_seed_draws_the_same_bytes_and_a_longer_run_begins_with_those_of_a_shorter_one(slug):
    assert next(draw(3, 5, slug=slug)) == drawn(slug)


@each_kind
def test_another_seed_draws_other_pages(slug):
    other = cards(slug)[0] if slug in SLUGS else worn_hard(slug)

    assert [line.text for line in other.truth] != [line.text for line in drawn(slug).truth]


def test_an_unknown_set_is_refused_with_the_sets_there_are():
    with pytest.raises(ValueError, match="no set of specimens called 'maps'; choose one of british-periodicals, dutch"):
        list(draw(1, 1, slug="maps"))


def test_a_run_longer_than_the_catalogue_words_each_card_anew(monkeypatch):
    blank = draw_card(("S 1", "Title", "Place.", "1800."), "finnish-newspapers", NEW, Random(1))
    monkeypatch.setattr(
        "ingestion.specimens.draw_card",
        lambda texts, slug, wear, rng: replace(
            blank, lines=tuple(replace(blank.lines[0], text=text) for text in texts)
        ),
    )
    monkeypatch.setattr("ingestion.specimens.write_alto", lambda *arguments: b"")

    cards = list(draw(1, 300))

    assert len({card.name for card in cards}) == 300
    assert len({tuple(line.text for line in card.truth) for card in cards}) == 300
    assert {card.truth[1].text for card in cards} == {periodical.title for periodical in periodicals(SLUGS[0])}


@each_set
def test_a_set_is_worded_from_true_and_complete_facts(slug):
    facts = periodicals(slug)

    assert len(facts) >= 40
    assert len({fact.title for fact in facts}) == len(facts)
    assert [fact for fact in facts if not (fact.title and fact.place and 1600 < fact.began < 1900)] == []
    assert [fact for fact in facts if fact.ended is not None and fact.ended < fact.began] == []
    assert {len(lines) for lines in worded(slug)} <= {4, 5, 6}


@each_set
def test_the_letters_offered_are_those_a_plain_keyboard_lacks(slug):
    offered = next(specimen_set.letters for specimen_set in SETS if specimen_set.slug == slug)
    needed = set("".join(text for lines in worded(slug) for text in lines)) - set(string.printable)

    assert needed <= set(offered)


@each_set
def test_the_typewriter_has_every_character(slug):
    used = set("".join(text for lines in worded(slug) for text in lines))

    assert lacking(TYPEWRITER, "aſ") == "ſ", "a letter the face lacks is told, or this test shows nothing"
    assert lacking(TYPEWRITER, "".join(used)) == ""


@pytest.mark.parametrize("face", FACES)
def test_each_face_is_shipped_with_its_licence(face):
    files = file_of(face).parent.iterdir()

    assert {"LICENSE", "SHA256SUMS", file_of(face).name} <= {path.name for path in files}


@each_book
def test_every_hand_of_a_book_can_write_all_that_may_stand_in_it(slug):
    written = {cell.text + cell.struck for number in range(60) for row in enter(slug, 1, number).rows for cell in row}
    notes = {enter(slug, 1, number).note for number in range(60)}
    hands = {hand.face for seed in range(20) for hand in bind(slug, seed).hands}

    assert len(hands) >= 5
    assert {face: lacking(face, "".join(written | notes)) for face in hands} == dict.fromkeys(hands, "")


@each_gazette
def test_blackletter_has_every_character_of_its_newspaper(slug):
    used = "".join(line for number in range(30) for line in lines_of(slug, number))

    assert "ſ" in used
    assert {face: lacking(face, used) for face in (BLACKLETTER, BOLD_BLACKLETTER)} == {
        BLACKLETTER: "",
        BOLD_BLACKLETTER: "",
    }


@pytest.mark.parametrize("face", ["marck-script", BLACKLETTER, TYPEWRITER])
def test_a_letter_that_a_face_lacks_is_refused_and_never_drawn(face):
    with pytest.raises(MissingLetter, match=f"{face} has no 'ł'"):
        check(face, "ł")


@each_book
def test_a_book_is_worded_row_by_row_and_goes_on_overleaf(slug):
    first, second = enter(slug, 3, 0), enter(slug, 3, 1)

    assert [row[0].text for row in first.rows + second.rows] == [str(number) for number in range(1, 19)]
    assert {len(row) for row in first.rows} == {len(first.heads)} == {len(first.widths)}
    assert sum(first.widths) == pytest.approx(1)


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.face)
def test_a_hand_keeps_its_ink_within_the_boxes_it_reports(hand):
    pen = Pen(hand, (1600, 300), Random(4))
    boxes = pen.write("Katarina Österman, född 1849", 60, 160, 1400)
    ink = np.array(pen.trembled(np.random.default_rng(1)))
    inked = [bool(ink[y : y + h, x : x + w].any()) for x, y, w, h in boxes]
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = 0

    assert inked == [True] * 4
    assert int(ink.max()) == 0


@each_gazette
@pytest.mark.parametrize("columns", [2, 3, 4])
def test_a_front_page_is_set_in_full_justified_columns_and_the_ink_of_each_word_lies_in_its_box(slug, columns):
    size = (84 * 2 + columns * 452 + (columns - 1) * 38, 1420)
    lines = compose(report(slug, 2, 1), columns, size, Image.new("L", size))
    ink = Image.new("L", size)
    boxes = [box for line in lines for box in Press(ink, Random(1)).set_line(line)]
    left = np.array(ink)
    for x, y, w, h in boxes:
        assert left[y : y + h, x : x + w].any()
    for x, y, w, h in boxes:
        left[y : y + h, x : x + w] = 0

    assert int(left.max()) == 0
    assert [box for box in boxes if not holds(Box(60, 0, size[0] - 120, size[1] - 50), box)] == []
    assert len({line.starts[0] // 490 for line in lines}) == columns


def test_a_newspaper_parts_words_only_where_its_language_does():
    parted = {
        word
        for number in range(12)
        for line in lines_of("german-gazette", number)
        for word in line.split()
        if word.endswith("-")
    }

    assert parted
    assert {word for word in parted if len(word) < 3} == set()


def lines_of(slug: str, number: int) -> list[str]:
    size = (1110, 1420)
    return [" ".join(line.words) for line in compose(report(slug, 1, number), 2, size, Image.new("L", size))]


@pytest.mark.parametrize("slug", BOOKS + GAZETTES)
def test_alto_and_truth_say_the_same_of_every_page(slug):
    page = drawn(slug)
    alto = ET.fromstring(page.alto)
    size = Image.open(io.BytesIO(page.image)).size
    lines = alto.findall(".//a:TextLine", ALTO)
    blocks = alto.findall(".//a:TextBlock", ALTO)

    assert len(blocks) > 5
    assert [box_of(line) for line in lines] == [line.region for line in page.truth]
    assert [" ".join(word.get("CONTENT") for word in line) for line in lines] == [line.ocr for line in page.truth]
    assert all(holds(Box(0, 0, *size), box_of(block)) for block in blocks)
    assert all(holds(box_of(block), box_of(line)) for block in blocks for line in block)
    assert all(holds(box_of(line), box_of(word)) for line in lines for word in line)


@each_kind
def test_wear_changes_the_picture_and_nothing_that_is_written(slug):
    new, worn = next(draw(3, 1, slug=slug, wear=NEW)), drawn(slug)

    assert [line.text for line in new.truth] == [line.text for line in worn.truth]
    assert np.asarray(Image.open(io.BytesIO(new.image))).mean() > np.asarray(Image.open(io.BytesIO(worn.image))).mean()


@pytest.mark.parametrize("slug", [BOOKS[0], GAZETTES[0]])
def test_hard_wear_leaves_writing_darker_than_the_paper_around_it(slug):
    page = worn_hard(slug)
    grey = np.asarray(Image.open(io.BytesIO(page.image)).convert("L"), np.float32)
    contrasts = [
        float(np.subtract(*np.percentile(grey[y : y + h, x : x + w], (70, 2))))
        for x, y, w, h in (line.region for line in page.truth)
    ]

    assert min(contrasts) > 40


@each_set
def test_the_longest_lines_fit_on_the_card(slug):
    shelf, title, *rest = (
        sorted(texts, key=len)[-1] for texts in zip(*(lines[:4] for lines in worded(slug)), strict=True)
    )
    body = max((text for lines in worded(slug) for text in lines[2:]), key=len)

    picture = draw_card((shelf, title, *rest, body), slug, NEW, Random(1))

    assert [line.box for line in picture.lines if line.box.x + line.box.w > WIDTH - EDGE] == []


@each_set
def test_every_box_lies_in_the_one_around_it_and_shows_no_neighbour(slug):
    for card in cards(slug):
        alto = ET.fromstring(card.alto)
        page = alto.find(".//a:Page", ALTO)
        block = box_of(alto.find(".//a:TextBlock", ALTO))
        lines = alto.findall(".//a:TextLine", ALTO)
        size = Image.open(io.BytesIO(card.image)).size

        assert (int(page.get("WIDTH")), int(page.get("HEIGHT"))) == size
        assert holds(Box(0, 0, *size), block)
        assert [box_of(line) for line in lines] == [line.region for line in card.truth]
        assert all(holds(block, box_of(line)) for line in lines)
        assert all(holds(box_of(line), box_of(string)) for line in lines for string in line)
        assert all(
            upper.region.y + upper.region.h <= lower.region.y
            for upper, lower in zip(card.truth, card.truth[1:], strict=False)
        )


@each_set
def test_the_ink_of_each_word_fills_its_box_from_end_to_end(slug):
    for card in cards(slug):
        dark = dark_pixels(card, below=130)
        for string_ in ET.fromstring(card.alto).findall(".//a:String", ALTO):
            x, y, w, h = box_of(string_)
            columns = np.flatnonzero(dark[y : y + h, x : x + w].any(axis=0))
            assert columns.size, string_.get("CONTENT")
            assert (columns[0] <= 14, columns[-1] >= w - 16) == (True, True), string_.get("CONTENT")


def test_no_typed_ink_lies_outside_the_lines():
    for card in cards(SLUGS[0]):
        dark = dark_pixels(card, below=64)
        assert dark.any()
        for line in card.truth:
            x, y, w, h = line.region
            dark[y : y + h, x : x + w] = False
        assert int(dark.sum()) == 0


def test_alto_says_what_the_machine_read_and_how_sure_it_was():
    card = cards(SLUGS[0])[0]
    lines = ET.fromstring(card.alto).findall(".//a:TextLine", ALTO)

    assert [" ".join(word.get("CONTENT") for word in line) for line in lines] == [line.ocr for line in card.truth]
    assert all(0 < float(word.get("WC")) < 1 for line in lines for word in line)
    assert ET.fromstring(card.alto).findtext(".//a:fileName", namespaces=ALTO) == f"{card.name}.jpg"


@pytest.mark.parametrize("style", list(Style))
def test_the_machine_reads_its_share_of_lines_right_and_slips_a_little_in_the_rest(style):
    rng, machine = Random(1), MACHINES[style]
    texts = {
        Style.CARD: [text for lines in worded(SLUGS[0]) for text in lines],
        Style.REGISTER: [
            cell.text for n in range(20) for row in enter(BOOKS[0], 1, n).rows for cell in row if cell.text
        ],
        Style.NEWSPAPER: [line for n in range(20) for line in lines_of(GAZETTES[0], n)],
    }[style]
    pairs = [(text, " ".join(reading.text for reading in misread(text, rng, machine))) for text in texts]
    slips = [Levenshtein.distance(text, read) for text, read in pairs]

    assert slips.count(0) / len(slips) == pytest.approx(machine.share_right, abs=0.05)
    assert max(slips) <= 6
    assert [read for text, read in pairs if len(read.split()) != len(text.split())] == []


def test_a_card_folder_holds_pictures_alto_and_the_truth(tmp_path: Path):
    first, second, _third = cards("british-periodicals")

    write(tmp_path / "cards", [first, second])

    files = {path.name: path.read_bytes() for path in (tmp_path / "cards").iterdir()}
    rows = list(csv.reader(io.StringIO(files.pop("truth.csv").decode())))
    assert files == {
        f"{card.name}.{suffix}": content
        for card in (first, second)
        for suffix, content in (("jpg", card.image), ("xml", card.alto))
    }
    assert rows == [["page", "line", "x", "y", "w", "h", "text", "ocr"]] + [
        [card.name, str(number), *map(str, line.region), line.text, line.ocr]
        for card in (first, second)
        for number, line in enumerate(card.truth, 1)
    ]


def test_each_set_tells_a_visitor_what_it_is_and_asks_both_questions():
    languages = {**WORDINGS, **REGISTERS, **PAPERS}
    assert [about.slug for about in SETS] == list(languages)
    for specimen_set in SETS:
        assert specimen_set.language == languages[specimen_set.slug].language
        assert len(specimen_set.summary) <= 80
        assert set(specimen_set.questions) == {"transcribe", "verify"}
        assert "invented" in specimen_set.story


@pytest.mark.django_db
@each_kind
def test_a_page_opens_with_ingest_as_one_task_for_each_line(slug, tmp_path: Path):
    write(tmp_path / "pages", [drawn(slug)])

    call_command("ingest", slug, str(tmp_path / "pages"))

    suggested = Task.objects.order_by("position").values_list("suggestion", flat=True)
    assert list(suggested) == [line.ocr for line in drawn(slug).truth]
