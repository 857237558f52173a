"""How right merged texts are on crowds of transcribers whose truth is known, and how fast they are merged.

    uv run python -m benchmarks.consensus_text --crowds ../shared/crowds
    uv run python -m benchmarks.consensus_text --only online
    uv run python -m benchmarks.consensus_text --only scale --thousands 100 300 1000

Word error rate: edits of words over words of the truth, in lower case and without punctuation. Beside ours stand the
medoid (the reading with the fewest character edits to the others) and what the authors of the set published. The
calibration error (ten bins) and log-loss of our confidence are those of other tasks than the 50 whose answer is told.
Online is the merge of five readings of sixty characters that all differ. Scale are simulated lines of a register, five
answers each.
"""

import argparse
import csv
import math
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from rapidfuzz.distance import Levenshtein

from tasks.consensus import Ballot, Normalisation, fold, merge_readings, normalise, said
from tasks.consensus.crowds.readings import Readings
from tasks.consensus.crowds.texts import fit_texts
from tasks.consensus.medoid import find_medoid
from tasks.playing.mistyping import mistype

from .peak import peak_megabytes

SETS = ("crowdspeech_dev_clean", "crowdspeech_dev_other")
LOOSE = Normalisation(ignore_case=True, ignore_punctuation=True)
PUBLISHED = {"ROVER": "rover_result", "RASA": "rasa_result", "HRRASA": "hrrasa_result", "T5": "t5_result"}
KNOWN, SPLITS = 50, 5
LINE = "Helsingin Sanomat, perustettu 1889, Ludviginkatu 2-10, Helsi"


@dataclass(frozen=True)
class Speech:
    """The answers to each task in the order of arrival, its truth, and what others made of the answers."""

    answers: dict[str, list[tuple[str, str]]]
    truth: dict[str, str]
    published: dict[str, dict[str, str]]


def loose(text: str) -> str:
    return normalise(text, LOOSE)


def read(folder: Path) -> Speech:
    answers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows(folder / "answers.csv"):
        answers[row["task"]].append((row["worker"], fold(row["answer"])))
    truth = {row["task"]: loose(row["answer"]) for row in rows(folder / "truth.csv")}
    others = rows(folder / "baselines.csv")
    found = {name: {row["task"]: loose(row[column]) for row in others} for name, column in PUBLISHED.items()}
    return Speech(answers, truth, found)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_readings(answers: dict[str, list[tuple[str, str]]], first: int) -> tuple[Readings, list[str]]:
    """Return the first answers to each task as arrays, and the tasks' names."""
    tasks = sorted(answers)
    kept = [(task, worker, text) for task in tasks for worker, text in answers[task][:first]]
    workers, texts = sorted({row[1] for row in kept}), sorted({row[2] for row in kept})
    numbers = [{name: number for number, name in enumerate(names)} for names in (tasks, workers, texts)]
    columns = np.array(sorted(tuple(number[cell] for number, cell in zip(numbers, row, strict=True)) for row in kept))
    task, worker, text = columns.astype(np.int32).T
    return Readings(task, worker, text, texts, len(tasks), len(workers)), tasks


def word_errors(found: dict[str, str], truth: dict[str, str]) -> float:
    edits = sum(Levenshtein.distance(found[task].split(), text.split()) for task, text in truth.items())
    return 100 * edits / sum(len(text.split()) for text in truth.values())


def medoids(speech: Speech, first: int) -> dict[str, str]:
    found = {}
    for task, answers in speech.answers.items():
        texts = [loose(text) for _worker, text in answers[:first]]
        found[task] = texts[find_medoid(texts, [1.0] * len(texts))]
    return found


def merged(speech: Speech, first: int) -> dict[str, str]:
    readings, tasks = as_readings(speech.answers, first)
    return {tasks[one.task]: loose(one.text) for one, _sure in fit_texts(readings).transcripts()}


