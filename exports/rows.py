"""What a release says: one row per settled task, with the answers it was decided from."""

from typing import Any, NamedTuple

from tasks.identity import Region


class PageFacts(NamedTuple):
    """A page among the pages of its item; ``width`` and ``height`` are the pixels that regions are measured in."""

    batch: str
    item: str
    metadata: dict[str, Any]
    position: int
    sha256: str
    width: int
    height: int


class Question(NamedTuple):
    slug: str
    version: int
    kind: str


class Reading(NamedTuple):
    """One answer. ``weight`` is the one the decision used, None where it used none."""

    volunteer: str
    simulated: bool
    version: int
    value: dict[str, Any]
    vote: str
    counted: bool
    weight: float | None


class Row(NamedTuple):
    """One settled task. ``region_id`` is the same in every version and on every machine, and so is ``id``.

    ``task`` is the row id in this database and stands in no file.
    """

    task: int
    id: str
    region_id: str
    page: PageFacts
    region: Region
    position: int
    question: Question
    round: int
    suggestion: str
    value: dict[str, Any] | None
    status: str
    agreement: float
    confidence: float
    answers: int
    decided_by: str
    method: str
    method_version: str
    parameters_hash: str
    parameters: dict[str, Any]
    readings: list[Reading]


def row_id(region: str, question: str, round_: int) -> str:
    """Return the public id of a task: its region and its question, with the round where it was asked again."""
    return f"{region}-{question}-{round_}" if round_ else f"{region}-{question}"
