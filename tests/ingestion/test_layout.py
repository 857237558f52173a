from pathlib import Path

import pytest

from ingestion.errors import Refused
from ingestion.exchange import Limits
from ingestion.layout import Line, lines_for, read_layout

from .drawing import SHARED, THREE_LINES, alto

LIMITS = Limits(lines=200, layout_bytes=2**20)


def lines_in(xml: bytes, tmp_path: Path, width: int = 640, height: int = 400, dpi: float | None = None):
    path = tmp_path / "layout.xml"
    path.write_bytes(xml)
    return lines_for(read_layout(path, LIMITS), width, height, dpi)


def refusal_of(xml: bytes, tmp_path: Path) -> str:
    with pytest.raises(Refused) as caught:
        lines_in(xml, tmp_path)
    return caught.value.code


def page_xml(body: str, *, year: int = 2019, attributes: str = 'imageWidth="640" imageHeight="400"') -> bytes:
    namespace = f"http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}-07-15"
    return f'<PcGts xmlns="{namespace}"><Page imageFilename="a.jpg" {attributes}>{body}</Page></PcGts>'.encode()


def test_alto_gives_boxes_and_words_in_order(tmp_path: Path):
    assert lines_in(alto(THREE_LINES), tmp_path) == (
        [Line(38, 38, 200, 36, "Helsinki 1891"), Line(38, 98, 90, 36, "Turku"), Line(38, 158, 190, 36)],
        0,
    )


def test_an_alto_line_without_a_box_takes_that_of_its_outline_or_words(tmp_path: Path):
    body = (
        '<TextLine><Shape><Polygon POINTS="10,20 60,20 60,44 10,44"/></Shape><String CONTENT="outline"/></TextLine>'
        '<TextLine><String CONTENT="two" HPOS="10" VPOS="80" WIDTH="30" HEIGHT="20"/>'
        '<String CONTENT="words" HPOS="50" VPOS="78" WIDTH="40" HEIGHT="20"/></TextLine>'
    )
    xml = alto([]).replace(b"<TextBlock></TextBlock>", f"<TextBlock>{body}</TextBlock>".encode())

    assert lines_in(xml, tmp_path) == ([Line(10, 20, 50, 24, "outline"), Line(10, 78, 80, 22, "two words")], 0)


def test_a_hyphen_of_alto_belongs_to_the_last_word(tmp_path: Path):
    xml = alto([("Sano", (0, 0, 99, 20))]).replace(b'"Sano"/>', b'"Sano"/><HYP CONTENT="-"/>')

    assert lines_in(xml, tmp_path) == ([Line(0, 0, 99, 20, "Sano-")], 0)


def test_page_gives_lines_in_the_order_that_it_states(tmp_path: Path):
    body = """<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="b"/>
        <RegionRefIndexed index="0" regionRef="c"/></OrderedGroup></ReadingOrder>
        <TextRegion id="a"><TextLine><Coords points="0,300 50,300 50,320 0,320"/></TextLine></TextRegion>
        <TextRegion id="b"><Coords points="0,0 640,0 640,50 0,50"/>
        <TextLine><Coords points="10,10 90,12 90,40 10,38"/><Word><Coords points="10,10 20,10 20,20"/>
        <TextEquiv><Unicode>wrong</Unicode></TextEquiv></Word>
        <TextEquiv index="1"><Unicode>second</Unicode></TextEquiv>
        <TextEquiv index="0"><Unicode>first</Unicode></TextEquiv>
        </TextLine></TextRegion>
        <TextRegion id="c"><TextLine><Coords points="10,60 90,60 90,90 10,90"/>
        <Word><TextEquiv><Unicode>only</Unicode></TextEquiv></Word><Word><TextEquiv><Unicode>words</Unicode></TextEquiv>
        </Word></TextLine></TextRegion>"""

    assert lines_in(page_xml(body), tmp_path) == (
        [Line(10, 60, 80, 30, "only words"), Line(10, 10, 80, 30, "first"), Line(0, 300, 50, 20)],
        0,
    )


def test_page_of_2010_has_its_points_as_elements(tmp_path: Path):
    points = "".join(f'<Point x="{x}" y="{y}"/>' for x, y in ((5, 6), (105, 6), (105, 30)))
    body = f'<TextRegion id="a"><TextLine><Coords>{points}</Coords></TextLine></TextRegion>'

    assert lines_in(page_xml(body, year=2010), tmp_path) == ([Line(5, 6, 100, 24)], 0)


