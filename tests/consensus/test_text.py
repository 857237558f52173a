import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus import (
    BLANK,
    EXACT,
    UNREADABLE,
    Ballot,
    Normalisation,
    Outcome,
    Policy,
    Verdict,
    fold,
    judge,
    merge_readings,
    normalise,
    said,
    text_of,
)

MARKS = (UNREADABLE, BLANK)
LOOSE = Normalisation(ignore_case=True, ignore_punctuation=True)
SIMILAR = st.text("abÅ .👧", max_size=12)
BALLOTS = st.lists(
    st.tuples(st.one_of(SIMILAR, st.text(), st.sampled_from(MARKS)), st.floats(0.001, 0.999), st.floats(0, 1)),
    min_size=1,
    max_size=8,
)


def cast(*typed: str, rules: Normalisation = EXACT, reliability: float = 0.8) -> list[Ballot]:
    return [ballot(answer, text, rules, reliability) for answer, text in enumerate(typed, 1)]


def ballot(answer: int, typed: str, rules: Normalisation = EXACT, reliability: float = 0.8, share: float = 1) -> Ballot:
    vote, reading = (typed, "") if typed in MARKS else (said(normalise(typed, rules)), fold(typed))
    return Ballot(answer, vote, reading, reliability, None, share)


def test_a_verdict_holds_all_its_evidence():
    weight = round(math.log(40) / 1.2, 6)

    assert merge_readings(cast("Turku", "Turku", "Turkn")) == Verdict(
        vote=said("Turku"),
        reading="Turku",
        agreement=pytest.approx(2 / 3),
        confidence=pytest.approx(0.939, abs=0.001),
        weights=((1, weight), (2, weight), (3, weight)),
        method="identical-readings",
        method_version="3",
        parameters=(
            ("column_trust", 0.8),
            ("ignore_case", False),
            ("ignore_punctuation", False),
            ("marks", 5),
            ("readings", 11),
            ("rho", 0.1),
            ("rho_group", 0.65),
        ),
    )


@pytest.mark.parametrize(
    ("typed", "winner", "outcome"),
    [
        (["Turku"], said("Turku"), Outcome.WAIT),
        (["Turku", "Turku"], said("Turku"), Outcome.AGREED),
        (["Åbo", "A\u030abo "], said("Åbo"), Outcome.AGREED),
        (["Turku", "Turkn"], said("Turkn"), Outcome.ONE_MORE),
        (["Turku", "Turkn", "Turku"], said("Turku"), Outcome.AGREED),
        (["Turku", "Turkn", "Tarku"], said("Turku"), Outcome.ONE_MORE),
        (["Turku", "Åbo", "Turku", "Åbo"], said("Turku"), Outcome.ONE_MORE),
        (["Turku", "Åbo", "Turku", "Åbo", "Turku"], said("Turku"), Outcome.AGREED),
        (["Turku", "Åbo", "Turku", "Åbo", "Pori"], said("Turku"), Outcome.DISPUTED),
        ([UNREADABLE, UNREADABLE], UNREADABLE, Outcome.UNREADABLE),
        ([BLANK, BLANK], BLANK, Outcome.AGREED),
        ([UNREADABLE, BLANK], BLANK, Outcome.ONE_MORE),
        ([UNREADABLE, "Turku"], said("Turku"), Outcome.ONE_MORE),
        ([UNREADABLE, "Turku", UNREADABLE], UNREADABLE, Outcome.ONE_MORE),
        ([UNREADABLE, "Turku", "Turku"], said("Turku"), Outcome.AGREED),
        ([UNREADABLE, "Turku", UNREADABLE, UNREADABLE], UNREADABLE, Outcome.UNREADABLE),
        ([UNREADABLE, "Turku", UNREADABLE, "Turkn"], said("Turkn"), Outcome.ONE_MORE),
        ([UNREADABLE, "Turku", UNREADABLE, "Turkn", UNREADABLE], UNREADABLE, Outcome.DISPUTED),
    ],
)
def test_the_usual_policy_settles_what_is_clear(typed, winner, outcome):
    verdict = merge_readings(cast(*typed))

    assert (verdict.vote, judge(verdict, len(typed), Policy())) == (winner, outcome)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        (["Turun Sanomat 1904", "Turun Sanomat 1905", "Tnrun Sanomat 1905"], "Turun Sanomat 1905"),
        (["Turun Sanomxt 1905", "Turxn Sanomat 1905", "Turun Sanomat 19x5"], "Turun Sanomat 1905"),
        (["Helsxnki", "Heksinki", "Helsinkj"], "Helsinki"),
        (["the big dog ran", "the dog ran off", "the big dog ran off", "a big dog ran off"], "the big dog ran off"),
        (["New castle Journal", "Newcastle Journal x", "Newcastle Jurnal"], "Newcastle Journal"),
        (["אב גד", "אב גד הו", "אב גה הו"], "אב גד הו"),
        (["👧👦 b", "👧👦 c", "👧👩 c"], "👧👦 c"),
    ],
)
def test_readings_that_differ_are_put_together_by_columns(typed, reading):
    verdict = merge_readings(cast(*typed))

    assert (verdict.reading, verdict.method, verdict.confidence < 0.8) == (reading, "columns", True)


