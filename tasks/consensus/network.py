"""Lay a reading beside a pivot, word by word, and by letters where words differ."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

type Slot = tuple[int, int]  # from the first to behind the last of a reading's words

SKIPPED = 0.75  # what a word costs that only one of the two has
MISREAD = 0.3  # what a word costs at least that stands for another one; at most, with no letter in common, 1.14
_LETTERS = 0.84
_MOST_CELLS = 4_000  # of one comparison by letters; longer stretches stay as words alone align them


def lay_beside(pivot: Sequence[str], keys: Sequence[str]) -> list[Slot]:
    """Return which of ``keys`` stand before, on and behind each word of ``pivot``.

    There are 2 len(pivot) + 1 slots: odd ones hold a word or nothing, even ones all words that are put in there. Words
    are aligned with the fewest edits (Levenshtein); a stretch without an equal word is aligned again so that words
    of similar letters meet: a word for another costs ``MISREAD`` and more the fewer letters they share, a word left
    out or put in ``SKIPPED``.
    """
    slots: list[Slot] = [(0, 0)] * (2 * len(pivot) + 1)
    for source, source_end, start, end in _stretches(pivot, keys):
        if keys[start:end] == pivot[source:source_end]:
            slots[2 * source + 1 : 2 * source_end : 2] = [(place, place + 1) for place in range(start, end)]
        else:
            _lay_stretch(slots, pivot[source:source_end], keys[start:end], source, start)
    return slots


def _stretches(pivot: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return the stretches of equal words and those between them: begin and end in the pivot and in the reading."""
    stretches: list[tuple[int, int, int, int]] = []
    differs = False
    for block in Levenshtein.opcodes(pivot, keys):
        source, start = block.src_start, block.dest_start
        if block.tag != "equal" and differs:
            source, _source_end, start, _end = stretches.pop()
        stretches.append((source, block.src_end, start, block.dest_end))
        differs = block.tag != "equal"
    return stretches


def _lay_stretch(slots: list[Slot], pivot: Sequence[str], keys: Sequence[str], source: int, start: int) -> None:
    """Fill the slots of a stretch in which no word is known to be equal."""
    for place, first, end in _pairs(pivot, keys):
        if place % 2 or first < end:
            slots[2 * source + place] = (start + first, start + end)


def _pairs(pivot: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return slots, counted within the stretch, with the words that go there."""
    if not pivot or not keys:
        return [(0, 0, len(keys))]
    if len(pivot) == len(keys) == 1:
        return [(1, 0, 1)]
    if len(pivot) * len(keys) > _MOST_CELLS:
        return _pair_in_turn(len(pivot), len(keys))
    return _trace(_costs(pivot, keys), pivot, keys)


def _pair_in_turn(words: int, others: int) -> list[tuple[int, int, int]]:
    shared = min(words, others)
    return [*((2 * place + 1, place, place + 1) for place in range(shared)), (2 * shared, shared, others)]


def _cost(word: str, other: str) -> float:
    return 0.0 if word == other else MISREAD + _LETTERS * Levenshtein.normalized_distance(word, other)


def _costs(pivot: Sequence[str], keys: Sequence[str]) -> list[list[float]]:
    """Return the least cost to turn the first i words of ``pivot`` into the first j of ``keys``, as rows i."""
    above = [SKIPPED * place for place in range(len(keys) + 1)]
    rows = [above]
    for i, word in enumerate(pivot, 1):
        row = [SKIPPED * i]
        for j, other in enumerate(keys):
            row.append(min(above[j] + _cost(word, other), above[j + 1] + SKIPPED, row[j] + SKIPPED))
        rows.append(row)
        above = row
    return rows


def _trace(rows: list[list[float]], pivot: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int, int]]:
    pairs: list[tuple[int, int, int]] = []
    i, j, inserted = len(pivot), len(keys), len(keys)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + _cost(pivot[i - 1], keys[j - 1]):
            pairs += [(2 * i, j, inserted), (2 * i - 1, j - 1, j)]
            i, j = i - 1, j - 1
            inserted = j
        elif i and rows[i][j] == rows[i - 1][j] + SKIPPED:
            pairs.append((2 * i, j, inserted))
            i, inserted = i - 1, j
        else:
            j -= 1
    return [*pairs, (0, 0, inserted)]
