"""Simulated people who choose among labels: crowds of many kinds, whose truth is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.consensus.crowds.crowd import gather

from .consensus import Truth


@dataclass(frozen=True)
class Kind:
    """``right`` and ``wrong``: the beta distribution of reliabilities; ``spread``: of the log-odds of tasks; ``traps``:
    the share that lures to one wrong label; ``pressing``: of people who always press the same; ``lean``: how far
    people lean to one of two labels; ``first``: the share of the first of two; ``near``: errors fall on the next label
    only."""

    labels: int = 2
    tasks: int = 1000
    answers: int = 5
    of_person: int = 60
    right: float = 6
    wrong: float = 2
    spread: float = 0
    traps: float = 0
    pressing: float = 0
    lean: float = 0
    first: float = 0.5
    near: bool = False


KINDS = {
    "independent": Kind(),
    "four labels": Kind(labels=4),
    "a third press the same": Kind(pressing=1 / 3),
    "tasks differ": Kind(spread=1),
    "tasks differ much": Kind(spread=2),
    "traps": Kind(traps=0.15),
    "two answers": Kind(answers=2),
    "four of each person": Kind(of_person=4),
    "one label in ten": Kind(first=0.9),
    "people lean": Kind(lean=1),
    "fifteen answers": Kind(answers=15, tasks=500),
    "poor": Kind(right=3),
    "good": Kind(right=30, wrong=1.5),
    "five grades": Kind(labels=5, near=True),
    "four labels, traps": Kind(labels=4, traps=0.25, spread=0.7),
}


def draw(name: str, seed: int) -> Truth:
    kind = KINDS[name]
    chance = np.random.default_rng([seed, *name.encode()])
    people = max(10, kind.tasks * kind.answers // kind.of_person)
    share = [kind.first, 1 - kind.first] if kind.labels == 2 else None
    label = chance.choice(kind.labels, kind.tasks, p=share)
    task = np.repeat(np.arange(kind.tasks), kind.answers)
    who = np.concatenate([chance.choice(people, kind.answers, replace=False) for _task in range(kind.tasks)])
    skill = np.clip(chance.beta(kind.right, kind.wrong, people), 0.02, 0.98)
    ahead = np.log(skill / (1 - skill))[who] + kind.spread * chance.standard_normal(kind.tasks)[task]
    ahead += kind.lean * chance.standard_normal(people)[who] * np.where(label[task] == 0, 1, -1)
    right = chance.random(len(task)) < 1 / (1 + np.exp(-ahead))
    chosen = np.where(right, label[task], wrong_ones(kind, label[task], chance))
    lure = (label + chance.integers(1, kind.labels, kind.tasks)) % kind.labels
    pull = np.where(chance.random(kind.tasks) < kind.traps, chance.beta(4, 3, kind.tasks), 0)
    chosen = np.where(chance.random(len(task)) < pull[task], lure[task], chosen)
    chosen = np.where((chance.random(people) < kind.pressing)[who], 0, chosen)
    return Truth(name, gather(task, who, chosen, tasks=kind.tasks, volunteers=people, labels=kind.labels), label)


def wrong_ones(kind: Kind, label: NDArray[np.intp], chance: np.random.Generator) -> NDArray[np.intp]:
    if not kind.near:
        return (label + chance.integers(1, kind.labels, len(label))) % kind.labels
    step = chance.choice([-1, 1], len(label))
    inside = (label + step >= 0) & (label + step < kind.labels)
    return label + np.where(inside, step, -step)
