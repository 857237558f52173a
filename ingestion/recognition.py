"""Tell what a file is by its first bytes; its name matters only where the content says nothing."""

from enum import Enum, auto
from pathlib import PurePosixPath

HEAD = 64  # bytes that ``recognise`` wants to see
ACCEPTED = "JPEG, PNG, WebP, TIFF or PDF"

LITTER = {"thumbs.db", ".ds_store", "desktop.ini", "ehthumbs.db", ".directory"}
LITTER_FOLDERS = {"__macosx", ".git", ".spotlight-v100", ".trashes", ".fseventsd", "@eadir"}
PICTURES = {"jpg", "jpeg", "jpe", "png", "webp", "tif", "tiff", "pdf"}
PAGES_OF_OTHER_KINDS = {
    "gif": "GIF", "bmp": "BMP", "jp2": "JPEG 2000", "j2k": "JPEG 2000", "jpx": "JPEG 2000", "svg": "SVG",
    "heic": "HEIC", "heif": "HEIC", "avif": "AVIF", "djvu": "DjVu", "psd": "Photoshop", "jxl": "JPEG XL",
}  # fmt: skip
ARCHIVES = {"zip", "gz", "tgz", "tar", "bz2", "xz", "7z", "rar", "zst"}
MAGIC_OF_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MAGIC_OF_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", *MAGIC_OF_TIFF)
MAGIC_OF_OTHERS = (
    (b"GIF8", "GIF"), (b"BM", "BMP"), (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"), (b"AT&TFORM", "DjVu"), (b"8BPS", "Photoshop"), (b"<svg", "SVG"),
)  # fmt: skip
MAGIC_OF_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"BZh")


class Sort(Enum):
    PICTURE = auto()
    PDF = auto()
    LAYOUT = auto()  # XML
    ARCHIVE = auto()
    LITTER = auto()  # what an operating system leaves behind
    PAGES = auto()  # pages in a form that is not read
    BROKEN = auto()  # named like a picture, but is none
    OTHER = auto()


def is_litter(label: str) -> bool:
    path = PurePosixPath(label)
    return (
        path.name.lower() in LITTER
        or path.name.startswith("._")
        or any(part.lower() in LITTER_FOLDERS for part in path.parts[:-1])
    )


def ending(label: str) -> str:
    return PurePosixPath(label).suffix.lower().lstrip(".")


def recognise(label: str, head: bytes) -> Sort:
    """Return what kind of file has this name and these first bytes (at least ``HEAD`` where there are as many)."""
    if is_litter(label):
        return Sort.LITTER
    if is_pdf(head):
        return Sort.PDF
    if head.startswith(MAGIC_OF_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Sort.PICTURE
    if format_of_pages(label, head):
        return Sort.PAGES
    if ending(label) in ARCHIVES or (head.startswith(MAGIC_OF_ARCHIVES) and not ending(label)):
        return Sort.ARCHIVE  # a spreadsheet is a ZIP too, by its first bytes
    if ending(label) == "xml":
        return Sort.LAYOUT
    return Sort.BROKEN if ending(label) in PICTURES else Sort.OTHER


def is_pdf(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \r\n\t\0").startswith(b"%PDF-")


def may_hold_several(head: bytes) -> bool:
    """Whether it is of a form that holds one page or many."""
    return is_pdf(head) or head.startswith(MAGIC_OF_TIFF)


def format_of_pages(label: str, head: bytes) -> str | None:
    """Return the name of a form that holds pages but is not read, for example ``GIF``."""
    for magic, name in MAGIC_OF_OTHERS:
        if head.startswith(magic):
            return name if name != "BMP" or ending(label) in {"bmp", "dib", *PICTURES} else None
    return PAGES_OF_OTHER_KINDS.get(ending(label))
