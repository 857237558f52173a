"""What people type in place of a word, learned from a project's own columns."""

import math
from collections import Counter

import pytest

from tasks.consensus import fold
from tasks.consensus.columns import Vote, elect_words
from tasks.consensus.crowds.slips import Slips
from tasks.consensus.crowds.texts import fit_texts
from tasks.consensus.normalisation import EXACT
from tasks.consensus.words import split_into_words

from .test_texts import readings

MODERN, MODEM, NOTHING = ("modern",), ("modem",), ()
OTHERS = {(MODEM, MODERN): 8, (NOTHING, MODERN): 1, (("kiosk",), MODEM): 1}


def election(*typed: str):
    words = [split_into_words(fold(text)) for text in typed]
    return elect_words(words, [1.0] * len(words), pivot=words[0].keys, vote=Vote(EXACT, 11))


def test_what_lost_is_counted_by_what_won():
    slips = Slips.count([election("a modern line", "a modern line", "a modem line", "a line"), election("one", "one")])

    assert slips.pairs == {(MODEM, MODERN): 1, (NOTHING, MODERN): 1}


def test_a_word_is_likelier_where_the_others_are_what_is_typed_in_its_place():
    found = Slips(Counter(OTHERS | {(MODERN, MODEM): 1})).evidence(MODEM, [MODEM, MODERN])

    modem, modern = 8.5 / 12, 0.5 / 12  # of all that is typed by mistake in other columns
    assert found == pytest.approx(
        {MODEM: 0.05 * math.log((0 + 10 * modern) / (1 + 10)), MODERN: 0.05 * math.log((8 + 10 * modem) / (9 + 10))}
    )


def test_a_column_does_not_speak_for_itself():
    keys = [MODEM, MODEM, MODERN, NOTHING]

    def found(winner):
        return Slips(Counter(OTHERS) + Counter((key, winner) for key in keys if key != winner)).evidence(winner, keys)

    assert found(MODEM) == pytest.approx(found(MODERN))


def test_two_readings_that_tie_are_parted_by_what_the_project_mistakes_for_what():
    first = election(*(f"the only {word} house by the old harbour of the town" for word in ("modem", "modern")))

    assert first.put_together().text == "the only modem house by the old harbour of the town"
    second = first.reconsider(Slips(Counter(OTHERS) + Slips.count([first]).pairs).evidence)
    assert second.put_together().text == "the only modern house by the old harbour of the town"


def test_a_project_learns_its_slips_from_all_that_it_reads():
    rows = [(task, who, "modern" if who else "modem") for task in range(5) for who in range(4)]

    assert fit_texts(readings(rows)).slips.pairs == {(MODEM, MODERN): 5}
