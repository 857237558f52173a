"""Merge several readings of one line.

Five readings of 60 characters that all differ take less than a millisecond:
``python -m timeit -s "import tasks.consensus as c; t = 'Helsingin Sanomat, perustettu 1889, Ludviginkatu 2-10, Hel'"
-s "b = [c.Ballot(i, c.said(t[:9 * i] + 'x' + t[9 * i:])) for i in range(5)]" "c.merge_readings(b)"``
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .ballots import Ballot, Parameter, Verdict, in_order, is_said, said, text_of
from .columns import Vote, elect_words
from .medoid import find_medoid
from .normalisation import EXACT, Normalisation, normalise
from .weights import DIGITS, RHO_GROUP, discounts, heard, heaviest, outweighs, posterior, totals, typed_form, weight_of
from .words import split_into_words

METHOD_VERSION = "3"
READINGS = 11  # ways in which a line is typically read: the right one and ten wrong ones
MARKS = 5  # what a wrong volunteer may do instead of pressing a mark
COLUMN_TRUST = 0.8  # so that columns alone do not settle a task under the usual policy of 0.9
RHO = 0.1
MOST_CHARACTERS = 10_000  # of all readings together; aligning takes quadratic time
_TEXT = ""  # the kind of every ballot that reads something; it comes before the marks, so it wins a tie


@dataclass(frozen=True, slots=True)
class _Finding:
    vote: str
    reading: str
    confidence: float
    method: str


def merge_readings(
    ballots: Iterable[Ballot], rules: Normalisation = EXACT, *, rho: float = RHO, rho_group: float = RHO_GROUP
) -> Verdict:
    """Return the most probable reading of a line.

    The votes hold texts normalised by ``rules``, the ballots what was typed. First it is decided whether there is
    something to read: everybody who read anything stands together against each mark. Then identical readings count
    as one; the heaviest wins when two full votes or more stand behind it and have the majority, or when nobody read
    anything else. Else the line is put together by columns around the medoid, as the batch does it (see
    ``crowds.texts``), and published as somebody typed it or, where nobody typed just that, as the columns give it. Such
    a value is a proposal: its confidence stays below ``COLUMN_TRUST`` unless its typist alone is trusted more, so that
    with a higher threshold different readings stay open. Readings longer than ``MOST_CHARACTERS`` together are not
    aligned: the heaviest wins.

    Raises ``ValueError`` when nobody has voted.
    """
    cast = in_order(ballots)
    weights = [
        round(weight_of(ballot.reliability, _choices_of(ballot) - 1) * discount, DIGITS)
        for ballot, discount in zip(cast, discounts(cast, rho, rho_group), strict=True)
    ]
    finding = _find(*heard(cast, weights), rules)
    return Verdict(
        vote=finding.vote,
        reading=finding.reading,
        agreement=sum(ballot.vote == finding.vote for ballot in cast) / len(cast),
        confidence=finding.confidence,
        weights=tuple((ballot.answer, weight) for ballot, weight in zip(cast, weights, strict=True)),
        method=finding.method,
        method_version=METHOD_VERSION,
        parameters=(
            ("column_trust", COLUMN_TRUST),
            ("ignore_case", rules.ignore_case),
            ("ignore_punctuation", rules.ignore_punctuation),
            ("marks", MARKS),
            ("readings", READINGS),
            ("rho", rho),
            ("rho_group", rho_group),
            *_declared(rules),
        ),
    )


def _choices_of(ballot: Ballot) -> int:
    """Whoever chose among a few readings had less to go wrong by than whoever typed: their vote says less."""
    return ballot.choices or (READINGS if is_said(ballot.vote) else MARKS)


def _declared(rules: Normalisation) -> Iterator[tuple[str, Parameter]]:
    """Return the rules that few workflows have; abbreviations as JSON."""
    if rules.abbreviations:
        yield "abbreviations", json.dumps(rules.abbreviations, ensure_ascii=False)
    if rules.same_dates:
        yield "same_dates", True


def _find(cast: list[Ballot], weights: list[float], rules: Normalisation) -> _Finding:
    kinds = [_TEXT if is_said(ballot.vote) else ballot.vote for ballot in cast]
    kind, sums = heaviest(kinds, weights), totals(kinds, weights)
    if kind != _TEXT:
        return _Finding(kind, "", posterior(kind, sums, MARKS), "mark")
    readers = [place for place, voted in enumerate(kinds) if voted == _TEXT]
    found = _find_reading([cast[place] for place in readers], [weights[place] for place in readers], rules)
    readable = posterior(_TEXT, sums, len(sums))
    return _Finding(found.vote, found.reading, found.confidence * readable, found.method)


def _find_reading(readers: Sequence[Ballot], weights: Sequence[float], rules: Normalisation) -> _Finding:
    votes = [ballot.vote for ballot in readers]
    best, sums = heaviest(votes, weights), totals(votes, weights)
    behind = math.fsum(ballot.share for ballot in readers if ballot.vote == best)
    repeated = behind >= 2 and outweighs(best, sums)
    too_long = sum(len(ballot.typed) for ballot in readers) > MOST_CHARACTERS
    if repeated or too_long or len(sums) == 1:
        return _Finding(best, typed_form(best, readers, weights), posterior(best, sums, READINGS), "identical-readings")
    return _merge_columns(readers, weights, rules)


def _merge_columns(readers: Sequence[Ballot], weights: Sequence[float], rules: Normalisation) -> _Finding:
    votes = [ballot.vote for ballot in readers]
    middle = readers[find_medoid([text_of(vote) for vote in votes], weights)]
    readings = [split_into_words(ballot.typed) for ballot in readers]
    pivot = split_into_words(middle.typed).keys
    merged = elect_words(readings, weights, pivot=pivot, vote=Vote(rules, READINGS)).put_together()
    vote = said(normalise(merged.text, rules)) if merged.text else middle.vote
    confidence = COLUMN_TRUST * merged.confidence
    if vote not in votes:
        return _Finding(vote, merged.text, confidence, "columns")
    alone = posterior(vote, totals(votes, weights), READINGS)
    return _Finding(vote, typed_form(vote, readers, weights), max(confidence, alone), "columns")