@pytest.mark.parametrize(
    ("unit", "page", "dpi", "expected"),
    [
        ("pixel", (320, 200), None, Line(76, 76, 400, 72, "Helsinki 1891")),  # made on a picture of half the size
        ("mm10", (542, 339), None, Line(45, 45, 236, 42, "Helsinki 1891")),
        ("mm10", (0, 0), 300, Line(45, 45, 236, 42, "Helsinki 1891")),
        ("inch1200", (0, 0), 600, Line(19, 19, 100, 18, "Helsinki 1891")),
    ],
)
def test_boxes_are_scaled_to_the_picture(unit: str, page: tuple[int, int], dpi: float | None, expected, tmp_path: Path):
    xml = alto(THREE_LINES[:1], width=page[0], height=page[1], unit=unit)

    assert lines_in(xml, tmp_path, dpi=dpi) == ([expected], 0)


def test_lines_off_the_page_without_area_or_there_twice_are_left_out_and_counted(tmp_path: Path):
    boxes = [
        (-50, 10, 100, 20),
        (600, 380, 4000, 4000),
        (10, 10, 0, 0),
        (700, 10, 50, 20),
        (5, 5, 50, 20),
        (5, 5, 50, 20),
    ]
    xml = alto([("a", box) for box in boxes]).replace(b"</TextBlock>", b'<TextLine HPOS="NaN" VPOS="1"/></TextBlock>')

    assert lines_in(xml, tmp_path) == (
        [Line(0, 10, 50, 20, "a"), Line(600, 380, 40, 20, "a"), Line(5, 5, 50, 20, "a")],
        4,
    )


def test_a_reading_is_tidied(tmp_path: Path):
    assert lines_in(alto([("Pa\u0308ivä\u202e  x\u200b", (0, 0, 9, 9))]), tmp_path)[0][0].text == "Päivä x"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "damaged_layout"),
        (b"<alto><Layout>", "damaged_layout"),
        (b"<html><body/></html>", "unknown_layout"),
        (b'<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY a "b">]><alto>&a;</alto>', "layout_with_entities"),
        (b'<!DOCTYPE alto SYSTEM "http://127.0.0.1/x.dtd"><alto/>', "layout_with_entities"),
        (b"<alto>" + b"<a>" * 5000, "layout_too_deep"),
        (b"<alto>" + b" " * 2**20 + b"</alto>", "layout_too_large"),
        (b'<?xml version="1.0" encoding="x-unheard-of"?><alto/>', "undecodable_layout"),
        (b'<?xml version="1.0" encoding="UTF-8"?><alto>\xe9</alto>', "damaged_layout"),
        (alto(THREE_LINES, width=400, height=640), "layout_of_another_picture"),
        (alto(THREE_LINES).replace(b"</Page>", b'</Page><Page WIDTH="1" HEIGHT="1"/>'), "layout_of_several_pages"),
        (alto(THREE_LINES, width=0, height=0, unit="furlong"), "unknown_unit"),
        (alto([("a", (0, n, 9, 9)) for n in range(201)]), "too_many_lines"),
        (page_xml("").replace(b"a.jpg", b"../../../etc/passwd"), "layout_points_outside"),
        (page_xml("").replace(b"a.jpg", b"http://10.0.0.1/a.jpg"), "layout_points_outside"),
    ],
)
def test_a_faulty_layout_is_refused(xml: bytes, code: str, tmp_path: Path):
    assert refusal_of(xml, tmp_path) == code


@pytest.mark.skipif(not SHARED.exists(), reason="the shared scans do not lie beside the repository")
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("billion_laughs_alto.xml", "layout_with_entities"),
        ("quadratic_blowup_page.xml", "layout_with_entities"),
        ("xxe_page.xml", "layout_with_entities"),
        ("xxe_parameter_http.xml", "layout_with_entities"),
        ("xinclude.xml", 0),
        ("deep_nesting.xml", "layout_too_deep"),
        ("coordinates_odd_alto.xml", 4),
        ("utf16_alto.xml", 1),
        ("latin1_wrongly_declared_utf8.xml", "damaged_layout"),
        ("entities_nul.xml", "damaged_layout"),
        ("mets_ssrf.xml", "unknown_layout"),
        ("page_image_traversal.xml", "layout_points_outside"),
    ],
)
def test_a_hostile_layout_gives_its_good_lines_or_a_reason(name: str, verdict: str | int):
    path = SHARED / "public" / "nasty" / "own" / "xml" / name
    try:
        found = len(lines_for(read_layout(path, Limits()), 800, 600, None)[0])
    except Refused as refused:
        found = refused.code

    assert found == verdict
