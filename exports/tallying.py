"""What can be said of a release at a glance, counted while its rows pass by."""

from dataclasses import dataclass, field
from typing import Any

from .rows import Question, Row
from .values import cell_of, mark_of, number

PREVIEWED = 5


@dataclass(slots=True)
class Tally:
    """Counts of rows; ``confidence`` is a sum over the agreed ones.

    ``methods`` maps (method, version, key of parameters) to the parameters. ``preview`` holds the first rows that
    have a value, each with the row id of its task.
    """

    rows: int = 0
    pages: int = 0
    answers: int = 0
    blank: int = 0
    confidence: float = 0.0
    statuses: dict[str, int] = field(default_factory=lambda: {"agreed": 0, "disputed": 0, "unreadable": 0})
    deciders: dict[str, int] = field(default_factory=dict)
    questions: set[Question] = field(default_factory=set)
    methods: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)
    last_page: str = ""

    def count(self, row: Row) -> None:
        self.rows += 1
        self.answers += len(row.readings)
        self.blank += mark_of(row.value) == "blank"
        self.statuses[row.status] += 1
        self.deciders[row.decided_by] = self.deciders.get(row.decided_by, 0) + 1
        self.questions.add(row.question)
        self.methods.setdefault((row.method, row.method_version, row.parameters_hash), row.parameters)
        if row.page.sha256 != self.last_page:  # the rows of a page come together
            self.pages, self.last_page = self.pages + 1, row.page.sha256
        if row.status == "agreed":
            self.confidence += row.confidence
            self.show(row)

    def show(self, row: Row) -> None:
        if len(self.preview) < PREVIEWED and (value := cell_of(row.value)):
            self.preview.append(
                {
                    "task": row.task,
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
            **self.statuses,
            "blank": self.blank,
            "confidence": round(self.confidence / self.statuses["agreed"], 6) if self.statuses["agreed"] else None,
            "decided_by": dict(sorted(self.deciders.items())),
        }
