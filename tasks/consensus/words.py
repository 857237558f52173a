"""Cut a text into the words that readings are compared by."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .normalisation import APOSTROPHES, Normalisation, normalise

LOOSE = Normalisation(ignore_case=True, ignore_punctuation=True)
_CHUNKS = 50_000  # of all projects together; most words of a project come again and again


@dataclass(frozen=True, slots=True)
class Words:
    """A text word by word: ``keys`` to align and to vote by, without case and punctuation; ``forms`` as typed.

    Both have one entry a word. A form ends in a space unless the text writes it and the next word as one; the forms
    put together again are the text and a space. Punctuation that stands alone goes with the word before it.
    ``loose`` is the keys with spaces between them.
    """

    keys: tuple[str, ...]
    forms: tuple[str, ...]
    loose: str


def split_into_words(text: str) -> Words:
    """Split ``text``, which is folded, at white space and, within a chunk, behind punctuation: ``air-tight`` is two."""
    keys: list[str] = []
    forms: list[str] = []
    pending = ""  # punctuation that no word comes before
    for key, form in _pieces(text):
        if key:
            keys.append(key)
            forms.append(pending + form)
            pending = ""
        elif forms:
            forms[-1] += form
        else:
            pending += form
    if pending:
        keys.append(pending.rstrip(" "))
        forms.append(pending)
    return Words(tuple(keys), tuple(forms), " ".join(keys))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for chunk in text.split(" "):
        if chunk:
            yield from _split_chunk(chunk)


@lru_cache(_CHUNKS)
def _split_chunk(chunk: str) -> tuple[tuple[str, str], ...]:
    """Return key and form of each word in ``chunk``; the key of mere punctuation is empty."""
    key = normalise(chunk, LOOSE)
    if " " in key:
        parts = [*_parts(chunk)]
        return (*((_key(part), part) for part in parts[:-1]), (_key(parts[-1]), parts[-1] + " "))
    return (("" if all(map(_parting, chunk)) else key, chunk + " "),)


def _key(part: str) -> str:
    return "" if all(map(_parting, part)) else normalise(part, LOOSE)


def _parts(chunk: str) -> Iterator[str]:
    start = 0
    for place in range(1, len(chunk)):
        if _parting(chunk[place - 1]) and not _parting(chunk[place]):
            yield chunk[start:place]
            start = place
    yield chunk[start:]


def _parting(character: str) -> bool:
    return unicodedata.category(character).startswith("P") and not APOSTROPHES.match(character)
