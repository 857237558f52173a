import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus import fold
from tasks.consensus.alignment import split_by_letters
from tasks.consensus.medoid import find_medoid
from tasks.consensus.network import lay_beside
from tasks.consensus.words import Words, split_into_words

LINES = st.text("ab Å👧", max_size=15).map(fold)


@pytest.mark.parametrize(
    ("text", "keys", "forms"),
    [
        ("", [], []),
        ("Turku", ["turku"], ["Turku "]),
        ("“If you please,” - said", ["if", "you", "please", "said"], ["“If ", "you ", "please,” - ", "said "]),
        ("air-tight 1,5", ["air", "tight", "1", "5"], ["air-", "tight ", "1,", "5 "]),
        ("l’Avenir", ["lavenir"], ["l’Avenir "]),
        ("- a", ["a"], ["- a "]),
        ("...", ["..."], ["... "]),
        ("שלום עולם 👧", ["שלום", "עולם", "👧"], ["שלום ", "עולם ", "👧 "]),
    ],
)
def test_a_text_is_cut_into_words_that_keep_their_form(text, keys, forms):
    assert split_into_words(text) == Words(tuple(keys), tuple(forms), " ".join(keys))


@given(LINES)
def test_the_forms_of_words_make_up_the_text_again(text):
    assert "".join(split_into_words(text).forms) == (text + " " if text else "")


@pytest.mark.parametrize(
    ("pivot", "keys", "beside"),
    [
        ("the big dog", "the big dog", ". the . big . dog ."),
        ("the big dog", "the dog", ". the . . . dog ."),
        ("the dog", "the big dog", ". the big dog ."),
        ("the dog", "the dog barks off", ". the . dog barks+off"),
        ("the big dog ran", "a huge the bg doog", "a+huge the . bg . doog . . ."),
        ("big dog", "doog", ". . . doog ."),
        ("dog", "", ". . ."),
        ("", "the dog", "the+dog"),
    ],
)
def test_words_stand_beside_their_likes(pivot, keys, beside):
    words = keys.split()
    slots = lay_beside(pivot.split(), words)

    assert " ".join("+".join(words[start:end]) or "." for start, end in slots) == beside


@given(LINES, LINES)
def test_every_word_of_a_reading_has_one_slot(pivot, text):
    words = text.split()
    slots = lay_beside(pivot.split(), words)

    assert len(slots) == 2 * len(pivot.split()) + 1
    assert [word for start, end in slots for word in words[start:end]] == words


def test_stretches_too_long_to_compare_by_letters_stand_in_turn():
    pivot, words = [f"a{n}" for n in range(90)], [f"b{n}" for n in range(95)]

    assert [slot for slot in lay_beside(pivot, words) if slot[0] < slot[1]] == [
        *((n, n + 1) for n in range(90)),
        (90, 95),
    ]


def test_letters_stand_beside_the_letters_of_the_other():
    assert split_by_letters("abc", ["abc", "xac"]) == [
        ["", "x"],
        ["a", "a"],
        ["", ""],
        ["b", ""],
        ["", ""],
        ["c", "c"],
        ["", ""],
    ]


@given(LINES, LINES)
def test_letters_make_up_the_line_again(pivot, text):
    assert "".join(letter for (letter,) in split_by_letters(pivot, [text])) == text


@pytest.mark.parametrize(
    ("texts", "weights", "medoid"),
    [
        (["Turku"], [1], 0),
        (["Turku", "Turkn", "Tarkn"], [1, 1, 1], 1),
        (["Turku", "Turkn", "Tarkn"], [9, 1, 1], 0),
        (["b", "a"], [1, 1], 1),
        (["b", "a"], [2, 1], 0),
        (["", "a"], [0, 0], 0),
    ],
)
def test_the_medoid_is_nearest_to_all(texts, weights, medoid):
    assert find_medoid(texts, weights) == medoid
