import pytest

from tasks.consensus import NEARLY, Ballot, Policy, chance_to_settle, judge, merge_readings, said

USUAL = 0.8


def chance(*readings, policy):
    ballots = [Ballot(number, said(text)) for number, text in enumerate(readings)]
    now = merge_readings(ballots)
    echo = Ballot(len(ballots), now.vote, now.reading)
    then = merge_readings([*ballots, echo])
    return round(chance_to_settle(now, then, judge(then, len(ballots) + 1, policy), USUAL), 2)


@pytest.mark.parametrize(
    ("readings", "policy", "worth"),
    [
        (["Oulu", "Kemi"], Policy(), 0.35),  # one of two leads, and a third who agrees makes it sure
        (["Oulu"], Policy(1, 5, 0.9), 0.64),
        (["Oulu", "Kemi"], Policy(confidence=0.99), 0.0),  # even then not sure enough
        (["Oulu", "Kemi", "Pori"], Policy(), 0.0),
        (["Oulu"], Policy(minimum=3), 0.0),  # the minimum is asked anyway
    ],
)
def test_an_answer_is_worth_the_chance_that_it_settles_the_task(readings, policy, worth):
    assert chance(*readings, policy=policy) == worth


def test_half_a_doubt_is_nearly_settled():
    assert chance("Oulu", "Kemi", policy=Policy()) > NEARLY
