"""Write the machine's reading of a card as ALTO 4 (https://www.loc.gov/standards/alto/)."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from .drawing import Box, Picture, around
from .misreading import Reading

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
    block = ET.SubElement(space, "TextBlock", {"ID": "block_1", **_place(around(line.box for line in picture.lines))})
    for number, (line, words) in enumerate(zip(picture.lines, readings, strict=True), 1):
        row = ET.SubElement(block, "TextLine", {"ID": f"line_{number}", **_place(line.box)})
        _add_words(row, number, line.words, words)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _add_words(row: ET.Element, number: int, boxes: Sequence[Box], words: Sequence[Reading]) -> None:
    for position, (box, word) in enumerate(zip(boxes, words, strict=True), 1):
        reading = {"CONTENT": word.text, "WC": f"{word.confidence:.2f}"}
        ET.SubElement(row, "String", {"ID": f"word_{number}_{position}", **reading, **_place(box)})


def _place(box: Box) -> dict[str, str]:
    return {"HPOS": str(box.x), "VPOS": str(box.y), "WIDTH": str(box.w), "HEIGHT": str(box.h)}
