import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.consensus import BLANK, UNREADABLE, Ballot, Verdict, is_said, said, text_of, weigh_choices

YES, NO = said("yes"), said("no")
LABELS = st.sampled_from([YES, NO, UNREADABLE, BLANK])
BALLOTS = st.lists(
    st.tuples(LABELS, st.floats(0.001, 0.999), st.sampled_from([None, b"school"]), st.floats(0, 1)),
    min_size=1,
    max_size=12,
).map(lambda rows: [Ballot(answer, vote, "", *voter) for answer, (vote, *voter) in enumerate(rows, 1)])


def cast(*votes: str, reliability: float = 0.8, group: bytes | None = None) -> list[Ballot]:
    return [Ballot(answer, vote, "", reliability, group) for answer, vote in enumerate(votes, 1)]


def test_a_verdict_holds_all_its_evidence():
    weight = round(math.log(4) / 1.2, 6)

    assert weigh_choices(cast(YES, YES), 2) == Verdict(
        vote=YES,
        reading="yes",
        agreement=1.0,
        confidence=pytest.approx(0.9097, abs=1e-4),
        weights=((1, weight), (2, weight)),
        method="weighted-choice",
        method_version="3",
        parameters=(("labels", 2), ("rho", 0.2), ("rho_group", 0.65)),
    )


@pytest.mark.parametrize(
    ("votes", "winner", "agreement", "confidence"),
    [
        ([YES], YES, 1, 0.8),
        ([NO, YES], NO, 1 / 2, 0.5),
        ([YES, YES, NO], YES, 2 / 3, 0.729),
        ([YES, YES, YES, NO], YES, 3 / 4, 0.85),
        ([YES, NO, YES, YES, YES], YES, 4 / 5, 0.910),
        ([YES, NO, YES, NO, YES], YES, 3 / 5, 0.684),
        ([UNREADABLE, UNREADABLE], UNREADABLE, 1, 0.910),
        ([UNREADABLE, YES, UNREADABLE], UNREADABLE, 2 / 3, 0.729),
        ([BLANK, BLANK, BLANK, NO], BLANK, 3 / 4, 0.85),
    ],
)
def test_ordinary_volunteers_decide_by_majority(votes, winner, agreement, confidence):
    verdict = weigh_choices(cast(*votes), 2)

    assert (verdict.vote, verdict.agreement, verdict.confidence) == (
        winner,
        pytest.approx(agreement),
        pytest.approx(confidence, abs=0.001),
    )


def test_more_labels_make_an_agreement_surer():
    few, many = (weigh_choices(cast(said("a"), said("a")), choices).confidence for choices in (2, 5))

    assert many > few


def test_one_reliable_volunteer_outweighs_two_doubtful_ones():
    verdict = weigh_choices([Ballot(1, YES, "", 0.6), Ballot(2, NO, "", 0.95), Ballot(3, YES, "", 0.6)], 2)

    assert (verdict.vote, verdict.agreement) == (NO, 1 / 3)


def test_a_volunteer_worse_than_chance_weighs_nothing():
    verdict = weigh_choices([Ballot(1, YES, "", 0.1), Ballot(2, NO, "", 0.7)], 2)

    assert (verdict.vote, verdict.weights[0]) == (NO, (1, 0.0))


def test_two_of_one_group_convince_less_than_two_strangers():
    strangers, mates = weigh_choices(cast(YES, YES), 2), weigh_choices(cast(YES, YES, group=b"school"), 2)

    assert mates.confidence < 0.9 < strangers.confidence


def test_the_typed_form_of_a_label_is_published():
    verdict = weigh_choices(
        [Ballot(1, said("map"), "Map"), Ballot(2, said("map"), "MAP"), Ballot(3, said("map"), "Map")]
    )

    assert verdict.reading == "Map"


@pytest.mark.parametrize(
    ("ballots", "sentence"), [([], "Nobody has voted"), ([Ballot(1, YES), Ballot(1, YES)], "answer .* twice")]
)
def test_ballots_that_decide_nothing_are_refused(ballots, sentence):
    with pytest.raises(ValueError, match=sentence):
        weigh_choices(ballots)


@pytest.mark.parametrize("reliability", [-1, 0, 1, 1.5, math.nan])
def test_a_reliability_is_a_probability_that_leaves_doubt(reliability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Ballot(1, YES, "", reliability)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_nobody_has_more_than_one_vote(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Ballot(1, YES, share=share)


def test_a_muted_vote_weighs_its_share_and_takes_no_room_from_others():
    verdict = weigh_choices([Ballot(1, NO, "", 0.9, None, 0.01), Ballot(2, YES, "", 0.8)], 2)

    assert verdict.vote == YES
    assert dict(verdict.weights) == pytest.approx({1: 0.01 * math.log(9), 2: math.log(4)}, rel=0.01)


@pytest.mark.parametrize("vote", ["", "yes", "!no mark"])
def test_a_vote_that_is_not_encoded_is_refused(vote):
    with pytest.raises(ValueError, match="is not a vote"):
        Ballot(1, vote)


@pytest.mark.parametrize("text", ["", "yes", "!unreadable", "!blank", "=", "==x"])
def test_no_text_can_be_mistaken_for_a_mark(text):
    vote = said(text)

    assert (is_said(vote), text_of(vote), vote in (UNREADABLE, BLANK)) == (True, text, False)


@given(BALLOTS, st.randoms())
def test_the_order_of_ballots_never_matters(ballots, random):
    shuffled = random.sample(ballots, len(ballots))

    assert weigh_choices(shuffled, 2) == weigh_choices(ballots, 2)


@given(BALLOTS)
def test_confidence_follows_from_votes_and_weights(ballots):
    verdict = weigh_choices(ballots, 2)

    votes, sums = {ballot.answer: ballot.vote for ballot in ballots}, {}
    some = [(answer, weight) for answer, weight in verdict.weights if weight]
    for answer, weight in some or verdict.weights:
        sums[votes[answer]] = sums.get(votes[answer], 0) + weight
    unseen = max(dict(verdict.parameters)["labels"] - len(sums), 0)
    expected = math.exp(sums[verdict.vote]) / (sum(map(math.exp, sums.values())) + unseen)
    assert verdict.confidence == pytest.approx(expected)
    assert sums[verdict.vote] == pytest.approx(max(sums.values()))


@given(BALLOTS)
def test_agreement_and_confidence_are_shares(ballots):
    verdict = weigh_choices(ballots)

    assert verdict.agreement == sum(ballot.vote == verdict.vote for ballot in ballots) / len(ballots)
    assert 0 < verdict.agreement <= 1
    assert 0 < verdict.confidence <= 1


@given(BALLOTS, st.floats(0.501, 0.999), st.floats(0, 1))
def test_nobody_better_than_chance_who_agrees_takes_confidence_away(ballots, reliability, share):
    before = weigh_choices(ballots, 2)

    after = weigh_choices([*ballots, Ballot(99, before.vote, "", reliability, b"of their own", share)], 2)

    assert after.confidence >= before.confidence - 1e-5  # weights are rounded
    assert after.vote == before.vote


@given(BALLOTS, LABELS, st.floats(0.001, 0.999))
def test_a_vote_of_no_share_changes_nothing(ballots, vote, reliability):
    ballots = [*ballots, Ballot(98, YES)]
    before = weigh_choices(ballots, 2)

    after = weigh_choices([*ballots, Ballot(99, vote, "", reliability, b"school", 0)], 2)

    assert (after.vote, after.confidence) == (before.vote, before.confidence)
    assert after.weights == (*before.weights, (99, 0.0))
