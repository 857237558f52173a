"""Lay readings beside one another, letter by letter."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein


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
