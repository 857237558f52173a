import math

import numpy as np
import pytest

from tasks.consensus.crowds.scoring import Bin, Score, calibration_error, reliability, score


def test_a_belief_is_judged_by_the_truth():
    belief = np.array([[0.9, 0.2, 0.6], [0.1, 0.8, 0.4]])

    assert score(belief, np.array([0, 1, 1])) == Score(
        accuracy=pytest.approx(2 / 3),
        log_loss=pytest.approx(-(math.log(0.9) + math.log(0.8) + math.log(0.4)) / 3),
        calibration_error=pytest.approx((0.1 + 0.2 + 0.6) / 3),
    )


def test_bins_hold_tasks_of_about_the_same_confidence():
    bins = reliability(np.array([0.0, 0.55, 0.6, 1.0]), np.array([False, True, False, True]))

    assert bins == [Bin(0, 0, 1), Bin(pytest.approx(0.575), 0.5, 2), Bin(1, 1, 1)]
    assert calibration_error(bins) == pytest.approx(0.15 / 4)


def test_nothing_is_not_miscalibrated():
    assert calibration_error(reliability(np.array([]), np.array([], bool))) == 0
