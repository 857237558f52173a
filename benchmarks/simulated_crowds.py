"""How many wrong texts are published when good, careless and ill-willed people read the lines of real pages.

    uv run python -m benchmarks.simulated_crowds --scans ../shared/scans --seeds 3

The lines are those whose truth is known: registers, tables, cards, catalogues, letters, print. Of 40 people 25 are
honest (a slip in 3 to 12 % of stretches of thirty characters), 2 are honest and type decomposed Unicode with stray
spaces, 6 sloppy (45 %), 3 spam (any other line, or the same word for all), 2 copy the answer before theirs, or the
machine's, 2 collude: for every second line they have agreed upon the same wrong text. Text recognition reads every
line and errs once in twelve characters. A line is wrong when its text is not the truth in NFC to the letter.

Best of three publishes what two of three people typed alike (as NFC, single spaces), else what came first. *Merged*
has the same three answers, and the machine's. *Asked where in doubt* has as many answers in all: two for each line,
then one more for the least sure ones, until three a line are spent. *Tied* says of those who collude and of honest
people how many are found to share wrong answers (``crowds.collusion``) when each line has five. The merge does not use
it: counting a ring as one voice there changed no value, for two of a ring seldom meet on a line.
"""

import argparse
import csv
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from tasks.consensus import fold
from tasks.consensus.crowds.collusion import Known, find_rings
from tasks.consensus.crowds.readings import Readings
from tasks.consensus.crowds.texts import Fit, fit_texts
from tasks.playing.mistyping import mistype

HONEST, DECOMPOSING, SLOPPY, SPAMMING = "honest", "decomposing", "sloppy", "spamming"
COPYING, COLLUDING, MACHINE = "copying", "colluding", "OCR"
PEOPLE = {HONEST: 25, DECOMPOSING: 2, SLOPPY: 6, SPAMMING: 3, COPYING: 2, COLLUDING: 2}
TURNS, TURNS_MORE = 3, 2  # answers a line
MUTED = 0.1
NEWCOMERS_LINES = 333  # in which forty people give 25 answers each
SHARES = (1 / 2, 1 / 4, 1 / 4)  # of the third answers, asked for in turn