def test_words_too_different_never_mix_into_a_word_that_nobody_typed():
    verdict = merge_readings(cast("cat", "car", "bat", "but"))

    assert verdict.reading in {"cat", "car", "bat", "but"}


def test_twenty_different_readings_of_one_length_stay_open():
    verdict = merge_readings(cast(*(chr(ord("a") + number) * 12 for number in range(20))))

    assert (verdict.agreement, judge(verdict, 20, Policy(2, 20))) == (1 / 20, Outcome.DISPUTED)
    assert verdict.confidence == pytest.approx(1 / 20)


def test_declared_rules_are_among_the_evidence():
    rules = Normalisation(same_dates=True, abbreviations=(("St", "Saint"),))

    verdict = merge_readings(cast("9.6.1904", "9 juin 1904", rules=rules), rules)

    assert (verdict.vote, verdict.agreement) == (said("1904-06-09"), 1.0)
    assert verdict.parameters[-2:] == (("abbreviations", '[["St", "Saint"]]'), ("same_dates", True))


def test_a_reliable_reading_outweighs_doubtful_ones():
    verdict = merge_readings(
        [ballot(1, "Turku", EXACT, 0.3), ballot(2, "Pori", EXACT, 0.97), ballot(3, "Oulu", EXACT, 0.3)]
    )

    assert (verdict.reading, verdict.confidence > 0.8) == ("Pori", True)


def test_two_of_one_group_convince_less_than_two_strangers():
    mates = [Ballot(answer, said("Turku"), "", 0.8, b"school") for answer in (1, 2)]

    assert merge_readings(mates).confidence < merge_readings(cast("Turku", "Turku")).confidence


@pytest.mark.parametrize(
    ("mates", "outcome"), [(2, Outcome.ONE_MORE), (3, Outcome.ONE_MORE), (4, Outcome.AGREED), (5, Outcome.AGREED)]
)
def test_newcomers_of_one_network_settle_a_text_only_when_they_are_four(mates, outcome):
    verdict = merge_readings([Ballot(answer, said("Turku"), "", 0.8, b"network") for answer in range(mates)])

    assert judge(verdict, mates, Policy()) == outcome


@pytest.mark.parametrize(
    ("typed", "vote", "reading"),
    [
        (["TURKU.", "Turku", "turku", "Turku"], "turku", "Turku"),
        (["Turun, Sanomat", "turun sanomat", "Turun Sanomat.", "Turun Sanomat."], "turun sanomat", "Turun Sanomat."),
        (["Tvrun Sanomat", "TURUN SANOMAT", "Turun Sonomat", "turun saxomat"], "turun sanomat", "TURUN SANOMAT"),
        (["...", "…"], "...", "..."),
    ],
)
def test_what_was_typed_is_published_and_what_is_compared_is_the_vote(typed, vote, reading):
    verdict = merge_readings(cast(*typed, rules=LOOSE), LOOSE)

    assert (text_of(verdict.vote), verdict.reading) == (vote, reading)


def test_an_empty_text_is_a_reading_like_any_other():
    verdict = merge_readings([Ballot(1, said("")), Ballot(2, said(""))])

    assert (verdict.vote, verdict.reading, verdict.agreement) == (said(""), "", 1.0)


