import pytest

from exports.spreadsheets import DANGEROUS, guarded
from exports.values import cell_of, mark_of
from tasks.showing.pseudonyms import pseudonym


@pytest.mark.parametrize(
    ("value", "cell", "mark"),
    [
        ({"text": "Åbo 1871"}, "Åbo 1871", ""),
        ({"matches": True}, "true", ""),
        ({"matches": False}, "false", ""),
        ({"blank": True}, "", "blank"),
        ({"unreadable": True}, "", "unreadable"),
        (None, "", ""),
        ({"fields": {"year": "1871", "place": "Åbo"}}, '{"place":"Åbo","year":"1871"}', ""),
    ],
)
def test_a_value_has_one_cell_and_a_mark_another(value, cell, mark):
    assert (cell_of(value), mark_of(value)) == (cell, mark)


TYPED = ["=1+1", "@SUM(A1)", "-5", "+49", "|x", "%PATH%", "＝1", "'quoted", "''", "Åbo", "", "a=b"]


@pytest.mark.parametrize("cell", TYPED)
def test_a_guarded_cell_is_no_formula_and_gives_the_cell_back(cell):
    safe = guarded(cell)

    assert safe[:1] not in DANGEROUS
    assert safe.removeprefix("'") == cell


def test_a_volunteer_has_one_name_in_a_dataset_and_another_in_the_next():
    seeds = [b"a" * 16, b"b" * 16]
    first, second = ([pseudonym(secret, seed) for seed in seeds] for secret in (b"one", b"two"))

    assert first == [pseudonym(b"one", seed) for seed in seeds]
    assert len({*first, *second}) == 4
    assert {len(name) for name in first} == {16}
