"""What it saves to ask which reading is right instead of having a line typed once more.

    uv run python -m benchmarks.adjudication --scans ../shared/scans --seeds 3

The lines and the typists are those of ``benchmarks.simulated_crowds``, without the machine. Every seventh line is
hard: it has one wrong reading that each person falls for with a probability of 0.4, whether they type or choose. An
honest person finds the right reading where it is offered, but for slips, and says "none of these" in two of three
cases where it is not; whoever spams presses anything.

Lines are settled one after the other by the product's own functions and its usual policy: two answers at least, five
at most, a confidence of 0.9; records of typing and of choosing grow with each line that is agreed upon. Typing is
taken for 3 seconds and 0.3 for each letter, choosing for 2 seconds and 0.06 for each letter of each reading.
"""

import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tasks.consensus import (
    Ballot,
    Outcome,
    Policy,
    Verdict,
    estimate_reliability,
    fold,
    judge,
    merge_readings,
    said,
    text_of,
    weigh_choices,
)

from .filling import set_up
from .simulated_crowds import COLLUDING, COPYING, MACHINE, SPAMMING, World, lines_and_seeds

HARD, FALLS_FOR_IT = 1 / 7, 0.4
OWNS_UP = 2 / 3  # who sees that none is right
CHOOSES_WRONG = 0.5  # of the chance to slip in a line: there is less to slip in
NOBODY_RIGHT = "none"


@dataclass
class Spent:
    """What settling a crowd's lines took; ``wrong`` are published, ``disputed`` lie with a reviewer."""

    lines: int = 0
    typed: int = 0
    chosen: int = 0
    seconds: float = 0.0
    wrong: int = 0
    disputed: int = 0
    asked_which: int = 0


@dataclass
class Records:
    right: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wrong: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def reliability(self, person: int) -> float:
        return estimate_reliability(self.right[person], self.wrong[person])

    def learn(self, person: int, *, right: bool) -> None:
        (self.right if right else self.wrong)[person] += 1


class Crowd:
    """People, lines and what is known of them; ``adjudicates`` says whether readings are chosen between."""

    def __init__(self, lines: list[str], seed: int, *, adjudicates: bool) -> None:
        self.world = World.new(lines, seed)
        self.people = [n for n, one in enumerate(self.world.people) if one.character != MACHINE]
        self.adjudicates = adjudicates
        self.typing, self.choosing, self.spent = Records(), Records(), Spent()

    def settle_all(self) -> Spent:
        for number, line in enumerate(self.world.lines):
            Line(self, line, Random(f"line {number}")).settle()
        return self.spent


