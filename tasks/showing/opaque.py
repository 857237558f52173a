"""Numbers that tell nothing: a keyed permutation of row ids for URLs and the API.

An id in a URL would tell which page, project or neighbour a task belongs to. A four-round Feistel network over 64 bits
(Luby & Rackoff 1988, doi:10.1137/0217022) keyed by ``SECRET_KEY`` hides that without another column or index.
"""

import base64
import hashlib
from functools import lru_cache

from django.conf import settings

ROUNDS = 4
HALF = 2**32


@lru_cache(maxsize=8)
def key_of(purpose: str) -> bytes:
    return hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=purpose.encode()[:16]).digest()


def scramble(half: int, round_: int, key: bytes) -> int:
    message = half.to_bytes(4) + bytes([round_])
    return int.from_bytes(hashlib.blake2b(message, digest_size=4, key=key).digest())


@lru_cache(maxsize=10_000)  # several lines of a page are read in a row, and each line by a few people
def opaque(number: int, purpose: str) -> str:
    """Return 13 characters (a-z, 2-7) for a row id in [0, 2**63); each ``purpose`` has a permutation of its own."""
    key = key_of(purpose)
    left, right = divmod(number, HALF)
    for round_ in range(ROUNDS):
        left, right = right, left ^ scramble(right, round_, key)
    return base64.b32encode((left * HALF + right).to_bytes(8)).decode().rstrip("=").lower()


def reveal(text: str, purpose: str) -> int | None:
    """Return the row id behind ``opaque``'s text, None for a text that was never one."""
    try:
        block = base64.b32decode(text.upper() + "===")
    except ValueError:
        return None
    if len(block) != 8:
        return None
    key = key_of(purpose)
    left, right = divmod(int.from_bytes(block), HALF)
    for round_ in reversed(range(ROUNDS)):
        left, right = right ^ scramble(left, round_, key), left
    number = left * HALF + right
    return number if number < 2**63 else None
