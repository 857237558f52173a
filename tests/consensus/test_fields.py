import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus import Ballot, Normalisation, fold, normalise, said
from tasks.consensus.dates import read_date
from tasks.consensus.fields import Field, Holds, merge_field, merge_fields, read_integer, vote_on

DATE, INTEGER, PLACE, NAME = (Field(holds) for holds in (Holds.DATE, Holds.INTEGER, Holds.PLACE, Holds.NAME))
COLOUR = Field(Holds.ONE_OF, ("Red", "Blue"))
FIELDS = st.sampled_from([Field(), DATE, INTEGER, PLACE, NAME, COLOUR])


def cast(field: Field, *typed: str) -> list[Ballot]:
    return [Ballot(answer, vote_on(field, text), fold(text)) for answer, text in enumerate(typed, 1)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("14 Août 1911", "1911-08-14"),
        ("9.6.1904", "1904-06-09"),
        ("1904-06-09", "1904-06-09"),
        ("June 9th, 1904", "1904-06-09"),
        ("1er janvier 1900", "1900-01-01"),
        ("12. heinäkuuta 1904", "1904-07-12"),
        ("den 3 maj 1899", "1899-05-03"),
        ("mars 1904", "1904-03"),
        ("1904", "1904"),
        ("31.2.1904", None),
        ("9.6.04", None),
        ("Turku 1904", None),
        ("9.6.1904 👧", None),
        ("", None),
    ],
)
def test_a_date_has_one_form(text, date):
    assert read_date(text) == date
    assert date is None or read_date(date) == date


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 905", "1905"),
        ("01905", "1905"),
        ("\u22125", "-5"),
        ("-0", "0"),
        ("1.234.567", "1234567"),
        ("١٢٣", "123"),
        ("1.234,567", None),
        ("12,5", None),
        ("12 34", None),
        ("", None),
        ("twelve", None),
    ],
)
def test_a_whole_number_has_one_form(text, number):
    assert read_integer(text) == number


@pytest.mark.parametrize(
    ("field", "typed", "reading"),
    [
        (DATE, ["9.6.1904", "9 juin 1904", "19.6.1904"], "9 juin 1904"),
        (INTEGER, ["1905", "1 905", "1906"], "1 905"),
        (PLACE, ["TURKU", "Turku.", "Turkn"], "TURKU"),
        (NAME, ["Trémeaux, André", "Trémeaux André", "Tremeaux Andre"], "Trémeaux André"),
        (COLOUR, ["red", "RED.", "Blue"], "RED."),
        (Field(), ["Turun Sanomat 1904", "Turun Sanomat 1905", "Tnrun Sanomat 1905"], "Turun Sanomat 1905"),
    ],
)
def test_fields_agree_in_what_they_mean(field, typed, reading):
    verdict = merge_field(cast(field, *typed), field)

    assert verdict.reading in (reading, typed[0])
    assert verdict.vote == vote_on(field, reading)


def test_digits_of_different_numbers_never_make_a_third():
    assert merge_field(cast(INTEGER, "1905", "1965", "1805"), INTEGER).vote in map(said, ("1905", "1965", "1805"))


def test_each_field_of_a_form_is_merged_on_its_own():
    ballots = {"when": cast(DATE, "1904", "1904"), "where": cast(PLACE, "Turku", "Åbo", "Åbo"), "who": []}

    found = merge_fields(ballots, {"when": DATE, "where": PLACE, "who": NAME})

    assert {name: verdict.reading for name, verdict in found.items()} == {"when": "1904", "where": "Åbo"}


@settings(max_examples=25)
@given(FIELDS, st.lists(st.text(max_size=20), min_size=1, max_size=5), st.randoms())
def test_any_field_takes_anything_in_any_order_and_form(field, typed, random):
    ballots = cast(field, *typed)

    assert merge_field(random.sample(ballots, len(ballots)), field) == merge_field(ballots, field)
    assert [vote_on(field, unicodedata.normalize("NFD", text)) for text in typed] == [b.vote for b in ballots]


@pytest.mark.parametrize(
    ("rules", "one", "other", "same"),
    [
        (Normalisation(same_dates=True), "9 juin 1904", "9.6.1904", True),
        (Normalisation(same_dates=True), "9 juin 1904", "9.6.1905", False),
        (Normalisation(abbreviations=(("St", "Saint"),)), "St. Denis", "Saint Denis", True),
        (Normalisation(abbreviations=(("St.", "Saint"),)), "ST Denis", "Saint Denis", True),
        (Normalisation(abbreviations=(("St", "Saint"),)), "Stroud", "Saintroud", False),
        (Normalisation(True, True, False, (("v", "von der"),)), "V. Heide", "Von-der Heide", True),
    ],
)
def test_dates_and_abbreviations_can_be_declared_the_same(rules, one, other, same):
    assert (normalise(one, rules) == normalise(other, rules)) is same
    assert normalise(normalise(one, rules), rules) == normalise(one, rules)


@pytest.mark.parametrize("pair", [("St", "St Denis"), ("New York", "NY"), ("", "x")])
def test_an_abbreviation_that_never_ends_is_refused(pair):
    with pytest.raises(ValueError, match="abbreviation"):
        Normalisation(abbreviations=(pair,))
