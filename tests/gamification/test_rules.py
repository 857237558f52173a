import pytest

from gamification.enums import Rule
from gamification.rules import Amounts, amounts_of, live, named, next_turn


@pytest.mark.parametrize(
    ("name", "points", "amounts"),
    [
        ("took_part", 1, Amounts(1, 0, 0)),
        ("took_part:reversed", -1, Amounts(-1, 0, 0)),
        ("agreed#7", 2, Amounts(2, 1, 1)),
        ("agreed#7:reversed", -2, Amounts(-2, -1, -1)),
        ("agreed#7.2", 2, Amounts(2, 1, 1)),
        ("differed#7", 0, Amounts(0, 0, 1)),
        ("differed#7.3:reversed", 0, Amounts(0, 0, -1)),
        ("a_rule_of_tomorrow", 5, Amounts(5, 0, 0)),
    ],
)
def test_a_line_tells_what_it_adds(name, points, amounts):
    assert amounts_of(name, points) == amounts


def test_a_line_is_named_after_its_rule_and_its_decision():
    assert (named(Rule.TOOK_PART), named(Rule.AGREED, 7)) == ("took_part", "agreed#7")


@pytest.mark.parametrize(
    ("held", "alive"),
    [
        ([], set()),
        (["took_part", "agreed#7"], {"took_part", "agreed#7"}),
        (["agreed#7", "agreed#7:reversed", "agreed#9"], {"agreed#9"}),
        (["agreed#7", "agreed#7:reversed", "agreed#7.2"], {"agreed#7.2"}),
    ],
)
def test_a_line_lives_until_it_is_reversed(held, alive):
    assert live(held) == alive


@pytest.mark.parametrize(
    ("held", "name"),
    [
        ([], "agreed#7"),
        (["agreed#7"], "agreed#7"),
        (["agreed#7", "agreed#7:reversed"], "agreed#7.2"),
        (["agreed#7", "agreed#7:reversed", "agreed#7.2", "agreed#7.2:reversed"], "agreed#7.3"),
    ],
)
def test_what_is_given_again_is_numbered(held, name):
    assert next_turn("agreed#7", held) == name
