"""The reading nearest to all the others."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein


def find_medoid(texts: Sequence[str], weights: Sequence[float]) -> int:
    """Return the index of the text with the least weighted sum of character edits to the others.

    A tie goes to the heavier text, then to the first in code point order. ``texts`` is not empty.
    """
    sums = [0.0] * len(texts)
    for i, first in enumerate(texts):
        for j in range(i):
            edits = Levenshtein.distance(first, texts[j])
            sums[i] += weights[j] * edits
            sums[j] += weights[i] * edits
    return min(range(len(texts)), key=lambda i: (round(sums[i], 9), -round(weights[i], 9), texts[i]))
