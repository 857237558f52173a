"""Pictures and layout files for tests, drawn on the spot."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WORDS = ["Helsinki 1891", "Turku, uusi painos", "Åbo Tidningar", "Viipuri", "Oulun Wiikko-Sanomia", "Vaasa 1856"]
SHARED = Path(__file__).parents[3] / "shared" / "scans"


def draw_page(
    lines: Iterable[str] = WORDS[:3],
    *,
    size: tuple[int, int] = (640, 400),
    mode: str = "RGB",
    columns: int = 1,
    pitch: int = 60,
    turn: float = 0.0,
) -> Image.Image:
    """Draw lines of type on paper, in columns side by side, turned by some degrees."""
    image = Image.new("L", size, 235)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(28)
    for column in range(columns):
        for number, line in enumerate(lines):
            pen.text((40 + column * size[0] // columns, 40 + number * pitch), line, font=font, fill=30)
    return image.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor=235).convert(mode)


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def page_bytes(number: int = 0) -> bytes:
    """Return a JPEG that differs from number to number."""
    return encoded(draw_page([f"{word} {number}" for word in WORDS[:3]]))


def leaves(count: int, start: int = 0) -> list[Image.Image]:
    return [draw_page([f"{word} {number}" for word in WORDS[:3]]) for number in range(start, start + count)]


def document(count: int, form: str = "PDF", start: int = 0, **options: Any) -> bytes:
    first, *rest = leaves(count, start)
    return encoded(first, form, save_all=True, append_images=rest, **({"resolution": 150} | options))


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def alto(
    lines: Iterable[tuple[str, tuple[int, int, int, int]]], *, width: int = 640, height: int = 400, unit: str = "pixel"
) -> bytes:
    written = "".join(
        f'<TextLine HPOS="{x}" VPOS="{y}" WIDTH="{w}" HEIGHT="{h}">'
        + "<SP/>".join(f'<String CONTENT="{word}"/>' for word in text.split())
        + "</TextLine>"
        for text, (x, y, w, h) in lines
    )
    return (
        '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">'
        f"<Description><MeasurementUnit>{unit}</MeasurementUnit></Description>"
        f'<Layout><Page WIDTH="{width}" HEIGHT="{height}"><PrintSpace><TextBlock>{written}</TextBlock></PrintSpace>'
        "</Page></Layout></alto>"
    ).encode()


THREE_LINES = (
    ("Helsinki 1891", (38, 38, 200, 36)),
    ("Turku", (38, 98, 90, 36)),
    ("", (38, 158, 190, 36)),
)


def slice_of(key: str, at: int, length: int) -> Image.Image:
    """Return the crop that lies there in a pack of crops."""
    content = Path(settings.FILES, key).read_bytes()[at : at + length]
    image = Image.open(io.BytesIO(content), formats=["JPEG"])
    image.load()
    return image


def last_json(text: str) -> dict[str, Any]:
    return json.loads(text.strip().splitlines()[-1])
