"""What passes between the worker and the child process that opens strangers' files: one line of JSON each way."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Of one picture: pixels, bytes of address space, seconds of processor, lines on a page, bytes of its XML file.

    ``pages``: of one document.
    """

    pixels: int = 200_000_000
    memory: int = 1536 * 2**20
    seconds: int = 60
    lines: int = 5_000
    layout_bytes: int = 32 * 2**20
    pages: int = 1_000


@dataclass(frozen=True)
class Survey:
    """Say how many pages the document has; 0 when it is a single picture."""

    document: str


@dataclass(frozen=True)
class Wish:
    """Open ``picture`` with the help of ``layout`` (ALTO or PAGE, may be None); write its page and crops there.

    ``number``: which page of a document, from 0; None for a single picture. ``turned``: by how many degrees clockwise
    it shall be turned before anything is cut, with all that is said about it.
    """

    picture: str
    layout: str | None
    page: str
    crops: str
    number: int | None = None
    turned: int = 0


@dataclass(frozen=True)
class Cut:
    """A region in pixels of the upright picture, its suggested reading, and where its crop lies in the pack."""

    x: int
    y: int
    width: int
    height: int
    text: str
    crop_at: int
    crop_length: int
    crop_width: int
    crop_height: int


@dataclass(frozen=True)
class Reading:
    """What was made of one picture. ``left_out`` counts the lines of its layout that could not be used.

    ``sideways``: its lines seem to run from top to bottom.
    """

    width: int
    height: int
    cuts: tuple[Cut, ...]
    cut_by: str  # layout, profile or page
    left_out: int
    page_sha256: str
    crops_sha256: str
    sideways: bool = False


def to_line(message: Survey | Wish | Reading | dict) -> bytes:
    return json.dumps(message if isinstance(message, dict) else asdict(message)).encode() + b"\n"


def reading_from(answer: dict) -> Reading:
    return Reading(**answer | {"cuts": tuple(Cut(**cut) for cut in answer["cuts"])})
