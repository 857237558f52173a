from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus.trust import MUTED_TRUST, beta_below, trust_of

counts = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [(0.35, 1, 1, 0.35), (0.35, 2, 1, 0.35**2), (0.9, 3, 4, 0.99873), (0.35, 1, 3, 0.725375)],
)
def test_the_incomplete_beta_function_is_what_the_tables_say(x, a, b, expected):
    assert beta_below(x, a, b) == pytest.approx(expected, rel=1e-9)


@given(counts, counts, counts, counts)
def test_whatever_is_known_the_trust_is_full_or_nearly_none(checks_right, checks_wrong, right, wrong):
    assert trust_of(checks_right, checks_wrong, right, wrong) in (MUTED_TRUST, 1.0)


@pytest.mark.parametrize(
    ("known", "trust"),
    [
        ((0, 0, 0, 0), 1.0),
        ((0, 10, 0, 0), 1.0),  # ten misses in a row may be a bad start
        ((0, 11, 0, 0), MUTED_TRUST),
        ((0, 0, 0, 22), MUTED_TRUST),  # what others settled says half as much
        ((2, 11, 0, 0), 1.0),
        ((0, 0, 50, 50), 1.0),
    ],
)
def test_only_who_is_wrong_nearly_always_is_muted(known, trust):
    assert trust_of(*known) == trust


def test_trust_is_won_back_by_reading_well_however_long_the_record():
    assert [trust_of(right, 30) for right in (0, 6, 7)] == [MUTED_TRUST, MUTED_TRUST, 1.0]
    assert trust_of(300, 1000) == 1.0


def test_hardly_anybody_who_is_right_every_second_time_is_ever_muted():
    rng = Random("honest")
    muted = 0
    for _person in range(400):
        right = wrong = 0
        for _check in range(40):
            hit = rng.random() < 0.5
            right, wrong = right + hit, wrong + (not hit)
            if trust_of(right, wrong) < 1:
                muted += 1
                break
    assert muted <= 4


def test_counts_are_not_negative():
    with pytest.raises(ValueError, match="not negative"):
        trust_of(1, -1)
