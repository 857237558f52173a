"""Write the machine's reading of a card as ALTO 4 (https://www.loc.gov/standards/alto/)."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from .misreading import Reading
from .placing import Box, DrawnLine, Picture, around

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"


def write_alto(name: str, picture: Picture, readings: Sequence[Sequence[Reading]]) -> bytes:
    """Return the file for ``name``.jpg: a box in image pixels for each line and word, a confidence for each word."""
    root = ET.Element("alto", xmlns=NAMESPACE)
    description = ET.SubElement(root, "Description")
    ET.SubElement(description, "MeasurementUnit").text = "pixel"
    ET.SubElement(ET.SubElement(description, "sourceImageInformation"), "fileName").text = f"{name}.jpg"
    size = {"WIDTH": str(picture.width), "HEIGHT": str(picture.height)}
    page = ET.SubElement(ET.SubElement(root, "Layout"), "Page", {"ID": "page_1", "PHYSICAL_IMG_NR": "1", **size})
    space = ET.SubElement(page, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
    numbered = list(enumerate(zip(picture.lines, readings, strict=True), 1))
    for block, (_name, lines) in enumerate(groupby(numbered, lambda entry: entry[1][0].block), 1):
        _add_block(space, block, list(lines))
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add_block(space: ET.Element, block: int, lines: Sequence[tuple[int, tuple[DrawnLine, Sequence[Reading]]]]) -> None:
    place = around(line.box for _number, (line, _words) in lines)
    element = ET.SubElement(space, "TextBlock", {"ID": f"block_{block}", **_place(place)})
    for number, (line, words) in lines:
        row = ET.SubElement(element, "TextLine", {"ID": f"line_{number}", **_place(line.box)})
        _add_words(row, number, line.words, words)


def _add_words(row: ET.Element, number: int, boxes: Sequence[Box], words: Sequence[Reading]) -> None:
    for position, (box, word) in enumerate(zip(boxes, words, strict=True), 1):
        reading = {"CONTENT": word.text, "WC": f"{word.confidence:.2f}"}
        ET.SubElement(row, "String", {"ID": f"word_{number}_{position}", **reading, **_place(box)})


def _place(box: Box) -> dict[str, str]:
    return {"HPOS": str(box.x), "VPOS": str(box.y), "WIDTH": str(box.w), "HEIGHT": str(box.h)}
