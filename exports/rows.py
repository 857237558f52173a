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
    """One answer to the task ``row``. ``weight`` is the one the decision used, None where it used none."""

    row: str
    region_id: str
    volunteer: str
    simulated: bool
    kind: str
    version: int
    value: dict[str, Any]
    vote: str
    counted: bool
    weight: float | None


class Row(NamedTuple):
    """One settled task. ``region_id``, ``id`` and ``path`` are the same in every version and on every machine.

    ``task`` is the row id in this database and stands in no file.
    """

    task: int
    id: str
    path: str
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
    readings: list[Reading]


def row_id(region: str, question: str, round_: int) -> str:
    """Return the public id of a task: its region and its question, with the round where it was asked again."""
    return f"{region}-{question}-{round_}" if round_ else f"{region}-{question}"


def row_path(dataset: str, id_: str) -> str:
    """Return the path of a row's page on the site, which shows the region in its place on the scan."""
    return f"/data/{dataset}/rows/{id_}/"


class Cells(NamedTuple):
    """What one version says of a row, in the words of data.csv."""

    id: str
    value: str
    mark: str
    status: str
    suggestion: str
    agreement: str
    confidence: str
    answers: str
    decided_by: str
    question_version: str
    batch: str
    item: str
    page: str
    position: str


class Change(NamedTuple):
    """A row in the version before and in this one; None where it was not there or is no more."""

    before: Cells | None
    after: Cells | None

    @property
    def id(self) -> str:
        return self.cell("id") or self.cell_before("id")

    @property
    def kind(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def columns(self) -> list[str]:
        """Names of the columns that say something else, for a row that is in both."""
        if self.kind != "changed":
            return []
        return [name for name in Cells._fields if self.cell(name) != self.cell_before(name)]

    def cell(self, column: str) -> str:
        return getattr(self.after, column, "")

    def cell_before(self, column: str) -> str:
        return getattr(self.before, column, "")
