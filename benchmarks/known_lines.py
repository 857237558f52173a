"""Who is muted, and when, by known lines and by what others settled.

    uv run python -m benchmarks.known_lines --scans ../shared/scans --people 400

People are those of ``simulated_crowds``; each reads 100 lines of real pages whose text is known. In the first table a
known line comes as often as ``tasks.gold.checking`` would have it, and all else is settled by people who are right 19
times of 20; in the second nothing is known and only what others settled counts. *Weight* is that of the person's vote
beside an honest newcomer's, as the loop reckons it: their reliability, times their trust.
"""

import argparse
from collections import defaultdict
from pathlib import Path
from random import Random

from tasks.consensus import estimate_reliability, said
from tasks.consensus.trust import likeness, trust_of
from tasks.consensus.weights import weight_of
from tasks.gold.probation import Probation

from .simulated_crowds import (
    COLLUDING,
    COPYING,
    DECOMPOSING,
    HONEST,
    SLOPPY,
    SPAMMING,
    Typist,
    fold,
    read_lines,
    slips_of,
)

LINES = 100
AT = 25
SETTLED_RIGHT = 0.95
ALTERNATIVES = 20
CHARACTERS = (HONEST, DECOMPOSING, SLOPPY, SPAMMING, COPYING, COLLUDING)


class Person:
    def __init__(self, character: str, number: int, lines: list[str]) -> None:
        self.rng = Random(f"known {character} {number}")
        self.typist = Typist(character, slips_of(character, self.rng), self.rng)
        self.lines = lines
        self.checks_right = self.checks_wrong = self.right = self.wrong = 0.0
        self.passed = self.met = self.since = 0
        self.muted_at: int | None = None
        self.weight_at = 0.0

    def read(self, *, known: bool) -> None:
        for place in range(1, LINES + 1):
            truth = self.rng.choice(self.lines)
            before = self.rng.choice(self.lines) if self.rng.random() < 0.1 else truth
            vote = said(fold(self.typist.type(truth, before, self.lines)))
            probation = Probation(known, self.met, self.passed, self.since)
            self.learn(vote, truth, check=bool(probation.due(1)))
            if place == AT:
                self.weight_at = self.weight()
            if self.muted_at is None and self.trust() < 1:
                self.muted_at = place

    def learn(self, vote: str, truth: str, *, check: bool) -> None:
        if check:
            right = likeness(vote, said(truth))
            self.checks_right, self.checks_wrong = self.checks_right + right, self.checks_wrong + 1 - right
            self.met, self.passed, self.since = self.met + 1, self.passed + (right == 1), 0
            return
        self.since += 1
        agreed = vote == said(truth) and self.rng.random() < SETTLED_RIGHT
        self.right, self.wrong = self.right + agreed, self.wrong + (not agreed)

    def trust(self) -> float:
        return trust_of(self.checks_right, self.checks_wrong, self.right, self.wrong)

    def weight(self) -> float:
        reliability = estimate_reliability(self.right + self.checks_right, self.wrong + self.checks_wrong)
        return self.trust() * weight_of(reliability, ALTERNATIVES) / weight_of(estimate_reliability(), ALTERNATIVES)


def table(lines: list[str], people: int, *, known: bool) -> None:
    print(
        f"{'who':12} {'muted by 25':>12} {'muted by 100':>13} {'weight at 25: mean':>19} {'most':>6} {'checks met':>11}"
    )
    for character in CHARACTERS:
        crowd = [Person(character, number, lines) for number in range(people)]
        figures = defaultdict(float)
        for person in crowd:
            person.read(known=known)
            figures["by 25"] += person.muted_at is not None and person.muted_at <= AT
            figures["by 100"] += person.muted_at is not None
            figures["weight"] += person.weight_at
            figures["met"] += person.met
        most = max(person.weight_at for person in crowd)
        early, late, weight, met = (figures[name] / people for name in ("by 25", "by 100", "weight", "met"))
        print(f"{character:12} {early:12.1%} {late:13.1%} {weight:19.3f} {most:6.3f} {met:11.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=Path, default=Path("../shared/scans"))
    parser.add_argument("--people", type=int, default=400)
    options = parser.parse_args()
    lines = read_lines(options.scans)
    if not lines:
        parser.exit(1, f"There is no line_truth.csv in the folders of {options.scans}.\n")
    for known, words in ((True, "with known lines"), (False, "without any: by what others settled")):
        print(f"{len(lines)} lines, {options.people} people of each character, {words}")
        table(lines, options.people, known=known)


if __name__ == "__main__":
    main()
