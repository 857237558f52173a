import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.consensus.crowds import crowd as crowds
from tasks.consensus.crowds.blending import NOTHING, VIEWS, Blend, Known, blend, right_answers
from tasks.consensus.crowds.confusion import fit_confusion
from tasks.consensus.crowds.correlated import digamma
from tasks.consensus.crowds.crowd import Crowd, gather
from tasks.consensus.crowds.difficulty import fit_difficulty
from tasks.consensus.crowds.fitting import belief_of
from tasks.consensus.crowds.one_coin import fit_one_coin
from tasks.consensus.crowds.pooling import fit_weights, logs_of, pool
from tasks.consensus.crowds.telling import telling_share
from tasks.consensus.crowds.vote import smoothed_vote

TASKS, VOLUNTEERS, LABELS = 6, 5, 3
FIRST_TWO = Known(np.array([0, 1]), np.array([2, 0]))
ALL_THE_SAME = [(task, volunteer, 0) for task in range(3) for volunteer in range(5)]
ANSWERS = st.dictionaries(
    st.tuples(st.integers(0, TASKS - 1), st.integers(0, VOLUNTEERS - 1)), st.integers(0, LABELS - 1), max_size=20
).map(lambda given: [(*pair, label) for pair, label in given.items()])


def crowd_of(rows: list[tuple[int, int, int]], tasks: int = TASKS, labels: int = LABELS) -> Crowd:
    columns = np.array(rows, np.int32).reshape(-1, 3).T
    return gather(*columns, tasks=tasks, volunteers=VOLUNTEERS, labels=labels)


def planted(tasks: int = 300, honest: int = 6, idle: int = 4) -> tuple[Crowd, np.ndarray]:
    """Everybody answers everything; the honest are right four times in five, the idle press the first label."""
    chance = np.random.default_rng(7)
    truth = chance.integers(0, 2, tasks)
    task, volunteer = np.divmod(np.arange(tasks * (honest + idle)), honest + idle)
    wrong = chance.random(len(task)) < 0.2
    label = np.where(volunteer < honest, truth[task] ^ wrong, 0)
    return gather(task, volunteer, label, tasks=tasks, volunteers=honest + idle, labels=2), truth


@settings(max_examples=8, deadline=None)
@given(ANSWERS, st.randoms())
def test_the_order_of_answers_never_matters(rows, random):
    shuffled = random.sample(rows, len(rows))

    assert np.array_equal(blend(crowd_of(shuffled), FIRST_TWO).belief, blend(crowd_of(rows), FIRST_TWO).belief)


@settings(max_examples=8, deadline=None)
@given(ANSWERS, st.permutations(range(LABELS)), st.sampled_from([NOTHING, FIRST_TWO]))
def test_naming_labels_otherwise_names_the_result_otherwise(rows, other, known):
    other = np.array(other)
    renamed = crowd_of([(task, volunteer, other[label]) for task, volunteer, label in rows])

    assert blend(renamed, Known(known.task, other[known.label])).belief[other] == pytest.approx(
        blend(crowd_of(rows), known).belief, abs=1e-4
    )


@settings(max_examples=8, deadline=None)
@given(ANSWERS)
def test_probabilities_of_a_task_sum_to_one_in_every_view(rows):
    for view in VIEWS.values():
        belief = belief_of(crowd_of(rows), view(crowd_of(rows)))

        assert belief.shape == (LABELS, TASKS)
        assert (belief >= 0).all()
        assert belief.sum(0) == pytest.approx(np.ones(TASKS))