@dataclass(frozen=True)
class Typist:
    character: str
    slips: float
    rng: Random

    def type(self, truth: str, before: str, lines: list[str]) -> str:
        if self.character == SPAMMING:
            return "asdf" if self.rng.random() < 0.3 else self.rng.choice(lines)
        if self.character == COPYING:
            return before
        if self.character == COLLUDING:
            return agreed_upon(truth)
        typed = self.slip(truth)
        return unicodedata.normalize("NFD", typed).replace(" ", "  ") if self.character == DECOMPOSING else typed

    def slip(self, text: str) -> str:
        typed = text
        stretch = 12 if self.character == MACHINE else 30
        for _chance in range(len(text) // stretch + 1):
            if typed and self.rng.random() < self.slips:
                typed = mistype(typed, self.rng)
        return typed


@dataclass
class World:
    """Lines, people, and what they typed so far; the machine is the last of ``people``."""

    lines: list[str]
    people: list[Typist]
    answers: list[list[tuple[int, str]]]
    rng: Random

    @classmethod
    def new(cls, lines: list[str], seed: int) -> "World":
        rng = Random(f"crowd {seed}")
        people = [Typist(name, slips_of(name, rng), Random(f"{name} {n} {seed}")) for name, n in everybody()]
        machine = len(people) - 1
        read = [[(machine, people[machine].slip(line))] for line in lines]
        return cls(lines, people, read, rng)

    def ask(self, line: int) -> None:
        """Let somebody answer who has not yet."""
        given = self.answers[line]
        asked = {person for person, _typed in given}
        person = self.rng.choice([n for n in range(len(self.people)) if n not in asked])
        given.append((person, fold(self.people[person].type(self.lines[line], given[-1][1], self.lines))))

    def fit(self) -> Fit:
        texts = sorted({typed for given in self.answers for _person, typed in given})
        numbers = {text: number for number, text in enumerate(texts)}
        rows = sorted(
            (line, person, numbers[typed]) for line, given in enumerate(self.answers) for person, typed in given
        )
        columns = np.array(rows, np.int32).T
        return fit_texts(Readings(columns[0], columns[1], columns[2], texts, len(self.lines), len(self.people)))

    def tied(self) -> set[int]:
        """Return the people who share wrong answers more than chance explains, judged by what is merged."""
        rows: list[tuple[int, int, int, bool]] = []
        for line, (text, _sure) in enumerate(values(self.fit())):
            numbers = {typed: number for number, (_person, typed) in enumerate(self.answers[line])}
            rows += [(line, person, numbers[typed], typed != text) for person, typed in sorted(self.answers[line])]
        task, person, value, wrong = (np.array(column) for column in zip(*rows, strict=True))
        return {
            person for ring in find_rings(Known(task, person, value, wrong, np.zeros_like(task))) for person in ring
        }


def agreed_upon(truth: str) -> str:
    """Return what those who collude type for a line: in every second one the same three slips."""
    rng = Random(truth)
    if rng.random() < 1 / 2:
        return truth
    return mistype(mistype(mistype(truth, rng), rng), rng) or truth


def everybody() -> Iterator[tuple[str, int]]:
    for character, count in (PEOPLE | {MACHINE: 1}).items():
        for number in range(count):
            yield character, number


def slips_of(character: str, rng: Random) -> float:
    if character == MACHINE:
        return 0.9
    return 0.45 if character == SLOPPY else rng.uniform(0.03, 0.12)


def best_of_three(given: list[tuple[int, str]]) -> str:
    typed = [text for _person, text in given[1:]]
    return Counter(typed).most_common(1)[0][0]


def values(fit: Fit) -> list[tuple[str, float]]:
    return [(transcript.text, sure) for transcript, sure in fit.transcripts()]


def errors(found: list[str], lines: list[str]) -> float:
    return sum(one != line for one, line in zip(found, lines, strict=True)) / len(lines)


@dataclass(frozen=True)
class Result:
    voted: float
    merged: float
    doubted: float
    spamming: float
    muted: float
    machine: float
    calibration: float
    colluding: int
    honest: int


def play(lines: list[str], seed: int) -> Result:
    same = World.new(lines, seed)
    for _turn in range(TURNS):
        for line in range(len(lines)):
            same.ask(line)
    found = values(same.fit())
    voted = errors([best_of_three(given) for given in same.answers], lines)
    for line in [*range(len(lines))] * TURNS_MORE:
        same.ask(line)
    tied = [same.people[person].character for person in same.tied()]
    spamming, muted, machine = weights(lines[:NEWCOMERS_LINES], seed)
    return Result(
        voted=voted,
        merged=errors([text for text, _sure in found], lines),
        doubted=errors([text for text, _sure in ask_where_in_doubt(lines, seed)], lines),
        spamming=spamming,
        muted=muted,
        machine=machine,
        calibration=calibration_error(found, lines),
        colluding=tied.count(COLLUDING),
        honest=tied.count(HONEST) + tied.count(DECOMPOSING),
    )


def ask_where_in_doubt(lines: list[str], seed: int) -> list[tuple[str, float]]:
    world = World.new(lines, seed)
    for line in [*range(len(lines))] * 2:
        world.ask(line)
    for share in SHARES:
        sure = [sure for _text, sure in values(world.fit())]
        for line in sorted(range(len(lines)), key=sure.__getitem__)[: math.floor(share * len(lines))]:
            world.ask(line)
    return values(world.fit())


def weights(lines: list[str], seed: int) -> tuple[float, float, float]:
    """Return, after 25 answers each, the most that a spammer weighs, the share of honest people that weigh less than
    0.1, and what the machine weighs; all as shares of what honest people weigh on average."""
    world = World.new(lines, seed)
    for line in [*range(len(lines))] * TURNS:
        world.ask(line)
    fit = world.fit()
    of = {
        name: [fit.weight(n) for n, one in enumerate(world.people) if one.character == name]
        for name in (HONEST, DECOMPOSING, SPAMMING, MACHINE)
    }
    honest = of[HONEST] + of[DECOMPOSING]
    usual = sum(honest) / len(honest)
    muted = sum(weight < MUTED * usual for weight in honest) / len(honest)
    return max(of[SPAMMING]) / usual, muted, of[MACHINE][0] / usual


def calibration_error(found: list[tuple[str, float]], lines: list[str]) -> float:
    """Return the mean gap between confidence and share of right lines, in ten bins."""
    gaps = [0.0] * 10
    for (text, sure), line in zip(found, lines, strict=True):
        gaps[min(int(10 * sure), 9)] += sure - (text == line)
    return sum(map(abs, gaps)) / len(lines)


def read_lines(scans: Path) -> list[str]:
    lines = []
    for table in sorted(scans.glob("*/line_truth.csv")):
        with table.open(newline="", encoding="utf-8") as file:
            lines += [fold(row["text"]) for row in csv.DictReader(file)]
    return [line for line in lines if line]


def lines_and_seeds(description: str | None) -> tuple[list[str], int]:
    """Read from the command line which lines simulated people read, and how many crowds do."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=Path, default=Path("../shared/scans"))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    lines = read_lines(options.scans)
    if not lines:
        parser.exit(1, f"There is no line_truth.csv in the folders of {options.scans}.\n")
    Random("lines").shuffle(lines)
    return lines, options.seeds


def main() -> None:
    lines, seeds = lines_and_seeds(__doc__)
    print(f"{len(lines)} lines, {TURNS} answers each")
    print(
        "seed  best of three  merged  asked where in doubt | spammer <= honest muted  OCR weighs | calibration error | "
        "tied: colluding  honest"
    )
    for seed in range(seeds):
        it = play(lines, seed)
        print(
            f"{seed:4}{it.voted:15.2%}{it.merged:8.2%}{it.doubted:22.2%} |{it.spamming:11.3f}{it.muted:13.1%}"
            f"{it.machine:12.2f} |{it.calibration:18.3f} |{it.colluding:16}{it.honest:8}"
        )


if __name__ == "__main__":
    main()
