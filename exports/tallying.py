"""What can be said of a release at a glance, counted while its rows pass by."""

from bisect import bisect_right
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from tasks.enums import DecidedBy

from .rows import Question, Row
from .values import cell_of, mark_of, number

PREVIEWED = 5
EDGES = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)  # of the bars of confidence; each bar holds its lower edge
NORMAL = 1.96  # standard deviations on either side that hold 95 % of a normal distribution


@dataclass(slots=True)
class Trust:
    """What the method expects of the values that it agreed upon itself, each right with its own confidence."""

    values: int = 0
    expected: float = 0.0
    variance: float = 0.0
    bars: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))

    def count(self, confidence: float) -> None:
        self.values += 1
        self.expected += confidence
        self.variance += confidence * (1 - confidence)
        self.bars[bisect_right(EDGES, confidence)] += 1

    def summary(self) -> dict[str, Any] | None:
        """Return the expected share of right values with its interval of 95 % (normal approximation)."""
        if not self.values:
            return None
        share, margin = self.expected / self.values, NORMAL * sqrt(max(self.variance, 0)) / self.values
        return {
            "values": self.values,
            "share": round(share, 6),
            "low": round(max(share - margin, 0), 6),
            "high": round(min(share + margin, 1), 6),
            "edges": list(EDGES),
            "bars": self.bars,
        }


@dataclass(slots=True)
class Tally:
    """Counts of rows; ``confidence`` is a sum over the agreed ones.

    ``methods`` maps (method, version, key of parameters) to a task that was decided so. ``preview`` holds the first
    rows that have a value, each with the row id of its task.
    """

    rows: int = 0
    pages: int = 0
    answers: int = 0
    simulated: int = 0
    blank: int = 0
    confidence: float = 0.0
    trust: Trust = field(default_factory=Trust)
    statuses: dict[str, int] = field(default_factory=lambda: {"agreed": 0, "disputed": 0, "unreadable": 0})
    deciders: dict[str, int] = field(default_factory=dict)
    questions: set[Question] = field(default_factory=set)
    methods: dict[tuple[str, str, str], int] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)
    last_page: str = ""

    def count(self, row: Row) -> None:
        self.rows += 1
        self.answers += len(row.readings)
        self.simulated += sum(reading.simulated for reading in row.readings)
        self.blank += mark_of(row.value) == "blank"
        self.statuses[row.status] += 1
        self.deciders[row.decided_by] = self.deciders.get(row.decided_by, 0) + 1
        self.questions.add(row.question)
        self.methods.setdefault((row.method, row.method_version, row.parameters_hash), row.task)
        if row.page.sha256 != self.last_page:  # the rows of a page come together
            self.pages, self.last_page = self.pages + 1, row.page.sha256
        if row.status == "agreed":
            self.confidence += row.confidence
            self.show(row)
            if row.decided_by == DecidedBy.RULE:
                self.trust.count(row.confidence)

    def show(self, row: Row) -> None:
        if len(self.preview) < PREVIEWED and (value := cell_of(row.value)):
            self.preview.append(
                {
                    "task": row.task,
                    "id": row.id,
                    "item": row.page.item,
                    "page": row.page.position,
                    "suggestion": row.suggestion,
                    "value": value,
                    "confidence": number(row.confidence),
                }
            )

    def summary(self) -> dict[str, Any]:
        """Return what a release remembers of its rows; ``confidence`` is the mean over the agreed ones."""
        return {
            "rows": self.rows,
            "pages": self.pages,
            "answers": self.answers,
            "simulated_answers": self.simulated,
            **self.statuses,
            "blank": self.blank,
            "confidence": round(self.confidence / self.statuses["agreed"], 6) if self.statuses["agreed"] else None,
            "decided_by": dict(sorted(self.deciders.items())),
        }
