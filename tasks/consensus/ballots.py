"""What goes into a consensus and what comes out of it."""

from collections.abc import Iterable
from dataclasses import dataclass

SAID = "="
UNREADABLE = "!unreadable"
BLANK = "!blank"

type Parameter = str | int | float | bool


def said(text: str) -> str:
    """Encode a normalised text or label as a vote; nothing typed can be mistaken for a mark."""
    return SAID + text


def is_said(vote: str) -> bool:
    return vote.startswith(SAID)


def text_of(vote: str) -> str:
    """Return what a vote says; the marks say nothing, so theirs is empty."""
    return vote.removeprefix(SAID) if is_said(vote) else ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One volunteer's counted answer as the consensus sees it.

    ``answer`` identifies the answer and is unique within a task. ``vote`` is encoded: ``said(normalised text)``,
    ``UNREADABLE`` or ``BLANK``. ``reading`` is what was really typed (see ``normalisation.fold``) and is what gets
    published; left empty, the vote speaks for itself. ``reliability`` is the estimated probability, in (0, 1), that
    this volunteer is right. Ballots of the same ``group`` (one network, one ring of colluders) may repeat one another's
    mistakes and count for less than as many strangers. ``share``, in [0, 1], is how much of a vote this is: someone who
    fails known answers has a hundredth, who answered faster than a person can read has none. ``choices`` is how many
    answers were offered to whoever chose this one; None: it was typed, or the question offers what it always does.
    """

    answer: int
    vote: str
    reading: str = ""
    reliability: float = 0.8
    group: bytes | None = None
    share: float = 1.0
    choices: int | None = None

    def __post_init__(self) -> None:
        if not (is_said(self.vote) or self.vote in (UNREADABLE, BLANK)):
            raise ValueError(f"{self.vote!r} is not a vote: encode it with said(), or use UNREADABLE or BLANK.")
        if not 0 < self.reliability < 1:
            raise ValueError(f"A reliability lies between 0 and 1, both excluded; {self.reliability} does not.")
        if not 0 <= self.share <= 1:
            raise ValueError(f"A share of a vote lies between 0 and 1; {self.share} does not.")

    @property
    def typed(self) -> str:
        return self.reading or text_of(self.vote)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ballots of one task say together; the order in which they came never matters.

    ``vote`` is the winner, encoded; ``reading`` the form of it to publish, empty for the marks. ``agreement`` is the
    share of ballots, in [0, 1], that equal the winner. ``confidence`` is the probability, in [0, 1], that the winner
    is right. ``weights`` holds (answer, weight used, to 6 decimals) by ascending answer; with the votes, ``method``,
    ``method_version`` and ``parameters`` it is all that is needed to compute value and confidence again. Who weighs
    nothing has no say in them, unless nobody weighs anything.
    """

    vote: str
    reading: str
    agreement: float
    confidence: float
    weights: tuple[tuple[int, float], ...]
    method: str
    method_version: str
    parameters: tuple[tuple[str, Parameter], ...]


def in_order(ballots: Iterable[Ballot]) -> list[Ballot]:
    """Return the ballots by ascending answer.

    Raises ``ValueError`` when there is none, and when an answer comes twice.
    """
    ordered = sorted(ballots, key=lambda ballot: ballot.answer)
    if not ordered:
        raise ValueError("Nobody has voted: a verdict needs at least one ballot.")
    if len({ballot.answer for ballot in ordered}) < len(ordered):
        raise ValueError("An answer is among the ballots twice: each counts once.")
    return ordered
