import csv
import io
import string
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from defusedxml import ElementTree as ET
from PIL import Image
from rapidfuzz.distance import Levenshtein

from ingestion.specimens import SETS, Specimen, draw, write
from ingestion.specimens.cataloguing import WORDINGS, periodicals, word
from ingestion.specimens.drawing import EDGE, TYPE_SIZE, TYPEFACE, WIDTH, Box, draw_card, load_typeface
from ingestion.specimens.misreading import misread

SLUGS = [specimen_set.slug for specimen_set in SETS]
ALTO = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
each_set = pytest.mark.parametrize("slug", SLUGS)


def worded(slug: str) -> list[tuple[str, ...]]:
    """Return the lines of several cards about each periodical of a set."""
    return [
        word(periodical, slug, Random(f"{periodical.title} {round_}"))
        for periodical in periodicals(slug)
        for round_ in range(4)
    ]


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


def test_the_same_seed_draws_the_same_bytes():
    assert list(draw(7, 2)) == list(draw(7, 2))


def test_another_seed_draws_other_cards():
    assert [card.truth for card in draw(7, 2)] != [card.truth for card in draw(8, 2)]


def test_a_longer_run_begins_with_the_cards_of_a_shorter_one():
    assert list(draw(3, 3, slug="dutch-newspapers"))[:2] == list(draw(3, 2, slug="dutch-newspapers"))


def test_an_unknown_set_is_refused_with_the_sets_there_are():
    with pytest.raises(ValueError, match="no set of specimens called 'maps'; choose one of british-periodicals, dutch"):
        list(draw(1, 1, slug="maps"))


def test_a_run_longer_than_the_catalogue_words_each_card_anew(monkeypatch):
    blank = draw_card(("S 1", "Title", "Place.", "1800."), "finnish-newspapers", Random(1))
    monkeypatch.setattr(
        "ingestion.specimens.draw_card",
        lambda texts, slug, rng: replace(blank, lines=(blank.lines[0],) * len(texts)),
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
def test_the_typeface_has_every_character(slug):
    typeface = load_typeface(TYPE_SIZE)
    used = set("".join(text for lines in worded(slug) for text in lines)) - {" "}

    assert typeface.getmask("ſ").getbbox() is None, "a character the face lacks is blank, or this test shows nothing"
    assert [letter for letter in sorted(used) if typeface.getmask(letter).getbbox() is None] == []


def test_the_typeface_is_shipped_with_its_licence():
    assert sorted(path.name for path in TYPEFACE.parent.iterdir()) == ["LICENSE", "SHA256SUMS", TYPEFACE.name]


@each_set
def test_the_longest_lines_fit_on_the_card(slug):
    shelf, title, *rest = (
        sorted(texts, key=len)[-1] for texts in zip(*(lines[:4] for lines in worded(slug)), strict=True)
    )
    body = max((text for lines in worded(slug) for text in lines[2:]), key=len)

    picture = draw_card((shelf, title, *rest, body), slug, Random(1))

    assert [line.box for line in picture.lines if line.box.x + line.box.w > WIDTH - EDGE] == []


@each_set
def test_every_box_lies_in_the_one_around_it_and_shows_no_neighbour(slug):
    for card in draw(5, 4, slug=slug):
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
    for card in draw(6, 3, slug=slug):
        dark = dark_pixels(card, below=130)
        for string_ in ET.fromstring(card.alto).findall(".//a:String", ALTO):
            x, y, w, h = box_of(string_)
            columns = np.flatnonzero(dark[y : y + h, x : x + w].any(axis=0))
            assert columns.size, string_.get("CONTENT")
            assert (columns[0] <= 14, columns[-1] >= w - 16) == (True, True), string_.get("CONTENT")


def test_no_typed_ink_lies_outside_the_lines():
    for card in draw(9, 3):
        dark = dark_pixels(card, below=64)
        assert dark.any()
        for line in card.truth:
            x, y, w, h = line.region
            dark[y : y + h, x : x + w] = False
        assert int(dark.sum()) == 0


def test_alto_says_what_the_machine_read_and_how_sure_it_was():
    (card,) = draw(11, 1)
    lines = ET.fromstring(card.alto).findall(".//a:TextLine", ALTO)

    assert [" ".join(word.get("CONTENT") for word in line) for line in lines] == [line.ocr for line in card.truth]
    assert all(0 < float(word.get("WC")) < 1 for line in lines for word in line)
    assert ET.fromstring(card.alto).findtext(".//a:fileName", namespaces=ALTO) == f"{card.name}.jpg"


@each_set
def test_the_machine_reads_a_third_right_and_slips_a_little_in_the_rest(slug):
    rng = Random(1)
    pairs = [
        (text, " ".join(reading.text for reading in misread(text, rng))) for lines in worded(slug) for text in lines
    ]
    slips = [Levenshtein.distance(text, read) for text, read in pairs]

    assert 0.3 <= slips.count(0) / len(slips) <= 0.4
    assert max(slips) <= 6
    assert [read for text, read in pairs if len(read.split()) != len(text.split())] == []


def test_a_card_folder_holds_pictures_alto_and_the_truth(tmp_path: Path):
    first, second = draw(2, 2, slug="british-periodicals")

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
    assert sorted(SLUGS, key=list(WORDINGS).index) == SLUGS
    for specimen_set in SETS:
        assert specimen_set.language == WORDINGS[specimen_set.slug].language
        assert len(specimen_set.summary) <= 80
        assert set(specimen_set.questions) == {"transcribe", "verify"}
        assert "invented" in specimen_set.story
