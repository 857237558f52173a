import pytest

from tasks.consensus.differences import Grid, grid_of
from tasks.models import Skill
from tasks.review.collating import collate, label_of
from tests.factories import make_volunteer, make_workflow

from .building import make_dispute

pytestmark = pytest.mark.django_db


def shown(collation):
    return [(reading.text, reading.by, reading.differs_in) for reading in collation.readings]


def test_readings_come_once_each_the_best_guess_first():
    task = make_dispute(
        "Tesson – Jean Marius", "Usson – Jean Marius", "Usson – Jean Narius", "Usson – Jean Marius",
        workflow=make_workflow(policy={"minimum": 4, "maximum": 4, "confidence": 0.99}),
        suggestion="Usson - Jean Marius",
    )  # fmt: skip

    collation = collate(task)

    assert shown(collation) == [
        ("Usson – Jean Marius", "2 volunteers: B, D", ""),
        ("Tesson – Jean Marius", "1 volunteer: A", "differs in word 1"),
        ("Usson – Jean Narius", "1 volunteer: C", "differs in word 4"),
        ("Usson - Jean Marius", "text recognition", "differs in word 2"),
    ]
    assert [reading.confidence is not None for reading in collation.readings] == [True, False, False, False]
    assert 0 < collation.readings[0].confidence < 0.99


def test_a_guess_that_nobody_typed_is_a_reading_too():
    task = make_dispute("Tuxku Oulu Kemi", "Turku Ouxu Kemi", "Turku Oulu Kexi")

    assert shown(collate(task))[0] == ("Turku Oulu Kemi", "put together from all; nobody typed just this", "")


def test_the_machine_may_have_read_the_same():
    task = make_dispute(suggestion="Kemi")

    assert ("Kemi", "1 volunteer: B; text recognition too") in [(text, by) for text, by, _ in shown(collate(task))]


def test_marks_stand_beside_readings():
    task = make_dispute("Oulu", {"unreadable": True}, {"blank": True})

    assert sorted(text for text, _, _ in shown(collate(task))) == ["It cannot be read", "It is empty", "Oulu"]


def test_yes_and_no_have_no_letters_to_compare():
    workflow = make_workflow(kind="verify", policy={"minimum": 2, "maximum": 2})
    task = make_dispute({"matches": True}, {"matches": False}, workflow=workflow, suggestion="Oulu")

    collation = collate(task)

    assert sorted(text for text, _, _ in shown(collation)) == ["No, it differs", "Yes, it matches"]
    assert collation.grid is None


def test_readers_are_letters_with_their_record_and_simulated_ones_are_named_so():
    real, machine = make_volunteer(), make_volunteer(simulated=True)
    workflow = make_workflow(policy={"minimum": 2, "maximum": 2})
    Skill.objects.create(volunteer=real, workflow=workflow, right=24, wrong=1)
    task = make_dispute("Oulu", "Kemi", workflow=workflow, people=[machine, real])

    collation = collate(task)

    assert [(str(each), each.right, each.judged) for each in collation.readers] == [
        ("A (simulated)", 0, 0),
        ("B", 24, 25),
    ]
    assert {text: by for text, by, _ in shown(collation)} == {
        "Oulu": "1 simulated volunteer: A",
        "Kemi": "1 volunteer: B",
    }


def test_labels_do_not_run_out():
    assert [label_of(place) for place in (0, 25, 26, 52)] == ["A", "Z", "A2", "A3"]


def rows(grid: Grid) -> list[str]:
    columns = [column for word in grid.words for column in word.columns]
    return ["".join(column[row].letter or "·" for column in columns) for row in range(grid.rows)]


@pytest.mark.parametrize(
    ("texts", "laid_out"),
    [
        (["Usson", "Tesson"], ["·Usson", "Tesson"]),
        (["Usson", "Usso"], ["Usson", "Usso·"]),
        (["1904", "19 04"], ["19·04", "19 04"]),
        (["cafe\u0301", "cafe"], ["cafe\u0301", "cafe"]),
        (["Oulu", ""], ["Oulu", "····"]),
    ],
)
def test_letters_stand_under_one_another(texts, laid_out):
    assert rows(grid_of(texts)) == laid_out


def test_only_letters_that_differ_from_the_first_row_are_marked():
    [word] = grid_of(["Turku", "Turkn", "Tarku"]).words

    assert [[cell.differs for cell in column] for column in word.columns] == [
        [False, False, False],
        [False, False, True],
        [False, False, False],
        [False, False, False],
        [False, True, False],
    ]


def test_words_stay_together_and_very_long_ones_break():
    grid = grid_of(["ab cd " + "x" * 30, "ab Cd " + "x" * 30])

    assert [(len(word.columns), word.differs) for word in grid.words] == [
        (3, False),
        (3, True),
        (12, False),
        (12, False),
        (6, False),
    ]


@pytest.mark.parametrize("texts", [[], ["Oulu"], ["x" * 2000] * 4])
def test_there_is_no_grid_of_nothing_nor_of_too_much(texts):
    assert grid_of(texts) is None
