"""Names by content: the same picture, region and question always get the same keys, so ingest makes nothing twice."""

import hashlib
from typing import NamedTuple


class Region(NamedTuple):
    """A rectangle of a page in pixels of the upright original picture, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


def digest(*parts: object) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()


def region_id(page_sha256: str, region: Region) -> str:
    """Return the public id of a region: 20 hexadecimal digits, the same in every release and on every machine."""
    return digest("region", page_sha256, *region).hex()[:20]


def page_of_document(document_sha256: str, number: int) -> str:
    """Return what stands for the SHA-256 of a page without a file of its own: page ``number`` of a document, from 0."""
    return digest("page", document_sha256, number).hex()


def natural_key(page_sha256: str, region: Region, workflow: int) -> str:
    """Return the 32 digits that make a task unique in its project."""
    return digest("task", page_sha256, *region, workflow).hex()[:32]


def subject_of(page_sha256: str, region: Region) -> int:
    """Return the 62-bit number that every task about this region shares."""
    return int.from_bytes(digest("subject", page_sha256, *region)[:8]) >> 2