def calibration(speech: Speech, split: int | None) -> tuple[float, float]:
    """Return calibration error and log-loss, with 50 known tasks, or none where there is no split."""
    readings, tasks = as_readings(speech.answers, 7)
    told = Random(f"split {split}").sample(range(len(tasks)), KNOWN) if split is not None else []
    fit = fit_texts(readings, {task: speech.truth[tasks[task]] for task in told}, LOOSE)
    gaps, losses = [0.0] * 10, []
    for one, sure in fit.transcripts():
        if one.task not in told:
            right = loose(one.text) == speech.truth[tasks[one.task]]
            gaps[min(int(10 * sure), 9)] += sure - right
            losses.append(-math.log(max(sure if right else 1 - sure, 1e-9)))
    return sum(map(abs, gaps)) / len(losses), sum(losses) / len(losses)


def show_quality(crowds: Path) -> None:
    for name in SETS:
        speech = read(crowds / name)
        print(f"{name}: word error rate in %")
        for others, found in speech.published.items():
            print(f"  {others + ' (published)':28}{word_errors(found, speech.truth):7.2f}")
        for first in (7, 5, 3):
            start = time.perf_counter(), time.process_time()
            ours = word_errors(merged(speech, first), speech.truth)
            took, busy = time.perf_counter() - start[0], time.process_time() - start[1]
            print(f"  medoid of {first:<18}{word_errors(medoids(speech, first), speech.truth):7.2f}")
            print(f"  ours from {first:<18}{ours:7.2f}   {took:5.1f} s, {busy:.1f} s of processor")
        plain = calibration(speech, None)
        known = np.array([calibration(speech, split) for split in range(SPLITS)])
        print(f"  calibration error {plain[0]:.3f}, log-loss {plain[1]:.3f} without known tasks; with {KNOWN} of them")
        print("  {:.3f} ± {:.3f} and {:.3f} ± {:.3f}".format(*np.column_stack([known.mean(0), deviation(known)]).flat))


def deviation(found: np.ndarray) -> np.ndarray:
    error: np.ndarray = found.std(0, ddof=1) / math.sqrt(len(found))
    return error


def show_online() -> None:
    typed = [LINE[: 9 * place] + "x" + LINE[9 * place :] for place in range(5)]
    ballots = [Ballot(number, said(text), text, 0.7 + number / 50) for number, text in enumerate(typed)]
    times = []
    for _round in range(300):
        start = time.process_time()
        merge_readings(ballots)
        times.append(time.process_time() - start)
    print(f"online, five readings of {len(LINE)} characters: median {1000 * sorted(times)[150]:.2f} ms", end=", ")
    print(f"95 % within {1000 * sorted(times)[285]:.2f} ms")


def simulated(thousands: int) -> Readings:
    """Return so many thousand answers: five to each line, one in six with a slip, by people who answer 200 lines."""
    rng = Random(thousands)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyzåäö", k=rng.randint(2, 9))) for _word in range(20_000)]
    lines = 200 * thousands
    texts: dict[str, int] = {}
    text = np.empty(5 * lines, np.int32)
    for line in range(lines):
        truth = " ".join(rng.choices(words, k=9))
        for place in range(5):
            typed = fold(mistype(truth, rng)) if rng.random() < 1 / 6 else truth
            text[5 * line + place] = texts.setdefault(typed, len(texts))
    people = max(10, lines // 40)
    starts = np.random.default_rng(thousands).integers(0, people - 5, lines)
    volunteer = (starts[:, None] + np.arange(5)).astype(np.int32).ravel()
    return Readings(np.repeat(np.arange(lines, dtype=np.int32), 5), volunteer, text, list(texts), lines, people)


def show_scale(sizes: list[int]) -> None:
    for thousands in sizes:
        readings = simulated(thousands)
        start = time.perf_counter(), time.process_time()
        count = sum(1 for _found in fit_texts(readings).transcripts())
        took, busy = time.perf_counter() - start[0], time.process_time() - start[1]
        memory = peak_megabytes() / 1024
        print(f"{thousands:5} 000 answers to {count} lines: {took:6.1f} s, {busy:6.1f} s of processor, {memory:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowds", type=Path, default=Path("../shared/crowds"))
    parser.add_argument("--only", choices=("quality", "online", "scale"))
    parser.add_argument("--thousands", type=int, nargs="+", default=[10, 30, 100])
    options = parser.parse_args()
    if options.only in (None, "quality"):
        show_quality(options.crowds)
    if options.only in (None, "online"):
        show_online()
    if options.only in (None, "scale"):
        show_scale(options.thousands)


if __name__ == "__main__":
    main()