class Line:
    def __init__(self, crowd: Crowd, truth: str, rng: Random) -> None:
        self.crowd, self.truth, self.rng = crowd, truth, rng
        self.trap = fold(crowd.world.people[0].slip(truth)) if rng.random() < HARD else truth
        self.order = iter(rng.sample(crowd.people, len(crowd.people)))
        self.typed: list[tuple[int, str]] = []
        self.chosen: list[tuple[int, str]] = []
        self.offered: set[str] = set()

    def falls_for_it(self) -> bool:
        return self.trap != self.truth and self.rng.random() < FALLS_FOR_IT

    def type(self) -> None:
        person = next(self.order)
        typist = self.crowd.world.people[person]
        read = self.trap if self.falls_for_it() else self.truth
        before = self.typed[-1][1] if self.typed else self.truth
        self.typed.append((person, fold(typist.type(read, before, self.crowd.world.lines)) or "?"))
        self.crowd.spent.typed += 1
        self.crowd.spent.seconds += 3 + 0.3 * len(self.truth)

    def choose(self, readings: list[str]) -> tuple[int, str]:
        person = next(self.order)
        self.crowd.spent.chosen += 1
        self.crowd.spent.seconds += 2 + 0.06 * sum(map(len, readings))
        return person, self.choice_of(person, readings)

    def choice_of(self, person: int, readings: list[str]) -> str:
        typist = self.crowd.world.people[person]
        anything = [*readings, NOBODY_RIGHT]
        if typist.character in (SPAMMING, COPYING, COLLUDING) or self.rng.random() < CHOOSES_WRONG * typist.slips:
            return self.rng.choice(anything)
        read = self.trap if self.falls_for_it() else self.truth
        if read in readings:
            return read
        return NOBODY_RIGHT if self.rng.random() < OWNS_UP else self.rng.choice(readings)

    def settle(self) -> None:
        policy, spent = Policy(), self.crowd.spent
        spent.lines += 1
        outcome = Outcome.WAIT
        while outcome in (Outcome.WAIT, Outcome.ONE_MORE):
            self.type()
            verdict = self.weigh()
            outcome = judge(verdict, len(self.typed), policy)
            if outcome is Outcome.ONE_MORE and self.crowd.adjudicates and (readings := self.competing()):
                outcome = self.adjudicate(readings)
                verdict = self.weigh()
        if outcome is Outcome.DISPUTED:
            spent.disputed += 1
            return
        published = text_of(verdict.vote)
        spent.wrong += published != self.truth
        for person, text in self.typed:
            self.crowd.typing.learn(person, right=text == published)

    def weigh(self) -> Verdict:
        from tasks.kinds.choose import CHOICES

        typing, choosing = self.crowd.typing, self.crowd.choosing
        ballots = [Ballot(n, said(text), text, typing.reliability(who)) for n, (who, text) in enumerate(self.typed)] + [
            Ballot(100 + n, said(text), text, choosing.reliability(who), choices=CHOICES)
            for n, (who, text) in enumerate(self.chosen)
        ]
        return merge_readings(ballots)

    def competing(self) -> list[str]:
        from tasks.settling.adjudicating import Reading, competing

        found = competing([Reading(n, said(text), text) for n, (_who, text) in enumerate(self.typed)])
        readings = [] if found.keys() <= self.offered else list(found.values())
        self.offered |= found.keys()
        return readings

    def adjudicate(self, readings: list[str]) -> Outcome:
        """Ask which one is right, as a child task does; return what becomes of the line."""
        from tasks.settling.adjudicating import POLICY

        self.crowd.spent.asked_which += 1
        votes: list[tuple[int, str]] = []
        outcome = Outcome.WAIT
        while outcome in (Outcome.WAIT, Outcome.ONE_MORE):
            votes.append(self.choose(readings))
            verdict = self.weigh_choices(votes)
            outcome = judge(verdict, len(votes), POLICY)
        winner = text_of(verdict.vote)
        if outcome is Outcome.AGREED:
            for person, choice in votes:
                self.crowd.choosing.learn(person, right=choice == winner)
        counts = [sum(choice == one for _person, choice in votes) for one in (*readings, NOBODY_RIGHT)]
        if counts[-1] <= max(counts[:-1]):
            self.chosen += [(person, choice) for person, choice in votes if choice != NOBODY_RIGHT]
        judged = judge(self.weigh(), len(self.typed), Policy())
        if outcome is Outcome.AGREED and winner == NOBODY_RIGHT:
            return Outcome.ONE_MORE if len(self.typed) < Policy().maximum else Outcome.DISPUTED
        if outcome is Outcome.DISPUTED and judged is Outcome.ONE_MORE:
            return Outcome.DISPUTED
        return judged

    def weigh_choices(self, votes: list[tuple[int, str]]) -> Verdict:
        from tasks.kinds.choose import CHOICES

        reliability = self.crowd.choosing.reliability
        return weigh_choices(
            [Ballot(n, said(text), "", reliability(who)) for n, (who, text) in enumerate(votes)], CHOICES
        )


def main() -> None:
    lines, seeds = lines_and_seeds(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        print(f"{len(lines)} lines; for a line: seconds of people, lines typed, choices; of all lines: wrong, disputed")
        for seed in range(seeds):
            for adjudicates in (False, True):
                it = Crowd(lines, seed, adjudicates=adjudicates).settle_all()
                of = it.lines
                print(
                    f"seed {seed}  {'choosing' if adjudicates else 'typing  '}  {it.seconds / of:6.2f} s"
                    f"{it.typed / of:7.3f} typed{it.chosen / of:7.3f} chosen{it.wrong / of:9.2%} wrong"
                    f"{it.disputed / of:8.2%} disputed{it.asked_which / of:8.2%} asked which"
                )


if __name__ == "__main__":
    main()
