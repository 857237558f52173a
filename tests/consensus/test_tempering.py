import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus import Verdict, said
from tasks.consensus.tempering import UNTEMPERED, Temper, fit_temper

KNOWN = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40)


def test_nothing_known_leaves_a_confidence_as_it_is():
    assert fit_temper([], []) == UNTEMPERED
    assert UNTEMPERED.confidence(0.1234567890123) == 0.1234567890123


def test_a_crowd_that_is_too_sure_of_itself_is_made_more_modest():
    known = [0.95] * 200, [True, True, False] * 66 + [True, True]

    assert fit_temper(*known).confidence(0.95) == pytest.approx(2 / 3, abs=0.05)


def test_three_known_tasks_move_little():
    assert fit_temper([0.95] * 3, [True, True, False]).confidence(0.95) > 0.9


@given(KNOWN, st.lists(st.floats(0, 1), min_size=2, max_size=5).map(sorted))
def test_whatever_is_known_the_order_of_confidences_stays_and_they_remain_probabilities(known, confidences):
    temper = fit_temper([one for one, _right in known], [right for _one, right in known])
    tempered = [temper.confidence(one) for one in confidences]

    assert tempered == sorted(tempered)
    assert all(0 <= one <= 1 for one in tempered)
    assert fit_temper(*map(list, zip(*reversed(known), strict=True))) == temper if known else True


def test_a_tempered_verdict_says_by_what():
    verdict = Verdict(said("a"), "a", 1.0, 0.8, ((1, 2.0),), "weighted-choice", "3", (("labels", 2),))

    tempered = Temper(slope=0.5, intercept=0.25).apply(verdict)

    assert (tempered.vote, tempered.weights) == (verdict.vote, verdict.weights)
    assert tempered.confidence == pytest.approx(1 / (1 + 2.718281828 ** -(0.25 + 0.5 * 1.3862943611)))
    assert dict(tempered.parameters) == {"labels": 2, "slope": 0.5, "intercept": 0.25}
