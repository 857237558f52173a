import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus import fold
from tasks.consensus.alignment import split_by_letters, split_by_words
from tasks.consensus.medoid import find_medoid

LINES = st.text("ab Å👧", max_size=15).map(fold)


@pytest.mark.parametrize(
    ("pivot", "text", "pieces"),
    [
        ("the big dog", "the big dog", ["the ", "big ", "dog "]),
        ("the big dog", "the dog", ["the ", "", "dog "]),
        ("the dog", "the big dog", ["the big ", "dog "]),
        ("the dog", "the dog barks", ["the ", "dog barks "]),
        ("the big dog", "thebig dog", ["the", "big ", "dog "]),
        ("the big dog", "", ["", "", ""]),
        ("dog", "the dog", ["the dog "]),
        ("", "dog", ["dog "]),
    ],
)
def test_a_line_is_cut_where_the_words_of_the_other_end(pivot, text, pieces):
    assert split_by_words(pivot, [text]) == [[piece] for piece in pieces]


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
def test_pieces_make_up_the_line_again(pivot, text):
    columns = split_by_words(pivot, [text])

    assert len(columns) == pivot.count(" ") + 1
    assert "".join(piece for (piece,) in columns).strip() == text


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
