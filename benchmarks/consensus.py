"""How right the consensus is and how well it knows, on the answers of real crowds whose truth is known.

    uv run python -m benchmarks.consensus --crowds ../shared/crowds
    uv run python -m benchmarks.consensus --only stopping
    uv run python -m benchmarks.consensus --only scale --millions 1 3 10

Three tables. Methods: each of 5 splits gives 50 known tasks to the blend and scores every method on the others.
Stopping: tasks get their answers one at a time, in 5 random orders, and are closed at a fixed confidence: by the blend,
which sees all answers anew after each round, and by the consensus in the answering transaction, task by task with the
skills of the latest refit, where a closed task keeps its value. Scale: time
and memory of a refit of simulated yes-or-no answers, five a task. Where crowd-kit is installed its Dawid-Skene stands
beside ours.
"""

import argparse
import csv
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.consensus import Policy, said, text_of, weigh_choices
from tasks.consensus.crowds.blending import NOTHING, VIEWS, Known, View, blend
from tasks.consensus.crowds.crowd import Crowd, Real, gather
from tasks.consensus.crowds.fitting import belief_of
from tasks.consensus.crowds.learning import ByRefitting
from tasks.consensus.crowds.scoring import score
from tasks.consensus.replaying import Cast, Record
from tasks.consensus.replaying import replay as replay_record

from .peak import peak_megabytes

SETS = ("rte", "sp", "web", "mozafari_bin")
SPLITS, KNOWN = 5, 50
CLOSE_AT, LEAST_ANSWERS, LEAD, WAVES = (0.8, 0.9), 2, 3, 4
NAMES = {
    "vote": "smoothed vote",
    "skill": "skill-weighted vote (Wawa)",
    "one coin": "one coin",
    "confusion": "Dawid-Skene with back-off",
    "correlated": "EBCC",
}
CROWD_KIT, MAJORITY = "Dawid-Skene (crowd-kit)", "majority vote"


@dataclass(frozen=True)
class Truth:
    """A crowd and its known labels: ``label[i]`` is that of task i, -1 where nobody knows it."""

    name: str
    crowd: Crowd
    label: NDArray[np.intp]

    @property
    def known(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.label >= 0)


def read_crowd(folder: Path) -> Truth:
    with (folder / "answers.csv").open(newline="") as file:
        answers = [(row["task"], row["worker"], row["answer"]) for row in csv.DictReader(file)]
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["task"]: row["answer"] for row in csv.DictReader(file)}
    (tasks, task), (workers, worker), (given, _) = (numbered(column) for column in zip(*answers, strict=True))
    labels = sorted({*given, *truth.values()})
    label = [labels.index(answer) for _task, _worker, answer in answers]
    crowd = gather(task, worker, label, tasks=len(tasks), volunteers=len(workers), labels=len(labels))
    return Truth(folder.name, crowd, np.array([labels.index(truth[name]) if name in truth else -1 for name in tasks]))


def numbered(names: tuple[str, ...]) -> tuple[list[str], list[int]]:
    sorted_names = sorted(set(names))
    place = {name: number for number, name in enumerate(sorted_names)}
    return sorted_names, [place[name] for name in names]


def read_crowds(folder: Path) -> Iterator[Truth]:
    for name in SETS:
        if (folder / name / "answers.csv").exists():
            yield read_crowd(folder / name)
        else:
            print(f"{name} is left out: there is no {folder / name / 'answers.csv'}.")


def majority(crowd: Crowd) -> Real:
    """Return the share of votes of each label."""

    def shares(part: Any) -> Real:
        return part.votes / np.maximum(part.votes.sum(0), 1)

    return belief_of(crowd, shares)


def crowd_kit(crowd: Crowd) -> Real:
    """Return crowd-kit's Dawid-Skene. Raises ``ImportError`` where it is not installed."""
    import pandas
    from crowdkit.aggregation import DawidSkene

    table = pandas.DataFrame({"task": crowd.task, "worker": crowd.volunteer, "label": crowd.label})
    found = DawidSkene(n_iter=100).fit_predict_proba(table)
    belief = np.full((crowd.labels, crowd.tasks), 1 / crowd.labels)
    belief[np.ix_(found.columns, found.index)] = found.to_numpy().T
    return belief


def seen(view: View, crowd: Crowd) -> Real:
    return belief_of(crowd, view(crowd))


def methods() -> dict[str, Callable[[Crowd], Real]]:
    named = {MAJORITY: majority} | {NAMES[name]: partial(seen, view) for name, view in VIEWS.items()}
    if find_spec("crowdkit") is None:
        print("crowd-kit is not installed: the table is without it.")
        return named
    return named | {CROWD_KIT: crowd_kit}


