"""What a merge would have said of known tasks, and with fewer answers: on a sample, by merging again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..consensus.crowds.scoring import Bin, reliability
from .tables import Answers, Gold, Merged

type Merge = Callable[[Answers, Gold], Merged]

AT_MOST = 20_000  # answers in the sample
FOLDS = 5
STEPS = (1, 2, 3, 4, 5, 7, 10, 15, 20)


@dataclass(frozen=True)
class Step:
    """With ``answers`` a task at most, ``mean`` of them on average: the share of known tasks that are right (of all
    tasks, that have the value of all answers, when none is known), and the mean agreement."""

    answers: int
    mean: float
    right: float
    agreement: float


def sample(answers: Answers, gold: Gold) -> tuple[Answers, Gold]:
    """Return the known tasks, and others evenly, until there are about ``AT_MOST`` answers; tasks keep their order."""
    order = np.random.default_rng(1).permutation(len(answers.tasks))
    order = order[np.argsort([task not in gold for task in order.tolist()], kind="stable")]
    sizes = np.bincount(answers.task, minlength=len(order))[order]
    chosen = np.sort(order[: max(1, int(np.searchsorted(sizes.cumsum(), AT_MOST, "right")))])
    place = {task: number for number, task in enumerate(chosen.tolist())}
    part = keep(answers, np.isin(answers.task, chosen))
    names = [answers.tasks[task] for task in chosen]
    task = np.searchsorted(chosen, part.task).astype(np.int32)
    smaller = Answers(task, part.worker, part.answer, names, answers.workers, answers.values)
    return smaller, {place[task]: value for task, value in gold.items() if task in place}


def keep(answers: Answers, kept: NDArray[np.bool_]) -> Answers:
    columns = answers.task[kept], answers.worker[kept], answers.answer[kept]
    return Answers(*columns, answers.tasks, answers.workers, answers.values)


def check(answers: Answers, gold: Gold, merge: Merge) -> list[Bin]:
    """Compare confidence with truth on known tasks, each of them merged as if its answer were not known."""
    tasks = np.random.default_rng(2).permutation(sorted(gold)).tolist()
    sure, right = [], []
    for fold in (tasks[start::FOLDS] for start in range(min(FOLDS, len(tasks)))):
        merged = merge(answers, {task: gold[task] for task in gold.keys() - fold})
        sure += [merged.confidence[task] for task in fold]
        right += [merged.same(merged.value[task], gold[task]) for task in fold]
    return reliability(np.array(sure), np.array(right, bool))


def spend(answers: Answers, gold: Gold, merge: Merge) -> Iterator[Step]:
    """Merge again with the first answer of each task in random order, the first two, and so on."""
    turn = turns(answers)
    most = int(turn.max()) + 1
    reference = gold or dict(enumerate(merge(answers, gold).value))
    for wanted in [*(step for step in STEPS if step < most), most]:
        part = keep(answers, turn < wanted)
        merged = merge(part, {})
        right = np.mean([merged.same(merged.value[task], value) for task, value in reference.items()])
        yield Step(wanted, len(part.task) / len(answers.tasks), float(right), float(merged.agreement.mean()))


def turns(answers: Answers) -> NDArray[np.intp]:
    """Return the place of each answer among those to its task, in random order, from 0."""
    order = np.lexsort((np.random.default_rng(3).random(len(answers.task)), answers.task))
    turn = np.empty(len(order), np.intp)
    turn[order] = np.arange(len(order)) - np.searchsorted(answers.task, answers.task)[order]
    return turn
