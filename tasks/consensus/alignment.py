"""Lay readings beside one another, word by word and letter by letter."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein


def split_by_words(pivot: str, texts: Sequence[str]) -> list[list[str]]:
    """Return, for each word of ``pivot``, the pieces that the texts have in its place.

    The texts, whose white space is folded, are aligned by characters and cut where the words of ``pivot`` end, so a
    broken or missing word does not shift the rest. A word that only a text has stays behind the word before it; an
    empty piece is a word left out. A piece ends in a space unless the text writes it and the next as one word: the
    pieces of a text put together again are the text and a space.
    """
    ends = [place + 1 for place, character in enumerate(pivot) if character == " "]
    return [
        list(column) for column in zip(*(_cut(text, _map_places(pivot, text, ends)) for text in texts), strict=True)
    ]


def _map_places(pivot: str, text: str, places: Sequence[int]) -> list[int]:
    """Return where the ascending ``places`` in ``pivot`` lie in ``text``; what is inserted there comes before."""
    mapped: list[int] = []
    for block in Levenshtein.opcodes(pivot, text):
        while len(mapped) < len(places) and places[len(mapped)] < block.src_end:
            mapped.append(min(block.dest_start + places[len(mapped)] - block.src_start, block.dest_end))
    return mapped + [len(text)] * (len(places) - len(mapped))


def _cut(text: str, places: Sequence[int]) -> list[str]:
    pieces = []
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        word = text[start:end].strip(" ")
        parted = " " in text[end - 1 : end + 1] or end == len(text)
        pieces.append(word + " " if word and parted else word)
    return pieces


def split_by_letters(pivot: str, texts: Sequence[str]) -> list[list[str]]:
    """Return columns of what the texts have before, on and behind each character of ``pivot``.

    There are 2 len(pivot) + 1 columns: odd ones hold a character or nothing, even ones what is inserted there.
    """
    return [list(column) for column in zip(*(_letters_beside(pivot, text) for text in texts), strict=True)]


def _letters_beside(pivot: str, text: str) -> list[str]:
    row = [""] * (2 * len(pivot) + 1)
    for block in Levenshtein.opcodes(pivot, text):
        if block.tag == "insert":
            row[2 * block.src_start] = text[block.dest_start : block.dest_end]
        elif block.tag != "delete":
            row[2 * block.src_start + 1 : 2 * block.src_end : 2] = text[block.dest_start : block.dest_end]
    return row
