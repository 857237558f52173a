"""Others choose among readings that compete. A record of what was typed does not tell what they would have chosen, so
they are simulated: the same questions by the same rules, and people who are right as often as those who choose are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from random import Random

from ..consensus import BLANK, Ballot, Outcome, is_said, said, text_of
from ..consensus.crowds.learning import BySettling
from ..consensus.replaying import Asked, Cast, Merge, Played, Record, ballots_of, play
from ..kinds import choose
from ..settling.adjudicating import FEWEST_PEOPLE, MOST_ROUNDS, POLICY, Reading, competing

NONE = said(choose.NONE)
BEHIND = 1_000  # where the ballots of those who choose are numbered: behind all that were typed

type Pick = Callable[[int, int, Sequence[str]], str]
"""What a volunteer says of a task when these votes are offered: one of them, ``NONE``, or a mark."""


@dataclass(frozen=True)
class Habit:
    """How people choose between readings: a share of ``rightly`` says what is so, in so many ``seconds``."""

    rightly: float
    seconds: float


USUAL = Habit(0.93, 5.0)  # of simulated people: benchmarks/usual_crowd.py


@dataclass(frozen=True)
class Company:
    """``people`` who may be asked which reading is right; what is learned of them as choosers is kept for itself."""

    people: int
    pick: Pick
    chance: Random
    learner: BySettling = field(default_factory=BySettling)

    def about(self, task: int) -> "Line":
        return Line(self, task)

    def others(self, busy: set[int]) -> Iterator[int]:
        """Yield who comes by next and has nothing to do with the line yet."""
        while len(busy) < self.people:
            volunteer = self.chance.randrange(self.people)
            if volunteer not in busy:
                busy.add(volunteer)
                yield volunteer


@dataclass
class Line:
    """What others were asked about one task, and said; see ``replaying.Choosing``."""

    company: Company
    task: int
    ballots: list[Ballot] = field(default_factory=list)
    rounds: int = 0
    offered: set[str] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)

    def ask(self, casts: Sequence[Cast]) -> Asked | None:
        readings = competing([reading_of(place, cast) for place, cast in enumerate(casts)])
        known = readings.keys() <= self.offered
        if known or self.rounds == MOST_ROUNDS or self.company.people < FEWEST_PEOPLE:
            return None
        self.rounds += 1
        self.offered |= readings.keys()
        heard, played = self.choose(casts, list(readings))
        self.take_in(heard, readings)
        return Asked(
            played.answers,
            none_is_right=played.outcome is Outcome.AGREED and played.vote == NONE,
            in_vain=played.outcome is Outcome.DISPUTED,
        )

    def choose(self, casts: Sequence[Cast], offered: Sequence[str]) -> tuple[list[Cast], Played]:
        """Let one after the other choose; nobody judges their own reading, or chooses twice."""
        busy = self.asked | {cast.volunteer for cast in casts}
        people = islice(self.company.others(busy), POLICY.maximum)
        given = [Cast(who, self.company.pick(who, self.task, offered)) for who in people]
        merge = partial(choose.merge, schema={})
        played = play(self.task, given, self.company.learner, merge, POLICY)
        heard = given[: played.answers]
        self.company.learner.see(heard, played)
        self.asked.update(cast.volunteer for cast in heard)
        return heard, played

    def take_in(self, heard: Sequence[Cast], readings: Mapping[str, str]) -> None:
        """Let what was chosen count for the readings, unless most said that none of them is right."""
        votes = [cast.vote for cast in heard]
        if votes.count(NONE) > max(votes.count(vote) for vote in {*readings, *votes} - {NONE}):
            return
        for cast in heard:
            if cast.vote != NONE:
                reliability = self.company.learner.reliability(cast.volunteer)
                place = BEHIND + len(self.ballots)
                reading = readings.get(cast.vote, "")
                self.ballots.append(Ballot(place, cast.vote, reading, reliability, choices=choose.CHOICES))


def reading_of(place: int, cast: Cast) -> Reading:
    return Reading(place, cast.vote, cast.reading or text_of(cast.vote))


@dataclass(frozen=True)
class Likely:
    """People of whom a share of ``rightly`` says what is so: which reading is the ``right`` one (a vote for each task),
    or that none is. The others say anything else. Where at least two of the record misread a line in the same way, it
    can be misread so: as many of those who choose do as of those who typed."""

    record: Record
    right: Sequence[str]
    rightly: float
    chance: Random

    def __call__(self, _volunteer: int, task: int, offered: Sequence[str]) -> str:
        seen = self.see(task)
        says = seen if seen in offered or not is_said(seen) else NONE
        if self.chance.random() < self.rightly:
            return says
        return self.chance.choice([vote for vote in (*offered, NONE) if vote != says])

    def see(self, task: int) -> str:
        votes = [cast.vote for cast in self.record[task]]
        vote = self.chance.choice(votes)
        return vote if votes.count(vote) > 1 else self.right[task]


def presume(record: Record, merge: Merge) -> list[str]:
    """Return what all answers to each task say together, by task; the second time with what the first one tells of the
    volunteers. Without answers a task is blank."""
    learner = BySettling()
    for _round in range(2):
        found = [merge(ballots_of(casts, learner)).vote if casts else BLANK for casts in record]
        learner = learned_from(record, found)
    return found


def learned_from(record: Record, votes: Sequence[str]) -> BySettling:
    learner = BySettling()
    for casts, vote in zip(record, votes, strict=True):
        learner.learn(casts, vote)
    return learner
