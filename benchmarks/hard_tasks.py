"""What it is worth to the consensus to know that some tasks are harder than others.

    uv run python -m benchmarks.hard_tasks --only choices --seeds 2
    uv run python -m benchmarks.hard_tasks --only texts

Choices: real crowds and simulated ones of fifteen kinds (``drawn_crowds``), drawn anew for each seed. The blend without
and with the difficulty of tasks, nothing known and 50 known; and the consensus in the answering transaction from the
first three answers and from all, with its fixed correlation of errors and with difficulty instead. Texts: the consensus
in the answering transaction from two, three and five answers a line, as it is, with reliabilities that fall with the
length of a line as far as the answers show, and with slips per letter instead of wrong lines per person.

Each row has accuracy, log-loss and calibration error (ten bins) of the confidence that the value is right, as means
over the crowds, and below what changed beside the row above, with its standard error over the crowds.
"""

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.consensus import EXACT, Ballot, Normalisation, merge_readings, normalise, said, text_of, weigh_choices
from tasks.consensus.crowds.blending import DIFFICULTY, NOTHING, Known, blend, usual_weights
from tasks.consensus.crowds.crowd import Crowd, Real, gather
from tasks.consensus.crowds.difficulty import fit_difficulty
from tasks.consensus.crowds.fitting import belief_of
from tasks.consensus.crowds.newcomers import newcomers_record
from tasks.consensus.crowds.readings import Readings
from tasks.consensus.crowds.scoring import calibration_error, reliability
from tasks.consensus.crowds.texts import fit_texts

from .consensus import KNOWN, Truth, majority, read_crowds
from .consensus_text import LOOSE
from .consensus_text import SETS as SPEECH
from .consensus_text import read as read_speech
from .drawn_crowds import KINDS, draw
from .simulated_crowds import World, read_lines

MOST_SCORED, LINES, GUESSED = 1000, 800, 0.05
TURNS = (2, 3, 5)


type Figures = tuple[float, float, float]


def figures(confidence: Sequence[float] | Real, right: Sequence[bool] | NDArray[np.bool_]) -> Figures:
    sure, hit = np.asarray(confidence, float), np.asarray(right, bool)
    told = np.clip(np.where(hit, sure, 1 - sure), 1e-6, 1)
    return float(hit.mean()), float(-np.log(told).mean()), calibration_error(reliability(sure, hit))


def of_choices(truth: Truth) -> Iterator[tuple[str, Figures]]:
    crowd, chance = truth.crowd, np.random.default_rng(1)
    known = np.sort(chance.choice(truth.known, KNOWN, replace=False))
    others = np.setdiff1d(truth.known, known)
    others = others if len(others) <= MOST_SCORED else np.sort(chance.choice(others, MOST_SCORED, replace=False))
    plain = {name: weight for name, weight in usual_weights(crowd).items() if name != DIFFICULTY}
    even = {name: weight / sum(plain.values()) for name, weight in plain.items()}
    for words, told in (("nothing known", NOTHING), (f"{KNOWN} known", Known(known, truth.label[known]))):
        for name, usual in (("without", even), ("with", None)):
            belief = blend(crowd, told, usual).belief[:, others]
            yield f"blend {name} difficulty, {words}", figures(belief.max(0), belief.argmax(0) == truth.label[others])
    reliable = records(crowd, blend(crowd).belief[crowd.label, crowd.task], 1 / crowd.labels)
    for words, part in (("three answers", some_of(crowd, 3)), ("all answers", crowd)):
        yield f"while answering, {words}", figures(*by_weights(part, reliable, others, truth.label))
        belief = belief_of(part, fit_difficulty(part, reliable))[:, others]
        right = belief.argmax(0) == truth.label[others]
        yield f"the same by difficulty, {words}", figures(belief.max(0), right)
    counted = majority(crowd)[:, others]
    yield "votes counted", figures(counted.max(0), counted.argmax(0) == truth.label[others])


