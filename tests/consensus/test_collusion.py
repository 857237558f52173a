"""Who shares wrong answers: rings are found, and honest people are left alone however hard the lines are."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus.crowds.collusion import Known, find_rings

PEOPLE = 40
OTHERS = 1_000_000  # ways of being wrong on one's own


def crowd(
    seed: int,
    *,
    rings: tuple[tuple[int, ...], ...] = (),
    tasks: int = 1500,
    asked: int = 3,
    labels: int = OTHERS,
    hard: float = 0.0,
    hard_pages: float = 0.0,
    sloppy: int = 0,
) -> Known:
    """People who are wrong in 3 to 15 % of tasks, ``sloppy`` of them in 35 %. A ring gives one wrong answer to every
    second task. On a hard line, or on every second line of a hard page, all are drawn to one wrong answer."""
    rng = Random(seed)
    slips = [0.35 if person < sloppy else rng.uniform(0.03, 0.15) for person in range(PEOPLE)]
    ring_of = {person: number for number, ring in enumerate(rings, 1) for person in ring}
    rows = []
    for task in range(tasks):
        page = task // 30
        luring = rng.random() < (0.5 if Random(f"{seed} {page}").random() < hard_pages else hard)
        for person in sorted(rng.sample(range(PEOPLE), asked)):
            if person in ring_of and task % 2:
                value = -ring_of[person]
            elif luring and rng.random() < 0.6:
                value = 1
            else:
                value = rng.randrange(1, labels) if rng.random() < slips[person] else 0
            rows.append((task, person, value, value != 0, page))
    return known(rows)


def known(rows) -> Known:
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Known(*columns[:3], columns[3].astype(bool), columns[4])


@pytest.mark.parametrize(
    ("rings", "more"),
    [
        (((3, 17),), {"tasks": 3000}),
        (((3, 17),), {"asked": 5, "hard": 0.1, "tasks": 2500}),
        (((1, 2), (38, 39)), {"tasks": 3000}),
        (((0, 10, 20, 30),), {"tasks": 3000}),
        (((0, 1, 2, 3, 4, 5, 6, 7),), {"asked": 5}),
        (((5, 6),), {"asked": 7, "labels": 2, "tasks": 3000}),  # yes or no: whoever is wrong is wrong alike
    ],
)
def test_a_ring_is_found_and_nobody_else_is_in_it(rings, more):
    assert find_rings(crowd(1, rings=rings, **more)) == list(rings)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"hard": 0.1},
        {"hard": 0.3},
        {"hard_pages": 0.2},
        {"labels": 2, "asked": 5},
        {"labels": 2, "asked": 5, "sloppy": 4},
        {"sloppy": 6, "hard": 0.1, "asked": 5},
    ],
)
def test_honest_people_are_left_alone_also_where_hard_lines_make_all_err_alike(more):
    tied = [person for seed in range(5) for ring in find_rings(crowd(seed, **more)) for person in ring]

    assert len(tied) <= 0.01 * 5 * PEOPLE


def test_what_many_do_is_a_convention_and_no_ring():
    assert find_rings(crowd(1, rings=(tuple(range(12)),), asked=5)) == []


def test_shared_right_answers_and_few_wrong_ones_tie_nobody():
    rows = [(task, person, int(task < 2), task < 2, 0) for task in range(300) for person in (0, 1)]

    assert find_rings(known(rows)) == []


def test_nobody_is_in_no_ring():
    nothing = np.empty(0, int)

    assert find_rings(Known(nothing, nothing, nothing, nothing.astype(bool), nothing)) == []


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(PEOPLE)))
def test_the_numbers_of_people_do_not_matter(numbers):
    before = crowd(2, rings=((3, 17),), asked=5)
    people = np.array(numbers)[before.volunteer]
    order = np.lexsort((people, before.task))

    after = Known(before.task, people[order], before.value[order], before.wrong[order], before.place)

    assert find_rings(after) == [tuple(sorted((numbers[3], numbers[17])))]
