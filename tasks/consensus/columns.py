"""Vote on readings column by column."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from .alignment import split_by_letters, split_by_words
from .medoid import find_medoid
from .normalisation import Normalisation, fold, normalise
from .weights import heaviest, posterior, totals

_LEAST_CLOSENESS = 0.1


@dataclass(frozen=True, slots=True)
class Merged:
    """A text put together from columns; ``confidence`` is the product of theirs, as if they erred independently."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Voters:
    """Who votes on a column: the weights as evidence, and leaning towards those near the pivot; of one order."""

    weights: Sequence[float]
    leaning: Sequence[float]
    size: float
    rules: Normalisation

    def have_majority(self, total: float) -> bool:
        return 2 * total > math.fsum(self.leaning)

    def posterior(self, key: str, keys: Sequence[str]) -> float:
        return posterior(key, totals(keys, self.weights), self.size)


def vote_by_columns(
    texts: Sequence[str], weights: Sequence[float], *, pivot: str, rules: Normalisation, size: float
) -> Merged:
    """Vote on each word of ``pivot``; where no word has a majority and all are alike, on their letters.

    A text counts for more the nearer it is to ``pivot`` as a whole: who got the rest right is likelier to be right
    here. A tie goes to the word of ``pivot``, so two different texts give back ``pivot``. ``size`` is the number of
    values that a word may take. After ROVER (Fiscus 1997, doi:10.1109/ASRU.1997.659110), with weights.
    """
    leaning = [weight * _closeness(text, pivot) for text, weight in zip(texts, weights, strict=True)]
    voters = _Voters(weights, leaning, size, rules)
    columns = split_by_words(pivot, [pivot, *texts])
    words = [_vote_on_word(column[0], column[1:], voters) for column in columns]
    return Merged(fold("".join(word.text for word in words)), math.prod(word.confidence for word in words))


def _closeness(text: str, pivot: str) -> float:
    return max(Levenshtein.normalized_similarity(text, pivot), _LEAST_CLOSENESS) ** 2


def _vote_on_word(own: str, words: list[str], voters: _Voters) -> Merged:
    keys = [_key(word, voters.rules) for word in words]
    best = heaviest(keys, voters.leaning, favourite=_key(own, voters.rules))
    sums = totals(keys, voters.leaning)
    spelled = None if voters.have_majority(sums[best]) or len(sums) == 2 else _spell(words, voters)
    return spelled or Merged(_form(best, words, keys, voters), voters.posterior(best, keys))


def _key(word: str, rules: Normalisation) -> str:
    """Return the form in which a word is compared, keeping the space that parts it from the next."""
    return normalise(word, rules) + (" " if word.endswith(" ") else "")


def _form(best: str, words: list[str], keys: list[str], voters: _Voters) -> str:
    behind = [(word, weight) for word, key, weight in zip(words, keys, voters.leaning, strict=True) if key == best]
    return heaviest([word for word, _ in behind], [weight for _, weight in behind])


def _spell(words: list[str], voters: _Voters) -> Merged | None:
    """Put a word together letter by letter.

    None unless all the words are within a quarter of their letters of the middle one and every letter has a majority:
    letters of different words must not mix into a third.
    """
    nearest = words[find_medoid(words, voters.leaning)]
    allowed = max(1, len(nearest) // 4)
    if any(Levenshtein.distance(nearest, word) > allowed for word in words):
        return None
    letters, confidence = "", 1.0
    for column in split_by_letters(nearest, words):
        letter = heaviest(column, voters.leaning)
        if not voters.have_majority(totals(column, voters.leaning)[letter]):
            return None
        letters += letter
        confidence *= voters.posterior(letter, column) if len(set(column)) > 1 else 1.0
    return Merged(letters, confidence)