def test_readings_too_long_to_align_still_have_a_winner():
    page = "Turun Sanomat " * 8_000
    verdict = merge_readings([ballot(1, page), ballot(2, page + "1905", EXACT, 0.9)])

    assert (verdict.reading, verdict.method) == (page + "1905", "identical-readings")


def test_nobody_is_no_crowd():
    with pytest.raises(ValueError, match="Nobody has voted"):
        merge_readings([])


@settings(max_examples=40)
@given(BALLOTS, st.sampled_from([EXACT, LOOSE]), st.randoms())
def test_the_order_of_ballots_never_matters(rows, rules, random):
    ballots = [ballot(answer, typed, rules, *voter) for answer, (typed, *voter) in enumerate(rows, 1)]

    assert merge_readings(random.sample(ballots, len(ballots)), rules) == merge_readings(ballots, rules)


@settings(max_examples=40)
@given(BALLOTS, st.sampled_from([EXACT, LOOSE]))
def test_a_verdict_is_a_share_of_the_votes_and_in_normal_form(rows, rules):
    ballots = [ballot(answer, typed, rules, *voter) for answer, (typed, *voter) in enumerate(rows, 1)]

    verdict = merge_readings(ballots, rules)

    assert verdict.agreement == sum(b.vote == verdict.vote for b in ballots) / len(ballots)
    assert 0 < verdict.confidence <= 1
    assert [answer for answer, _ in verdict.weights] == [b.answer for b in ballots]
    if verdict.vote not in MARKS:
        assert text_of(verdict.vote) == normalise(verdict.reading, rules)


@settings(max_examples=40)
@given(st.lists(st.tuples(SIMILAR, st.floats(0.001, 0.999)), min_size=1, max_size=8))
def test_the_confidence_of_identical_readings_follows_from_votes_and_weights(rows):
    ballots = [ballot(answer, typed, EXACT, r) for answer, (typed, r) in enumerate(rows + rows[:1], 1)]

    verdict = merge_readings(ballots)

    if verdict.method == "identical-readings":
        votes, sums = {b.answer: b.vote for b in ballots}, {}
        for answer, weight in verdict.weights:
            sums[votes[answer]] = sums.get(votes[answer], 0) + weight
        unseen = max(dict(verdict.parameters)["readings"] - len(sums), 0)
        expected = math.exp(sums[verdict.vote]) / (sum(map(math.exp, sums.values())) + unseen)
        assert verdict.confidence == pytest.approx(expected)


@settings(max_examples=40)
@given(BALLOTS, st.sampled_from([EXACT, LOOSE]), st.floats(0.6, 0.99), st.floats(0, 1))
def test_an_agreeing_answer_never_lowers_confidence(rows, rules, reliability, share):
    ballots = [ballot(answer, typed, rules, *voter) for answer, (typed, *voter) in enumerate(rows, 1)]
    before = merge_readings(ballots, rules)

    after = merge_readings([*ballots, Ballot(99, before.vote, before.reading, reliability, None, share)], rules)

    assert after.vote == before.vote
    assert after.confidence >= before.confidence - 1e-5  # weights are rounded


@settings(max_examples=40)
@given(BALLOTS, st.sampled_from([*MARKS, "ab", "x"]))
def test_a_reading_of_no_share_changes_nothing(rows, typed):
    ballots = [ballot(1, "a"), *(ballot(answer, *row[:1], EXACT, *row[1:]) for answer, row in enumerate(rows, 2))]
    before = merge_readings(ballots)

    after = merge_readings([*ballots, ballot(99, typed, share=0)])

    assert (after.vote, after.reading, after.confidence) == (before.vote, before.reading, before.confidence)


def test_a_muted_second_does_not_make_a_majority():
    voters = [ballot(1, "Turku"), ballot(2, "Turku", share=0.01), ballot(3, "Turkn", reliability=0.6)]

    verdict = merge_readings(voters)

    assert (verdict.reading, verdict.method) == ("Turku", "columns")
    assert verdict.confidence == pytest.approx(merge_readings([voters[0], voters[2]]).confidence, abs=0.01)
