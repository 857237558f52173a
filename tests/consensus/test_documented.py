"""The examples in docs/consensus.md are what the consensus says."""

from pathlib import Path

import pytest

from tasks.consensus import Ballot, estimate_reliability, merge_readings, said

PAGE = (Path(__file__).parents[2] / "docs" / "consensus.md").read_text(encoding="utf-8")
NEWCOMER, PROVEN = estimate_reliability(), estimate_reliability(95, 5)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([("Turku", NEWCOMER, None)], "by one newcomer"),
        ([("Turku", PROVEN, None)], "by one person who was right 95 times in 100"),
        ([("Turku", NEWCOMER, None)] * 2, "by two newcomers"),
        ([("Turku", NEWCOMER, b"room")] * 2, "by two newcomers who sit in one classroom"),
        (
            [("Turku", NEWCOMER, None)] * 2 + [("Tnrku", NEWCOMER, None)],
            "by two newcomers, and by a third as “Tnrku”",
        ),
        (
            [("Turku", NEWCOMER, None)] * 2 + [("Tnrku", PROVEN, None)],
            "by two newcomers, and as “Tnrku” by the one who was right 95 times in 100",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_confidence_is_as_documented(people, words):
    ballots = [
        Ballot(answer, said(text), text, reliability, group) for answer, (text, reliability, group) in enumerate(people)
    ]

    verdict = merge_readings(ballots)

    assert verdict.reading == "Turku"
    assert f"| {words} | {verdict.confidence:.2f} |\n" in PAGE
