"""Write a scan as scanners write it."""

from io import BytesIO

from PIL import Image

QUALITY = 88


def encode(scan: Image.Image, dpi: int = 240, quality: int = QUALITY) -> bytes:
    file = BytesIO()
    scan.save(file, "JPEG", quality=quality, dpi=(dpi, dpi))
    return file.getvalue()
