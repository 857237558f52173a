"""The texts of a whole project, merged at once."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus import BLANK, EXACT, UNREADABLE, Normalisation, fold
from tasks.consensus.crowds.calibrating import USUAL, Calibration
from tasks.consensus.crowds.readings import Readings
from tasks.consensus.crowds.texts import fit_texts

LINES = ["Turun Sanomat 1905", "Helsingin Sanomat 1889", "Åbo Underrättelser", "Uusi Suometar", "Karjala 1904"]
LOOSE = Normalisation(ignore_case=True, ignore_punctuation=True)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 5), st.text("ab Å👧", max_size=8) | st.sampled_from([UNREADABLE, "שלום"])
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda row: row[:2],
)


def readings(rows: list[tuple[int, int, str]]) -> Readings:
    """Return (task, volunteer, text) as arrays."""
    texts = list(dict.fromkeys(fold(text) for *_who, text in rows))
    numbers = np.array(sorted((task, who, texts.index(fold(text))) for task, who, text in rows), np.int32).T
    return Readings(*numbers, texts, 1 + max(row[0] for row in rows), 1 + max(row[1] for row in rows))


def merged(rows: list[tuple[int, int, str]], known: dict[int, str] | None = None, rules: Normalisation = EXACT):
    return [
        (one.mark or one.text, round(sure, 9)) for one, sure in fit_texts(readings(rows), known, rules).transcripts()
    ]


def texts(rows: list[tuple[int, int, str]]) -> list[str]:
    return [text for text, _sure in merged(rows)]


def crowd(tasks: int) -> list[tuple[int, int, str]]:
    """Three honest people, one with a slip in another place each time; a spammer, volunteer 3; a machine that misreads
    every u, volunteer 4."""
    rows = []
    for task in range(tasks):
        line = LINES[task % len(LINES)]
        slip = line[: task % 9] + "x" + line[task % 9 + 1 :]
        rows += [(task, who, slip if task % 3 == who else line) for who in range(3)]
        rows += [(task, 3, LINES[(task + 2) % len(LINES)]), (task, 4, line.replace("u", "ii"))]
    return rows


def test_a_crowd_with_a_spammer_and_a_machine_reads_every_line():
    rows = crowd(25)
    fit = fit_texts(readings(rows))

    assert texts(rows) == [LINES[task % 5] for task in range(25)]
    assert fit.weight(3) < 0.1
    assert 0.1 < fit.weight(4) < min(fit.weight(who) for who in range(3))
    assert min(fit.accuracy[:3]) > 0.8


def test_a_person_who_is_known_to_be_right_outweighs_two_who_are_not():
    known = {task: LINES[task] for task in range(5)}
    rows = [(task, who, LINES[task] if who == 0 else f"wrong {task}{who}") for task in range(5) for who in range(3)]
    last = [(5, 0, "Oulu"), (5, 1, "Pori"), (5, 2, "Pori")]

    assert merged(rows + last, known)[-1][0] == "Oulu"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (["", ""], BLANK),
        ([UNREADABLE, UNREADABLE, "Turku"], UNREADABLE),
        (["", "Turku", "Turku"], "Turku"),
        (["A\u030abo", "Åbo"], "Åbo"),
        (["the big dog ran", "the dog ran off", "the big dog ran off", "a big dog ran off"], "the big dog ran off"),
        (["Helsxnki", "Heksinki", "Helsinkj"], "Helsinki"),
        (["x" * 100_000, "y " * 50_000, "y " * 50_000], "y " * 49_999 + "y"),
        (["👧" * 9, "👧" * 9], "👧" * 9),
    ],
)
def test_one_task_alone_has_a_value(typed, value):
    assert texts([(0, who, text) for who, text in enumerate(typed)]) == [value]


def test_a_word_that_stands_in_other_tasks_wins_over_a_slip():
    rows = [(task, who, "Helsinki") for task in range(4) for who in (0, 1)]

    assert texts([*rows, (4, 0, "Heksinki"), (4, 1, "Helsinki")])[-1] == "Helsinki"


def test_known_tasks_correct_the_confidence_and_say_so():
    rows, lines = crowd(25), {task: LINES[task % 5] for task in range(20)}

    good, bad = (fit_texts(readings(rows), known) for known in (lines, dict.fromkeys(lines, "none of this")))

    assert fit_texts(readings(rows)).calibration == Calibration(USUAL)
    assert (good.calibration.known, bad.calibration.known) == (20, 20)
    sure = [[sure for _one, sure in fit.transcripts()][-1] for fit in (good, bad)]
    assert sure[0] > 0.9 > 0.5 > sure[1]
    assert good.calibration.word_confidence(0.9) > 0.9


@settings(max_examples=25, deadline=None)
@given(ROWS, st.sampled_from([EXACT, LOOSE]), st.randoms())
def test_any_answers_have_one_value_each_in_any_order_and_unicode_form(rows, rules, random):
    found = merged(rows, rules=rules)
    again = [(task, who, unicodedata.normalize("NFD", text)) for task, who, text in random.sample(rows, len(rows))]

    assert merged(again, rules=rules) == found
    assert len(found) == len({task for task, *_answer in rows})
    assert all(0 < sure < 1 for _text, sure in found)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["Turku", "Turkn", "Åbo 1", ""]), min_size=1, max_size=5))
def test_an_agreeing_answer_never_lowers_confidence(typed):
    rows = [(0, who, text) for who, text in enumerate(typed)]
    ((value, before),) = merged(rows)

    ((same, after),) = merged([*rows, (0, len(rows), "" if value == BLANK else value)])

    assert same == value
    assert after >= before