@pytest.mark.parametrize(
    ("rows", "tasks", "labels", "known"),
    [
        ([], 0, 1, NOTHING),
        ([], 2, 2, Known(np.array([1]), np.array([1]))),
        ([(0, 0, 0)], 1, 1, Known(np.array([0]), np.array([0]))),
        ([(0, 0, 0), (1, 0, 1), (2, 0, 0)], 3, 2, NOTHING),
        ([(task, volunteer, 0) for task in range(3) for volunteer in range(5)], 3, 1, NOTHING),
        (
            [(task, volunteer, 0) for task in range(3) for volunteer in range(5)],
            3,
            2,
            Known(np.arange(3), np.ones(3, int)),
        ),
        ([(0, 0, 0), (0, 1, 1), (0, 2, 2)], 1, 3, NOTHING),
    ],
)
def test_no_crowd_is_too_odd(rows, tasks, labels, known):
    blended = blend(crowd_of(rows, tasks, labels), known)

    assert blended.belief.shape == (labels, tasks)
    assert blended.belief.sum(0) == pytest.approx(np.ones(tasks))
    assert blended.known == len(known.task)


def test_who_answers_a_task_again_counts_once_with_the_first_answer():
    once = crowd_of([(0, 0, 1), (0, 1, 2)])

    again = crowd_of([(0, 1, 2), (0, 0, 1), (0, 0, 2), (0, 0, 2)])

    assert again.label.tolist() == once.label.tolist() == [1, 2]


@pytest.mark.parametrize(("bound", "most"), [("AT_ONCE", 37), ("MOST_NUMBERS", 2 * 37)])
@pytest.mark.parametrize("kept", [0, 10_000])
def test_large_crowds_are_worked_on_in_parts_with_the_same_result(kept, bound, most, monkeypatch):
    crowd, _truth = planted(tasks=40)
    whole = blend(crowd, FIRST_TWO_OF_TWO)

    monkeypatch.setattr(crowds, bound, most)
    monkeypatch.setattr(crowds, "MOST_KEPT", kept)
    anew, _truth = planted(tasks=40)

    assert len(list(anew.parts())) > 10
    assert blend(anew, FIRST_TWO_OF_TWO).belief == pytest.approx(whole.belief, abs=1e-9)


FIRST_TWO_OF_TWO = Known(np.array([0, 1]), np.array([0, 1]))


def test_the_blend_sees_through_people_who_always_press_the_same():
    crowd, truth = planted()
    right = {name: float((belief.argmax(0) == truth).mean()) for name, belief in beliefs_of(crowd).items()}

    assert right["blend"] > 0.88 > 0.75 > right["vote"]


def beliefs_of(crowd: Crowd) -> dict[str, np.ndarray]:
    return {"vote": belief_of(crowd, smoothed_vote(crowd)), "blend": blend(crowd).belief}


def test_a_volunteers_table_tells_what_they_take_for_what():
    crowd, _truth = planted()

    matrices = fit_confusion(crowd).matrices

    assert matrices[:, 0].diagonal() == pytest.approx([0.8, 0.8], abs=0.07)
    assert matrices[:, -1, 0] == pytest.approx([1, 1], abs=0.02)


def test_one_coin_knows_who_is_reliable():
    crowd, _truth = planted(idle=2)

    reliability = fit_one_coin(crowd).reliability

    assert reliability[:6] == pytest.approx(np.full(6, 0.8), abs=0.07)
    assert (reliability[6:] < 0.6).all()


def test_a_refit_tells_how_many_answers_of_each_were_right():
    crowd, _truth = planted()

    right = right_answers(blend(crowd)) / crowd.answers_of_volunteer

    assert (right[:6] > 0.65).all()
    assert (right[6:] < 0.6).all()


def test_known_tasks_take_confidence_from_a_crowd_that_errs_together():
    rows = [(task, volunteer, 0) for task in range(60) for volunteer in range(5)]
    crowd = crowd_of(rows, tasks=60, labels=2)
    half_wrong = Known(np.arange(40), np.arange(40) % 2)

    assert blend(crowd).belief[0, 50] > 0.9
    assert blend(crowd, half_wrong).belief[0, 50] == pytest.approx(0.5, abs=0.1)


