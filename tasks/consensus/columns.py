"""Vote on readings column by column."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from .alignment import split_by_letters
from .medoid import find_medoid
from .network import Slot, lay_beside
from .normalisation import Normalisation, fold, normalise
from .weights import heaviest, outweighs, posterior, totals
from .words import Words

ROUNDS = 2
CLOSENESS = 1.5
_LEAST_CLOSENESS = 0.1

type Keys = tuple[str, ...]
type Evidence = Callable[[Keys, Sequence[Keys]], Mapping[Keys, float]]

_NONE: Mapping[Keys, float] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """What a column contributes to the text, as typed with the space behind it, and how sure it is.

    ``form`` may be several words or none.
    """

    form: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Merged:
    """A text put together from columns; ``confidence`` is the product of theirs, as if they erred independently.

    ``pieces`` holds the columns that say something and those where somebody said something else than the winner.
    """

    text: str
    confidence: float
    pieces: tuple[Piece, ...]


def _nothing(_key: str) -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Vote:
    """How columns are voted on.

    ``size`` is the number of values that a word may take. ``bonus`` returns the nats that speak for a word before
    anybody has typed it here.
    """

    rules: Normalisation
    size: float
    bonus: Callable[[str], float] = _nothing


@dataclass(frozen=True, slots=True)
class _Column:
    """What each reading has in a slot: the words by which it is compared, and where they stand in the reading."""

    keys: tuple[Keys, ...]
    slots: tuple[Slot, ...]
    own: Keys

    @property
    def is_unanimous(self) -> bool:
        return self.keys.count(self.keys[0]) == len(self.keys)


@dataclass(frozen=True, slots=True)
class _Voters:
    """The readings and their weights: as evidence, and leaning towards those near the pivot; of one order."""

    readings: Sequence[Words]
    weights: Sequence[float]
    leaning: Sequence[float]
    vote: Vote

    def elect(self, column: _Column, besides: Mapping[Keys, float] = _NONE) -> Keys:
        if column.is_unanimous:
            return column.keys[0]
        sums = {key: besides.get(key, 0.0) for key in column.keys}
        for key, weight in zip(column.keys, self.leaning, strict=True):
            sums[key] += weight
        for key in sums:
            if key:
                sums[key] += math.fsum(map(self.vote.bonus, key)) / len(key)
        return min(sums, key=lambda key: (-round(sums[key], 9), key != column.own, key))

    def are_mostly_for(self, winner: Keys, column: _Column) -> bool:
        behind = [weight for weight, key in zip(self.weights, column.keys, strict=True) if key == winner]
        return 2 * math.fsum(behind) > math.fsum(self.weights)

    def forms_in(self, column: _Column) -> list[str]:
        return [
            "".join(words.forms[start:end]) for words, (start, end) in zip(self.readings, column.slots, strict=True)
        ]

    def posterior(self, key: str, keys: Sequence[str]) -> float:
        return posterior(key, totals(keys, self.weights), self.vote.size)


@dataclass(frozen=True, slots=True)
class Election:
    """Which words won, one entry a column: before, on and behind each word of the pivot that was voted on last."""

    winners: Sequence[Keys]
    _columns: Sequence[_Column]
    _voters: _Voters

    @property
    def keys(self) -> Keys:
        return tuple(key for winner in self.winners for key in winner)

    def disputes(self) -> Iterator[tuple[Keys, tuple[Keys, ...]]]:
        """Give the winner of each column that is not unanimous, and what each reading has there."""
        for winner, column in zip(self.winners, self._columns, strict=True):
            if not column.is_unanimous:
                yield winner, column.keys

    def reconsider(self, evidence: Evidence) -> "Election":
        """Vote on the same columns once more with what else speaks for a word.

        ``evidence`` takes who has won a column and what each reading has there, and returns nats for each of them.
        """
        winners = [
            winner if column.is_unanimous else self._voters.elect(column, evidence(winner, column.keys))
            for winner, column in zip(self.winners, self._columns, strict=True)
        ]
        return replace(self, winners=winners)

    def put_together(self) -> Merged:
        """Return the text in the forms in which most typed the winners.

        Where no word has a majority and all are alike, their letters vote.
        """
        pieces = map(self._piece, self.winners, self._columns)
        said = tuple(piece for piece in pieces if piece.form or piece.confidence < 1)
        text = fold("".join(piece.form for piece in said))
        return Merged(text, math.prod(piece.confidence for piece in said), said)

    def _piece(self, winner: Keys, column: _Column) -> Piece:
        if not winner and column.is_unanimous:
            return Piece("", 1.0)
        voters = self._voters
        forms = voters.forms_in(column)
        if forms.count(forms[0]) == len(forms):
            return Piece(forms[0], voters.posterior(forms[0], forms))
        unclear = column.own and len(set(column.keys)) > 2 and not voters.are_mostly_for(winner, column)
        if unclear and (spelled := _spell(forms, voters)):
            return spelled
        best = _form(winner, forms, voters.leaning, column)
        compared = {form: _compared(form, voters.vote.rules) for form in forms}
        return Piece(best, voters.posterior(compared[best], [compared[form] for form in forms]))


def elect_words(readings: Sequence[Words], weights: Sequence[float], *, pivot: Keys, vote: Vote) -> Election:
    """Vote on each word of ``pivot`` and on what stands between; then once more, with what won as the pivot.

    Words are compared without case and punctuation. A reading counts for weight * closeness ** 1.5, closeness the
    share of its letters that it has in common with the pivot: who got the rest right is likelier to be right here. A
    tie goes to the pivot. The network of words that is voted on is that of ROVER (Fiscus 1997,
    doi:10.1109/ASRU.1997.659110); weights, closeness and the second round are not.
    """
    for _round in range(ROUNDS):
        columns = _align(readings, pivot)
        voters = _Voters(readings, weights, _lean(readings, weights, pivot), vote)
        election = Election([voters.elect(column) for column in columns], columns, voters)
        before, pivot = pivot, election.keys
        if pivot == before:
            break
    return election


def _align(readings: Sequence[Words], pivot: Keys) -> list[_Column]:
    rows = [lay_beside(pivot, words.keys) for words in readings]
    keys = [[words.keys[start:end] for start, end in row] for words, row in zip(readings, rows, strict=True)]
    return [
        _Column(said, slots, pivot[place // 2 : place // 2 + place % 2])
        for place, (said, slots) in enumerate(zip(zip(*keys, strict=True), zip(*rows, strict=True), strict=True))
    ]


def _lean(readings: Sequence[Words], weights: Sequence[float], pivot: Keys) -> list[float]:
    middle = " ".join(pivot)
    return [
        weight * max(Levenshtein.normalized_similarity(words.loose, middle), _LEAST_CLOSENESS) ** CLOSENESS
        for words, weight in zip(readings, weights, strict=True)
    ]


def _form(winner: Keys, forms: Sequence[str], leaning: Sequence[float], column: _Column) -> str:
    behind = [place for place, key in enumerate(column.keys) if key == winner]
    return heaviest([forms[place] for place in behind], [leaning[place] for place in behind])


def _compared(form: str, rules: Normalisation) -> str:
    """Return a form as the workflow compares it, keeping the space that parts it from the next unless a mark would."""
    parted = " " if form.endswith(" ") and not rules.ignore_punctuation else ""
    return normalise(form, rules) + parted


def _spell(forms: Sequence[str], voters: _Voters) -> Piece | None:
    """Put a word together letter by letter.

    None unless all the forms are within a quarter of their letters of the middle one and every letter has a majority:
    letters of different words must not mix into a third. All count by their weights alone here: nearness to a pivot
    that is one of them would decide by itself.
    """
    nearest = forms[find_medoid(forms, voters.weights)]
    allowed = max(1, len(nearest) // 4)
    if any(Levenshtein.distance(nearest, form) > allowed for form in forms):
        return None
    letters, confidence = "", 1.0
    for column in split_by_letters(nearest, forms):
        letter = heaviest(column, voters.weights)
        if not outweighs(letter, totals(column, voters.weights)):
            return None
        letters += letter
        confidence *= voters.posterior(letter, column) if len(set(column)) > 1 else 1.0
    return Piece(letters, confidence)
