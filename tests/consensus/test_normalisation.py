import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.consensus import EXACT, Normalisation, fold, normalise

CASE = Normalisation(ignore_case=True)
PUNCTUATION = Normalisation(ignore_punctuation=True)
BOTH = Normalisation(ignore_case=True, ignore_punctuation=True)
RULES = st.builds(Normalisation, st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("", ""),
        ("  \t\n ", ""),
        ("Turku", "Turku"),
        (" Turku \n Åbo\u00a01899 ", "Turku Åbo 1899"),
        ("A\u030abo", "Åbo"),
        ("co\u00adope\u200bration\ufeff", "cooperation"),
        ("\u200fשלום\u200e עולם", "שלום עולם"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩\u200d👧 1899", "👩\u200d👩\u200d👧 1899"),
        ("a\x00b\x1fc", "a b c"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("T\u2062u\u034fr\u061ck\u3164u\ufff9\U000e0041", "Turku"),
        ("ᠪᠢ\u180b 葛\U000e0100 \u1107\u1160 ❤\ufe0f", "ᠪᠢ\u180b 葛\U000e0100 \u1107\u1160 ❤\ufe0f"),
    ],
)
def test_folding_keeps_what_is_seen(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("rules", "one", "other"),
    [
        (EXACT, "Åbo", "A\u030abo"),
        (EXACT, "Åbo Tidningar", " Åbo  Tidningar\n"),
        (CASE, "HELSINKI", "Helsinki"),
        (CASE, "STRASSE", "straße"),
        (CASE, "ÅBO", "a\u030abo"),
        (PUNCTUATION, "St. Louis, Mo.", "St Louis Mo"),
        (PUNCTUATION, "l’Avenir", "lAvenir"),
        (PUNCTUATION, "’s-Gravenhage", "s Gravenhage"),
        (BOTH, "“THE TIMES”", "the times"),
    ],
)
def test_differences_that_do_not_matter_disappear(rules, one, other):
    assert normalise(one, rules) == normalise(other, rules)


@pytest.mark.parametrize(
    ("rules", "one", "other"),
    [
        (EXACT, "Helsinki", "helsinki"),
        (EXACT, "Turku.", "Turku"),
        (CASE, "Turku.", "Turku"),
        (CASE, "Abo", "Åbo"),
        (PUNCTUATION, "Helsinki", "helsinki"),
        (PUNCTUATION, "1,5", "15"),
        (PUNCTUATION, "1889-90", "188990"),
        (PUNCTUATION, "?", "—"),
        (BOTH, "Åbo", "Abo"),
    ],
)
def test_differences_that_matter_stay(rules, one, other):
    assert normalise(one, rules) != normalise(other, rules)


@given(st.text(), RULES)
@example("\u0345\u0301", CASE)
@example("a\u2019\u0301", PUNCTUATION)
@example("\u0149\u0301.", BOTH)
def test_normalising_twice_changes_nothing(text, rules):
    once = normalise(text, rules)

    assert normalise(once, rules) == once


@given(st.text(st.characters(exclude_categories=["Cs"])), RULES)
def test_the_way_a_letter_is_composed_never_matters(text, rules):
    assert normalise(unicodedata.normalize("NFD", text), rules) == normalise(text, rules)
