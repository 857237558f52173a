import math

import pytest

from tasks.consensus import BLANK, UNREADABLE, Outcome, Policy, Verdict, estimate_reliability, judge, said

TEXT = said("Turku")


def verdict(vote: str, confidence: float) -> Verdict:
    return Verdict(vote, "", 1.0, confidence, ((1, 1.0),), "rule", "1", ())


@pytest.mark.parametrize(
    ("policy", "answered", "vote", "confidence", "outcome"),
    [
        (Policy(), 1, TEXT, 0.99, Outcome.WAIT),
        (Policy(), 2, TEXT, 0.9, Outcome.AGREED),
        (Policy(), 2, TEXT, 0.89, Outcome.ONE_MORE),
        (Policy(), 4, TEXT, 0.89, Outcome.ONE_MORE),
        (Policy(), 5, TEXT, 0.89, Outcome.DISPUTED),
        (Policy(), 5, TEXT, 0.9, Outcome.AGREED),
        (Policy(), 2, BLANK, 0.95, Outcome.AGREED),
        (Policy(), 2, UNREADABLE, 0.95, Outcome.UNREADABLE),
        (Policy(), 2, UNREADABLE, 0.5, Outcome.ONE_MORE),
        (Policy(), 5, UNREADABLE, 0.5, Outcome.DISPUTED),
        (Policy(), 7, TEXT, 0.5, Outcome.DISPUTED),
        (Policy(1, 3, 0.9), 1, TEXT, 0.8, Outcome.ONE_MORE),
        (Policy(1, 3, 0.9), 1, TEXT, 0.95, Outcome.AGREED),
        (Policy(3, 3, 0.9), 3, TEXT, 0.8, Outcome.DISPUTED),
        (Policy(1, 1, 0.9), 1, TEXT, 0.5, Outcome.AGREED),
        (Policy(1, 1, 0.9), 1, BLANK, 0.5, Outcome.AGREED),
        (Policy(1, 1, 0.9), 1, UNREADABLE, 0.5, Outcome.UNREADABLE),
    ],
)
def test_the_policy_says_what_becomes_of_a_task(policy, answered, vote, confidence, outcome):
    assert judge(verdict(vote, confidence), answered, policy) == outcome


@pytest.mark.parametrize(
    ("policy", "answered", "muted", "granted", "confidence", "outcome"),
    [
        (Policy(), 2, 1, 5, 0.95, Outcome.WAIT),  # one answer that weighs, two are the least
        (Policy(), 3, 1, 5, 0.95, Outcome.AGREED),
        (Policy(), 5, 1, 5, 0.5, Outcome.ONE_MORE),  # the muted answer does not use up the five
        (Policy(), 6, 1, 6, 0.5, Outcome.DISPUTED),
        (Policy(), 6, 0, 7, 0.5, Outcome.ONE_MORE),  # a reviewer let it have seven
        (Policy(1, 1), 2, 1, 2, 0.5, Outcome.AGREED),
        (Policy(1, 1), 1, 1, 1, 0.99, Outcome.WAIT),
        (Policy(), 50, 49, 50, 0.99, Outcome.DISPUTED),  # there is an end to asking
    ],
)
def test_a_muted_answer_does_not_use_up_the_policy(policy, answered, muted, granted, confidence, outcome):
    assert judge(verdict(TEXT, confidence), answered, policy, muted=muted, granted=granted) == outcome


@pytest.mark.parametrize("policy", [Policy(), Policy(1, 1), Policy(1, 3)])
def test_a_task_without_answers_waits(policy):
    assert judge(None, 0, policy) == Outcome.WAIT


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 5), (-1, 1), (3, 2), (1, 51), (51, 51)])
def test_a_number_of_answers_that_cannot_be_is_refused(minimum, maximum):
    with pytest.raises(ValueError, match=f"{minimum} to {maximum} does not fit"):
        Policy(minimum, maximum)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 90, math.nan])
def test_a_confidence_that_cannot_be_is_refused(confidence):
    with pytest.raises(ValueError, match=r"between 0 and 1, for instance 0\.9"):
        Policy(confidence=confidence)


@pytest.mark.parametrize(
    ("right", "wrong", "reliability"), [(0, 0, 0.8), (90, 0, 0.98), (0, 10, 0.4), (40, 0, 0.96), (2.5, 2.5, 0.7)]
)
def test_a_newcomer_is_ordinary_until_answers_tell_more(right, wrong, reliability):
    assert estimate_reliability(right, wrong) == pytest.approx(reliability)


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="not negative"):
        estimate_reliability(-1, 0)