def records(crowd: Any, right: Real, chance: float) -> Real:
    """Return how reliable each volunteer is taken to be after a fit; ``right``: of each answer, its probability."""
    hits = np.bincount(crowd.volunteer, right, crowd.volunteers)
    answers = np.bincount(crowd.volunteer, minlength=crowd.volunteers).astype(float)
    before, missed = newcomers_record(hits, answers, chance)
    return np.clip((hits + before) / (answers + before + missed), 0.01, 0.99)


def some_of(crowd: Crowd, first: int) -> Crowd:
    chance = np.random.default_rng(2)
    order = np.lexsort((chance.random(len(crowd.task)), crowd.task))
    task = crowd.task[order]
    kept = order[np.arange(len(order)) - np.searchsorted(task, task) < first]
    columns = crowd.task[kept], crowd.volunteer[kept], crowd.label[kept]
    return gather(*columns, tasks=crowd.tasks, volunteers=crowd.volunteers, labels=crowd.labels)


def by_weights(
    crowd: Crowd, reliable: Real, tasks: NDArray[np.intp], label: NDArray[np.intp]
) -> tuple[list[float], list[bool]]:
    sure, right = [], []
    for task in tasks.tolist():
        rows = slice(*np.searchsorted(crowd.task, [task, task + 1]).tolist())
        given = zip(crowd.volunteer[rows].tolist(), crowd.label[rows].tolist(), strict=True)
        ballots = [Ballot(place, said(str(one)), "", float(reliable[who])) for place, (who, one) in enumerate(given)]
        verdict = weigh_choices(ballots, crowd.labels)
        sure.append(verdict.confidence)
        right.append(int(text_of(verdict.vote)) == label[task])
    return sure, right


@dataclass(frozen=True)
class Lines:
    """``given[i]``: who typed what of line i; ``truth[i]``: as it is compared under the rules."""

    given: list[list[tuple[int, str]]]
    truth: list[str]
    people: int
    rules: Normalisation


def speech(folder: Path, answers: int) -> Lines:
    found = read_speech(folder)
    chosen = Random(1).sample(sorted(found.answers), LINES)
    people = {name: number for number, name in enumerate(sorted({w for t in chosen for w, _text in found.answers[t]}))}
    given = [[(people[who], text) for who, text in found.answers[task][:answers]] for task in chosen]
    return Lines(given, [found.truth[task] for task in chosen], len(people), LOOSE)


def pages(scans: Path, answers: int, seed: int) -> Lines:
    lines = read_lines(scans)
    lines = Random("lines").sample(lines, min(LINES, len(lines)))
    world = World.new(lines, seed)
    for line in [*range(len(lines))] * answers:
        world.ask(line)
    return Lines([given[1:] for given in world.answers], lines, len(world.people), EXACT)


def of_texts(lines: Lines) -> Iterator[tuple[str, Figures]]:
    rows = sorted({(line, who): text for line, given in enumerate(lines.given) for who, text in given}.items())
    texts = sorted({text for _row, text in rows})
    number = {text: place for place, text in enumerate(texts)}
    task, volunteer = np.array([row for row, _text in rows], np.int32).T
    text = np.array([number[text] for _row, text in rows], np.int32)
    given = Readings(task, volunteer, text, texts, len(lines.given), lines.people)
    right, letters = probably_right(given, lines.rules)
    reliable = records(given, right, GUESSED)[volunteer]
    yield "as it is", judged(given, reliable, lines)
    yield "by length", judged(given, fall_with(np.log(letters), reliable, right), lines)
    yield "by letter", judged(given, np.exp(-letters * slips(given, right, letters)[volunteer]), lines)


def probably_right(given: Readings, rules: Normalisation) -> tuple[Real, Real]:
    """Return of each answer the probability that it is right, and how many letters its line has."""
    votes = [normalise(text, rules) for text in given.texts]
    best = {one.task: (normalise(one.text, rules), sure) for one, sure in fit_texts(given, rules=rules).transcripts()}
    right, letters = [], []
    for task, text in zip(given.task.tolist(), given.text.tolist(), strict=True):
        merged, sure = best[task]
        right.append(sure if votes[text] == merged else (1 - sure) / 2)
        letters.append(max(len(merged), 1))
    return np.array(right), np.array(letters, float)