def compare(truths: list[Truth]) -> None:
    """Print accuracy, log-loss and calibration error of every method, and its difference to majority vote."""
    rows: dict[str, list[list[tuple[float, ...]]]] = {}
    for truth in truths:
        beliefs = {name: method(truth.crowd) for name, method in methods().items()}
        beliefs["blend, nothing known"] = blend(truth.crowd).belief
        scores: dict[str, list[tuple[float, ...]]] = {name: [] for name in [*beliefs, f"blend, {KNOWN} known"]}
        for split in range(SPLITS):
            known = np.random.default_rng(split).choice(truth.known, KNOWN, replace=False)
            others = np.setdiff1d(truth.known, known)
            taught = blend(truth.crowd, Known(known, truth.label[known])).belief
            for name, belief in [*beliefs.items(), (f"blend, {KNOWN} known", taught)]:
                scores[name].append(astuple(score(belief[:, others], truth.label[others])))
        for name, split_scores in scores.items():
            rows.setdefault(name, []).append(split_scores)
    print_methods({name: np.array(row) for name, row in rows.items()}, [truth.name for truth in truths])


def print_methods(rows: dict[str, Real], sets: list[str]) -> None:
    """``rows``: shape (sets, splits, 3). The standard error is that of the splits."""
    print(f"\n{'':28}{'accuracy':>16}{'log-loss':>16}{'ECE':>16}   accuracy minus that of majority vote, by set")
    print(" " * 76 + "".join(f"{name:>14}" for name in sets))
    for name, row in rows.items():
        errors = np.sqrt((row.var(1, ddof=1) / row.shape[1]).mean(0) / len(row))
        figures = [f"{mean:.4f} ± {error:.4f}" for mean, error in zip(row.mean((0, 1)), errors, strict=True)]
        gains = (row - rows[MAJORITY])[:, :, 0].mean(1)
        print(f"{name:28}" + "".join(f"{part:>16}" for part in figures) + "".join(f"{gain:+14.4f}" for gain in gains))


def stop_early(truths: list[Truth]) -> None:
    """Print how right tasks are that are closed early and the share of answers saved, beside majority vote over all."""
    rules = {f"lead of {LEAD}": ahead} | {f"confidence {least}": sure_at(least) for least in CLOSE_AT}
    print(f"\nClosed early, {LEAST_ANSWERS} answers at least, {SPLITS} orders: accuracy, and answers saved")
    names = [*rules, *(f"online {least}" for least in CLOSE_AT)]
    print(f"{'':14}{'majority of all':>16}" + "".join(f"{name:>22}" for name in names))
    rows = []
    for truth in truths:
        known = truth.known
        everything = float((majority(truth.crowd).argmax(0) == truth.label)[known].mean())
        outcomes = [replay(truth, rule) for rule in rules.values()]
        outcomes += [replay_online(truth, least) for least in CLOSE_AT]
        rows.append([everything, *(figure for outcome in outcomes for figure in outcome)])
    for name, row in zip([*(truth.name for truth in truths), "mean"], [*rows, np.mean(rows, axis=0)], strict=True):
        pairs = zip(row[1::2], row[2::2], strict=True)
        print(f"{name:14}{row[0]:16.4f}" + "".join(f"{right:14.4f}{saved:8.1%}" for right, saved in pairs))


type Rule = Callable[[Crowd], tuple[Real, NDArray[np.bool_]]]


def replay(truth: Truth, rule: Rule) -> tuple[float, float]:
    """Return the mean accuracy and the mean share of answers saved over the orders."""
    outcomes = []
    for order in range(SPLITS):
        belief, used = play(truth.crowd, np.random.default_rng(order), rule)
        outcomes.append((float((belief.argmax(0) == truth.label)[truth.known].mean()), 1 - used))
    right, saved = np.mean(outcomes, axis=0)
    return float(right), float(saved)


def replay_online(truth: Truth, least: float) -> tuple[float, float]:
    """Return the same of the consensus that the site computes at each answer."""
    record = record_of(truth.crowd)
    labels = [said(str(label)) for label in range(truth.crowd.labels)]
    policy = Policy(LEAST_ANSWERS, max(map(len, record)), least)
    outcomes = []
    for order in range(SPLITS):
        learner = ByRefitting(truth.crowd.volunteers, labels)
        merge = partial(weigh_choices, choices=len(labels))
        closed = list(replay_record(record, merge, policy, learner, Random(order)))
        right = sum(truth.label[played.task] == int(text_of(played.vote)) for played in closed)
        used = sum(played.answers for played in closed) / len(truth.crowd.task)
        outcomes.append((right / len(truth.known), 1 - used))
    right, saved = np.mean(outcomes, axis=0)
    return float(right), float(saved)


def record_of(crowd: Crowd) -> Record:
    record: list[list[Cast]] = [[] for _task in range(crowd.tasks)]
    for task, volunteer, label in zip(crowd.task.tolist(), crowd.volunteer.tolist(), crowd.label.tolist(), strict=True):
        record[task].append(Cast(volunteer, said(str(label))))
    return record


