from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus.differences import Part, WordDifference, differences, differing_words, letters_of

LINES = st.text("ab Åa\u0301", max_size=12)


@pytest.mark.parametrize(
    ("mine", "decided", "parts"),
    [
        ("Usson", "Usson", [Part("Usson", "Usson")]),
        ("Tesson", "Usson", [Part("Te", "U"), Part("sson", "sson")]),
        ("Turku 1904", "Turku 1994.", [Part("Turku 19", "Turku 19"), Part("0", "9"), Part("4", "4"), Part("", ".")]),
        ("", "Turku", [Part("", "Turku")]),
        ("Turku", "", [Part("Turku", "")]),
        ("", "", []),
        ("cafe\u0301", "cafe", [Part("caf", "caf"), Part("e\u0301", "e")]),
    ],
)
def test_two_readings_are_cut_into_what_is_the_same_and_what_differs(mine, decided, parts):
    assert list(differences(mine, decided)) == parts


@given(LINES, LINES)
def test_the_parts_make_up_both_readings_again_and_take_turns(mine, decided):
    parts = differences(mine, decided)

    assert ("".join(p.mine for p in parts), "".join(p.decided for p in parts)) == (mine, decided)
    assert all(one.differs != other.differs for one, other in pairwise(parts))


@pytest.mark.parametrize(
    ("mine", "decided", "words"),
    [
        ("Tesson – Jean Narius", "Usson – Jean Marius", [(1, "Tesson", "Usson"), (4, "Narius", "Marius")]),
        ("Usson Jean", "Usson – Jean", [(2, "", "–")]),
        ("Usson – Jean", "Usson Jean", [(1, "–", "")]),
        ("Dr Usson", "Usson", [(1, "Dr", "")]),
        ("het amgazijn", "het magazijn", [(2, "amgazijn", "magazijn")]),
        ("Usson", "Usson", []),
        ("Usson", "", [(1, "Usson", "")]),
    ],
)
def test_words_that_differ_are_named_by_their_number(mine, decided, words):
    assert differing_words(mine, decided) == tuple(WordDifference(*word) for word in words)


def test_a_letter_keeps_its_accents():
    assert letters_of("e\u0301t\u0301e👩\u200d🌾") == ["e\u0301", "t\u0301", "e", "👩\u200d🌾"]