def fall_with(size: Real, reliable: Real, right: Real) -> Real:
    """Add to the log-odds of each reliability what a logistic regression on the size of the line says."""
    x = np.column_stack([np.ones(len(size)), size - size.mean()])
    odds, b = np.log(reliable / (1 - reliable)), np.zeros(2)
    for _step in range(25):
        p = 1 / (1 + np.exp(-odds - x @ b))
        b = b + np.linalg.solve((x.T * (p * (1 - p))) @ x + np.eye(2), x.T @ (right - p) - b)
    reliabilities: Real = 1 / (1 + np.exp(-odds - x @ b))
    return reliabilities


def slips(given: Readings, right: Real, letters: Real) -> Real:
    """Return slips per letter of each person, drawn to the crowd's by five of thirty letters."""
    usual = -math.log(np.clip(right.mean(), 0.05, 0.99)) / letters.mean()
    made = np.bincount(given.volunteer, 1 - right, given.volunteers) + usual * 150
    mean: Real = made / (np.bincount(given.volunteer, letters, given.volunteers) + 150)
    return mean


def judged(given: Readings, reliable: Real, lines: Lines) -> Figures:
    votes = [normalise(text, lines.rules) for text in given.texts]
    ballots: dict[int, list[Ballot]] = {}
    rows = zip(given.task.tolist(), given.text.tolist(), np.clip(reliable, 0.01, 0.99).tolist(), strict=True)
    for place, (task, text, one) in enumerate(rows):
        ballots.setdefault(task, []).append(Ballot(place, said(votes[text]), given.texts[text], one))
    verdicts = {task: merge_readings(cast, lines.rules) for task, cast in ballots.items()}
    right = [text_of(one.vote) == normalise(lines.truth[task], lines.rules) for task, one in verdicts.items()]
    return figures([one.confidence for one in verdicts.values()], right)


def tell(title: str, crowds: Iterable[Iterable[tuple[str, Figures]]], of_one: int) -> list[dict[str, Figures]]:
    """Print means; every row but the first of ``of_one`` beside the first of them. Return the figures of each crowd."""
    found = [dict(each) for each in crowds]
    if not found:
        return []
    print(f"\n{title}: {len(found)} crowds{'':24}accuracy  log-loss       ECE")
    for place, name in enumerate(found[0]):
        rows = np.array([each[name] for each in found])
        if place % of_one == 0:
            base = rows
        print(f"  {name:46}" + "".join(f"{mean:10.4f}" for mean in rows.mean(0)), flush=True)
        if base is not rows and len(found) > 1:
            change = rows - base
            errors = change.std(0, ddof=1) / math.sqrt(len(found))
            told = "".join(f"  {mean:+.4f} ± {error:.4f}" for mean, error in zip(change.mean(0), errors, strict=True))
            print(f"{'':20}change{told}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowds", type=Path, default=Path("../shared/crowds"))
    parser.add_argument("--scans", type=Path, default=Path("../shared/scans"))
    parser.add_argument("--only", choices=("choices", "texts"))
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    seeds = range(options.seeds)
    if options.only != "texts":
        tell("Real choices", map(of_choices, read_crowds(options.crowds)), 2)
        drawn = (draw(name, seed) for seed in seeds for name in KINDS)
        found = tell("Simulated choices", map(of_choices, drawn), 2)
        gains = [each["blend with difficulty, nothing known"][0] - each["votes counted"][0] for each in found]
        print(f"  the blend, nothing known, gains {min(gains):+.4f} to {max(gains):+.4f} on votes counted")
    for turns in TURNS if options.only != "choices" else ():
        folders = [folder for folder in (options.crowds / name for name in SPEECH) if folder.is_dir()]
        crowds = [
            *(speech(folder, turns) for folder in folders),
            *(pages(options.scans, turns, seed) for seed in seeds),
        ]
        tell(f"Texts, {turns} answers a line", map(of_texts, crowds), len(TURNS))


if __name__ == "__main__":
    main()
