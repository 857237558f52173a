"""Byte ranges of one file (RFC 9110, section 14)."""

import re
from typing import NamedTuple

ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,20})-(\d{0,20})[ \t]*", re.ASCII)


class Span(NamedTuple):
    """Bytes ``start`` up to, not including, ``stop``."""

    start: int
    stop: int


class NotInFile(Exception):
    """The range begins behind the end of the file."""


def span_of(header: str, size: int) -> Span | None:
    """Return the bytes that a ``Range`` header asks for, None where the whole file is the answer.

    The whole file answers a header that is malformed, uses another unit or asks for several ranges, as the standard
    allows. Raises ``NotInFile`` for a range that holds no byte of the file.
    """
    match = ONE_RANGE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        return last_bytes(last, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotInFile
    return Span(int(first), min(int(last) + 1, size) if last else size)


def last_bytes(count: str, size: int) -> Span | None:
    if not count:
        return None
    if not int(count) or not size:
        raise NotInFile
    return Span(max(size - int(count), 0), size)
