"""The columns of the tables: one list gives the header, the cells, the schema and the README."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tasks.kinds.choose import NONE

from .rows import Change, Reading, Row
from .values import MARKS, cell_of, mark_of, number, weight, yes_or_no


@dataclass(frozen=True, slots=True)
class Column[Source]:
    """``type`` and ``constraints`` are those of Frictionless Table Schema; ``cell`` gives the text of a cell."""

    name: str
    type: str
    description: str
    cell: Callable[[Source], str]
    constraints: dict[str, Any] = field(default_factory=dict)


def before_and_after(name: str, what: str) -> Iterator[Column[Change]]:
    type_ = "number" if name == "confidence" else "string"
    yield Column(
        f"{name}_before",
        type_,
        f"{what} in the version before; empty for an added row.",
        lambda change: change.cell_before(name),
    )
    yield Column(name, type_, f"{what} in this version; empty for a removed row.", lambda change: change.cell(name))


REQUIRED = {"required": True}
WHOLE = {"required": True, "minimum": 0}
SHARE = {"required": True, "minimum": 0, "maximum": 1}

DATA: tuple[Column[Row], ...] = (
    Column(
        "id",
        "string",
        "Public id of the task: its region and its question. The same in all later versions.",
        lambda row: row.id,
        {"required": True, "unique": True},
    ),
    Column(
        "region",
        "string",
        "Public id of the region: 20 hexadecimal digits made from page_sha256, x, y, width and height. "
        "The same in all later versions; questions about the same region share it.",
        lambda row: row.region_id,
        {"required": True, "pattern": "[0-9a-f]{20}"},
    ),
    Column("batch", "string", "Name of the import that brought the page.", lambda row: row.page.batch, REQUIRED),
    Column("item", "string", "Identifier of the described object.", lambda row: row.page.item, REQUIRED),
    Column(
        "page",
        "integer",
        "Position of the page in its item; the first is 0.",
        lambda row: str(row.page.position),
        WHOLE,
    ),
    Column(
        "page_sha256",
        "string",
        "SHA-256 of the original picture file.",
        lambda row: row.page.sha256,
        {"required": True, "pattern": "[0-9a-f]{64}"},
    ),
    Column(
        "page_width",
        "integer",
        "Width in pixels of the page image that x and width are measured on.",
        lambda row: str(row.page.width),
        WHOLE,
    ),
    Column(
        "page_height",
        "integer",
        "Height in pixels of the page image that y and height are measured on.",
        lambda row: str(row.page.height),
        WHOLE,
    ),
    Column("x", "integer", "Left edge of the region, from the left of the page.", lambda row: str(row.region.x), WHOLE),
    Column("y", "integer", "Upper edge of the region, from the top of the page.", lambda row: str(row.region.y), WHOLE),
    Column("width", "integer", "Width of the region.", lambda row: str(row.region.width), WHOLE),
    Column("height", "integer", "Height of the region.", lambda row: str(row.region.height), WHOLE),
    Column("position", "integer", "Place of the region on its page.", lambda row: str(row.position), WHOLE),
    Column(
        "question",
        "string",
        "Short name of the question; its wording is in datapackage.json under civictasks:questions.",
        lambda row: row.question.slug,
        REQUIRED,
    ),
    Column(
        "question_version",
        "integer",
        "Version of the question when it was asked.",
        lambda row: str(row.question.version),
        {"required": True, "minimum": 1},
    ),
    Column(
        "kind",
        "string",
        "Kind of question: transcribe (type what is written) or verify (is the suggestion what is written?).",
        lambda row: row.question.kind,
        REQUIRED,
    ),
    Column("round", "integer", "0, or how many times the question was asked again.", lambda row: str(row.round), WHOLE),
    Column(
        "suggestion",
        "string",
        "The reading that came with the scan, for example by text recognition; empty where none came.",
        lambda row: row.suggestion,
    ),
    Column(
        "value",
        "string",
        "What is written there (transcribe), or whether the suggestion is right: true or false (verify). "
        "Empty when mark or status says why; never guessed.",
        lambda row: cell_of(row.value),
    ),
    Column(
        "mark",
        "string",
        "blank: the region was seen to be empty. unreadable: it cannot be read. Otherwise empty.",
        lambda row: mark_of(row.value),
        {"enum": list(MARKS)},
    ),
    Column(
        "status",
        "string",
        "agreed: the value or the mark holds. disputed: in doubt, a reviewer has yet to decide, no value. "
        "unreadable: agreed to be unreadable, no value.",
        lambda row: row.status,
        {"required": True, "enum": ["agreed", "disputed", "unreadable"]},
    ),
    Column(
        "agreement",
        "number",
        "Share of the answers that equal the leading one, or the one that the reviewer decided on.",
        lambda row: number(row.agreement),
        SHARE,
    ),
    Column(
        "confidence",
        "number",
        "Probability, by the method named, that the leading answer is right. What a reviewer decided is taken for "
        "0.99: a convention, not a measurement.",
        lambda row: number(row.confidence),
        SHARE,
    ),
    Column("answers", "integer", "Number of answers that were weighed.", lambda row: str(row.answers), WHOLE),
    Column(
        "decided_by",
        "string",
        "rule: the method from the answers. adjudication: volunteers who compared readings. reviewer: a reviewer. "
        "gold: known beforehand.",
        lambda row: row.decided_by,
        REQUIRED,
    ),
    Column("method", "string", "Name of the method.", lambda row: row.method, REQUIRED),
    Column("method_version", "string", "Version of the method.", lambda row: row.method_version, REQUIRED),
    Column(
        "parameters",
        "string",
        "Key of the method's parameters in datapackage.json under civictasks:methods.",
        lambda row: row.parameters_hash,
    ),
    Column(
        "row_url",
        "string",
        "Path of the row's page, which shows the region in its place on the scan. Put the address of the site before "
        "it that published this release. The same in all later versions.",
        lambda row: row.path,
        REQUIRED,
    ),
)

ANSWERS: tuple[Column[Reading], ...] = (
    Column("id", "string", "The task: column id of data.csv.", lambda answer: answer.row, REQUIRED),
    Column("region", "string", "The region: column region of data.csv.", lambda answer: answer.region_id, REQUIRED),
    Column(
        "volunteer",
        "string",
        "Pseudonym of the volunteer: the same in all versions of this dataset, another in every other dataset.",
        lambda answer: answer.volunteer,
        {"required": True, "pattern": "[0-9a-f]{16}"},
    ),
    Column(
        "question_version",
        "integer",
        "Version of the question that was answered.",
        lambda answer: str(answer.version),
        {"required": True, "minimum": 1},
    ),
    Column(
        "kind",
        "string",
        "Kind of question that was answered: that of the row, or choose (which of the readings given is right?).",
        lambda answer: answer.kind,
        REQUIRED,
    ),
    Column(
        "value",
        "string",
        "What was answered, or the reading that was chosen; empty for a mark.",
        lambda answer: cell_of(answer.value),
    ),
    Column(
        "mark",
        "string",
        "blank or unreadable where the volunteer said so, none where they chose none of the readings; otherwise empty.",
        lambda answer: mark_of(answer.value),
        {"enum": [*MARKS, NONE]},
    ),
    Column(
        "vote",
        "string",
        "The value in the form in which answers were compared; empty for a mark.",
        lambda answer: answer.vote,
    ),
    Column(
        "counted",
        "boolean",
        "false: it came when the task was already settled and had no say.",
        lambda answer: yes_or_no(answer.counted),
        REQUIRED,
    ),
    Column(
        "weight",
        "number",
        "Weight in the decision, in nats of evidence, as it was used; empty where the decision did not use the answer. "
        "Where a reviewer decided, the weight it had before them.",
        lambda answer: weight(answer.weight),
        {"minimum": 0},
    ),
    Column(
        "simulated",
        "boolean",
        "true: the answer was made by a simulation, not by a person.",
        lambda answer: yes_or_no(answer.simulated),
        REQUIRED,
    ),
)

CHANGES: tuple[Column[Change], ...] = (
    Column(
        "id", "string", "The row: column id of data.csv, of this version or the one before.", lambda c: c.id, REQUIRED
    ),
    Column(
        "change",
        "string",
        "added: not in the version before. changed: in both, and a column says something else. removed: only in the "
        "version before.",
        lambda c: c.kind,
        {"required": True, "enum": ["added", "changed", "removed"]},
    ),
    Column(
        "columns",
        "string",
        "Names of the columns of data.csv that say something else, with spaces between them; empty for an added and "
        "a removed row.",
        lambda c: " ".join(c.columns),
    ),
    *(
        column
        for name, what in (
            ("value", "Value"),
            ("mark", "Mark"),
            ("status", "Status"),
            ("decided_by", "Who or what decided"),
            ("confidence", "Confidence"),
        )
        for column in before_and_after(name, what)
    ),
)