def test_one_odd_known_task_does_not_turn_a_crowd_around():
    rows = [(task, volunteer, task % 2) for task in range(60) for volunteer in range(5)]
    crowd = crowd_of(rows, tasks=60, labels=2)

    blended = blend(crowd, Known(np.array([0]), np.array([1])))

    assert blended.belief.argmax(0).tolist() == [task % 2 for task in range(60)]


def test_the_weights_follow_the_view_that_knows():
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 2, 200)
    knows = np.where(np.arange(2)[:, None] == truth, 0.9, 0.1)
    guesses = np.where(np.arange(2)[:, None] == chance.integers(0, 2, 200), 0.9, 0.1)
    views = np.stack([logs_of(knows), logs_of(guesses)])

    weights = fit_weights(views, np.where(np.arange(200) < 100, truth, -1), np.array([0.5, 0.5]))

    assert weights[0] > 1 > 0.25 > weights[1]
    assert (pool(views, weights).argmax(0) == truth).all()


@pytest.mark.parametrize(("spread", "least", "most"), [(0, 0.99, 1), (2, 0.8, 0.95)])
def test_the_more_tasks_differ_in_difficulty_the_less_agreement_proves(spread, least, most):
    chance = np.random.default_rng(5)
    task = np.repeat(np.arange(1000), 4)
    ease = np.log(4) * np.sqrt(1 + np.pi * spread**2 / 8) + spread * chance.standard_normal(1000)[task]
    wrong = chance.random(len(task)) > 1 / (1 + np.exp(-ease))
    crowd = gather(task, np.arange(len(task)) % 40, wrong, tasks=1000, volunteers=40, labels=2)

    belief = belief_of(crowd, fit_difficulty(crowd, np.full(40, 0.8)))

    unanimous = np.bincount(task, wrong) == 0
    assert least < belief[0, unanimous].mean() < most
    assert belief.sum(0) == pytest.approx(np.ones(1000))


def test_tables_too_large_for_the_memory_are_no_view(monkeypatch):
    monkeypatch.setattr(crowds, "MOST_CELLS", 10)
    crowd, truth = planted(idle=0)

    blended = blend(crowd)

    assert isinstance(blended, Blend)
    assert set(blended.weights) == {"vote", "one coin", "difficulty"}
    assert (blended.belief.argmax(0) == truth).mean() > 0.85


@pytest.mark.parametrize(("x", "value"), [(1, -0.5772156649), (0.5, -1.9635100260), (10, 2.2517525890)])
def test_digamma_is_that_of_the_tables(x, value):
    assert digamma(np.array([x]))[0] == pytest.approx(value, abs=1e-9)


def test_a_single_answer_is_taken_as_it_is():
    rows = [(task, task % VOLUNTEERS, label) for task, label in enumerate([0, 0, 0, 0, 0, 0, 0, 1, 0, 2])]

    blended = blend(crowd_of(rows, tasks=10))

    assert blended.belief.argmax(0).tolist() == [label for _task, _volunteer, label in rows]
    assert blended.belief.max() < 0.9


@pytest.mark.parametrize("seed", range(3))
def test_where_answers_tell_nothing_of_people_a_majority_decides(seed):
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 2, 300)
    task = np.repeat(np.arange(300), 5)
    label = truth[task] ^ (chance.random(len(task)) < 0.4)
    crowd = gather(task, chance.permutation(len(task)) // 2, label, tasks=300, volunteers=750, labels=2)

    for known in (NOTHING, Known(np.arange(50), truth[:50])):
        assert np.array_equal(blend(crowd, known).belief.argmax(0), belief_of(crowd, smoothed_vote(crowd)).argmax(0))


def test_answers_tell_the_more_of_people_the_more_each_gives():
    crowd, _truth = planted()

    shares = [telling_share(crowd.only(np.arange(tasks))) for tasks in (5, 300)]

    assert telling_share(planted(idle=0)[0]) < 0.5 < shares[0] < shares[1] < 1