def turns(crowd: Crowd, chance: np.random.Generator) -> NDArray[np.intp]:
    """Return when each answer comes among those to its task, from 0, in random order; shape (answers,)."""
    order = np.lexsort((chance.random(len(crowd.task)), crowd.task))
    first = np.searchsorted(crowd.task, crowd.task)
    turn = np.empty(len(order), np.intp)
    turn[order] = np.arange(len(order)) - first[order]
    return turn


def play(crowd: Crowd, chance: np.random.Generator, rule: Rule) -> tuple[Real, float]:
    """Ask wave after wave of tasks, as pages finish one after the other; within a wave every open task gets one answer
    a round. The crowd is fitted anew after each round, as a job does beside the answering; what the rule calls done is
    closed. Return the last belief and the share of answers used."""
    turn, wave = turns(crowd, chance), chance.integers(0, WAVES, crowd.tasks)
    used, open_ = np.zeros(len(turn), bool), np.ones(crowd.tasks, bool)
    for asked in (wave == number for number in range(WAVES)):
        for round_ in range(int(turn.max()) + 1):
            used |= (turn == round_) & (open_ & asked)[crowd.task]
            if round_ + 1 >= LEAST_ANSWERS:
                open_ &= ~(rule(part_of(crowd, used))[1] & asked)
    return rule(part_of(crowd, used))[0], float(used.mean())


def part_of(crowd: Crowd, used: NDArray[np.bool_]) -> Crowd:
    columns = crowd.task[used], crowd.volunteer[used], crowd.label[used]
    return Crowd(*columns, crowd.tasks, crowd.volunteers, crowd.labels)


def ahead(crowd: Crowd) -> tuple[Real, NDArray[np.bool_]]:
    """Majority vote, done when one label leads by three."""
    votes = belief_of(crowd, lambda part: part.votes)
    second, best = np.partition(votes, -2, axis=0)[-2:]
    return votes, best - second >= LEAD


def sure_at(least: float) -> Rule:
    """The blend, without anything known, done at the confidence."""

    def sure(crowd: Crowd) -> tuple[Real, NDArray[np.bool_]]:
        belief = blend(crowd).belief
        return belief, belief.max(0) >= least

    return sure


def grow(millions: list[float]) -> None:
    """Print time and memory of a refit; each in a process of its own, so that its peak is its own."""
    print(f"\n{'answers':>12}{'refit':>26}{'seconds':>10}{'of CPU':>10}{'peak MB':>10}{'accuracy':>10}")
    for size in millions:
        for name in ("blend, nothing known", f"blend, {KNOWN} known", CROWD_KIT):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                told = pool.apply(refit, (int(size * 1e6), name))
            print(f"{size * 1e6:12,.0f}{name:>26}{told}", flush=True)


def refit(answers: int, name: str) -> str:
    truth = simulated(answers)
    known = Known(np.arange(KNOWN), truth.label[:KNOWN]) if str(KNOWN) in name else NOTHING
    begun, worked = time.perf_counter(), time.process_time()
    try:
        belief = crowd_kit(truth.crowd) if name == CROWD_KIT else blend(truth.crowd, known).belief
    except ImportError:
        return "  is not installed"
    took, work = time.perf_counter() - begun, time.process_time() - worked
    return f"{took:10.1f}{work:10.1f}{peak_megabytes():10.0f}{(belief.argmax(0) == truth.label).mean():10.4f}"


def simulated(answers: int) -> Truth:
    """Return five yes-or-no answers to each task, 500 a volunteer; most people are right most of the time."""
    chance = np.random.default_rng(1)
    tasks, volunteers = answers // 5, max(answers // 500, 10)
    label = chance.integers(0, 2, tasks)
    task = np.repeat(np.arange(tasks, dtype=np.int32), 5)
    volunteer = chance.integers(0, volunteers, len(task), dtype=np.int32)
    right = chance.random(len(task)) < chance.beta(6, 2, volunteers)[volunteer]
    said = np.where(right, label[task], 1 - label[task]).astype(np.int32)
    return Truth("simulated", gather(task, volunteer, said, tasks=tasks, volunteers=volunteers, labels=2), label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowds", type=Path, default=Path("../shared/crowds"), help="answers of real crowds")
    parser.add_argument("--only", choices=("methods", "stopping", "scale"))
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 3, 10])
    options = parser.parse_args()
    truths = list(read_crowds(options.crowds)) if options.only != "scale" else []
    if truths and options.only != "stopping":
        compare(truths)
    if truths and options.only != "methods":
        stop_early(truths)
    if options.only in (None, "scale"):
        grow(options.millions)


if __name__ == "__main__":
    main()
