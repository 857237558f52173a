"""Stream a project's settled tasks out of the database, in an order that no row id has a say in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Q
from django.db.models.functions import Collate
from django.utils.translation import ngettext

from tasks.consensus import text_of
from tasks.enums import UNSETTLED, BatchState, Purpose, TaskState
from tasks.identity import Region, region_id
from tasks.kinds.choose import NONE, chosen, chosen_vote
from tasks.models import Answer, Batch, Decision, Page, Task, WorkflowVersion
from tasks.showing.pseudonyms import pseudonym

from .errors import UndecidedTask
from .rows import PageFacts, Question, Reading, Row, row_id, row_path

PAGES_AT_ONCE = 50  # their tasks and answers are what is held in memory
STATUS: dict[int, str] = {
    TaskState.AGREED: "agreed",
    TaskState.DISPUTED: "disputed",
    TaskState.UNREADABLE: "unreadable",
}


class Settled(NamedTuple):
    """A task with the decision that holds, as they lie in the database."""

    task: int
    page: int
    version: int
    round: int
    x: int
    y: int
    width: int
    height: int
    position: int
    suggestion: str
    state: int
    value: dict[str, Any] | None
    agreement: float
    confidence: float
    answers: int
    decided_by: str
    method: str
    method_version: str
    parameters_hash: str
    evidence: list[list[Any]]


SETTLED_FIELDS = (
    "task",
    "task__page",
    "task__version",
    "task__round",
    "task__x",
    "task__y",
    "task__width",
    "task__height",
    "task__position",
    "task__suggestion",
    "task__state",
    "value",
    "agreement",
    "confidence",
    "answers",
    "decided_by",
    "method",
    "method_version",
    "parameters_hash",
    "evidence",
)


class Given(NamedTuple):
    """One answer as it lies in the database; ``parent`` is the task among whose readings it chooses, if it does."""

    id: int
    task: int
    parent: int | None
    offered: dict[str, Any]
    version: int
    seed: bytes
    simulated: bool
    value: dict[str, Any]
    vote: str
    counted: bool

    @property
    def told(self) -> tuple[dict[str, Any], str]:
        """What it says is written there, and the vote that this is; of who chose, those of the reading."""
        if self.parent is None:
            return self.value, self.vote
        value = chosen(self.value, self.offered)
        return value or NOT_ONE, chosen_vote(self.value, self.offered) or ""


GIVEN_FIELDS = (
    *("id", "task", "task__parent", "task__payload", "version"),
    *("volunteer__seed", "volunteer__simulated", "value", "vote", "counted"),
)
NOT_ONE = {NONE: True}


@dataclass(frozen=True, slots=True)
class Selection:
    """What is released of a project: its tasks settled before ``cutoff``, on pages that nobody withheld.

    ``dataset`` is its short name, ``secret`` makes the volunteers' pseudonyms.
    """

    project: int
    dataset: str
    cutoff: datetime
    secret: bytes

    @property
    def lines(self) -> Q:
        """The condition that answers to released lines and decisions about them meet."""
        return Q(task__parent=None, task__state__in=STATUS, task__settled_at__lt=self.cutoff)

    @property
    def answered(self) -> Q:
        """The condition that answers meet which say something of released lines: to the line itself, or a choice among
        its readings, whatever became of the question which one is right."""
        return self.lines | Q(task__parent__state__in=STATUS, task__parent__settled_at__lt=self.cutoff)

    @property
    def firm(self) -> Q:
        """The condition of answers that stand: a late one of this minute may still be taken back."""
        return Q(counted=True) | Q(created_at__lt=self.cutoff)

    def count(self) -> int:
        settled = Task.objects.lines().filter(project=self.project, state__in=STATUS, settled_at__lt=self.cutoff)
        return settled.filter(page__withheld_at=None).exclude(page__item__batch__state=BatchState.WITHDRAWN).count()

    def count_waiting(self) -> int:
        """Return how many tasks are still asked of volunteers."""
        waiting = Task.objects.lines().filter(project=self.project, state__in=UNSETTLED, page__withheld_at=None)
        return waiting.exclude(page__item__batch__state=BatchState.WITHDRAWN).count()

    def count_volunteers(self) -> dict[str, int]:
        """Return how many people and how many simulated volunteers had a say."""
        seen = Q(task__page__withheld_at=None) & ~Q(task__page__item__batch__state=BatchState.WITHDRAWN)
        answers = Answer.objects.filter(seen & self.answered, project=self.project, counted=True, withdrawn_at=None)
        simulated = Q(volunteer__simulated=True)
        return answers.aggregate(
            people=Count("volunteer", distinct=True, filter=~simulated),
            simulated=Count("volunteer", distinct=True, filter=simulated),
        )


def settled_rows(selection: Selection) -> Iterator[Row]:
    """Yield one row per settled task by batch, item, page, position on the page, region and question.

    Batches come in the order they were made in, items by identifier in code point order.
    Raises ``UndecidedTask`` at the end when a settled task has no decision and was left out.
    """
    questions, rows = questions_of(selection.project), 0
    for pages in batched(pages_of(selection.project), PAGES_AT_ONCE):
        for row in rows_of(dict(pages), selection, questions):
            rows += 1
            yield row
    if missing := selection.count() - rows:
        raise UndecidedTask(
            ngettext(
                "%(number)s settled task has no decision. Tell whoever runs this site; then release again.",
                "%(number)s settled tasks have no decision. Tell whoever runs this site; then release again.",
                missing,
            )
            % {"number": missing}
        )


def questions_of(project: int) -> dict[int, Question]:
    versions = WorkflowVersion.objects.filter(workflow__project=project)
    facts = versions.values_list("pk", "workflow__slug", "number", "kind")
    return {pk: Question(slug, number, kind) for pk, slug, number, kind in facts}


def pages_of(project: int) -> Iterator[tuple[int, PageFacts]]:
    batches = Batch.objects.filter(project=project).exclude(state=BatchState.WITHDRAWN)
    by_code_point = Collate("item__identifier", "C" if connection.vendor == "postgresql" else "BINARY")
    for _, name, batch in sorted(batches.values_list("created_at", "name", "pk")):
        pages = Page.objects.filter(item__project=project, item__batch=batch, withheld_at=None)
        facts = pages.order_by(by_code_point, "position").values_list(
            "pk", "item__identifier", "item__metadata", "position", "sha256", "width", "height"
        )
        for pk, *of_page in facts.iterator(PAGES_AT_ONCE):
            yield pk, PageFacts(name, *of_page)


def rows_of(pages: Mapping[int, PageFacts], selection: Selection, questions: Mapping[int, Question]) -> Iterator[Row]:
    here = Q(task__page__in=pages)
    answers: dict[int, list[Given]] = defaultdict(list)
    for answer in answers_of(here & selection.answered & selection.firm):
        answers[answer.parent or answer.task].append(answer)
    rows: dict[int, list[Row]] = defaultdict(list)
    lines = Decision.objects.filter(here & selection.lines, id=F("task__decision"))
    for found in lines.values_list(*SETTLED_FIELDS):
        task = Settled._make(found)
        row = row_of(task, pages[task.page], questions[task.version], selection.dataset)
        row.readings.extend(readings_of(row, task, answers[task.task], selection.secret, questions))
        rows[task.page].append(row)
    for page in pages:
        yield from sorted(rows[page], key=lambda row: (row.position, row.id))


def answers_of(about: Q) -> Iterator[Given]:
    """An answer to a task with a known answer stays untold: it would tell which tasks these are."""
    answers = Answer.objects.filter(about, withdrawn_at=None, purpose=Purpose.WORK)
    return map(Given._make, answers.values_list(*GIVEN_FIELDS))


def readings_of(
    row: Row, task: Settled, answers: Iterable[Given], secret: bytes, questions: Mapping[int, Question]
) -> list[Reading]:
    """Return a task's answers by pseudonym, which tells nothing of who was first."""
    weights = dict(task.evidence)
    readings = [
        Reading(
            row=row.id,
            region_id=row.region_id,
            volunteer=pseudonym(secret, bytes(answer.seed)),
            simulated=answer.simulated,
            kind=questions[answer.version].kind,
            version=questions[answer.version].version,
            value=answer.told[0],
            vote=text_of(answer.told[1]),
            counted=answer.counted,
            weight=weights.get(answer.id),
        )
        for answer in answers
    ]
    return sorted(readings, key=lambda reading: reading.volunteer)


def row_of(task: Settled, page: PageFacts, question: Question, dataset: str) -> Row:
    """Return a row that has no answers yet."""
    region = Region(task.x, task.y, task.width, task.height)
    public = region_id(page.sha256, region)
    id_ = row_id(public, question.slug, task.round)
    return Row(
        task=task.task,
        id=id_,
        path=row_path(dataset, id_),
        region_id=public,
        page=page,
        region=region,
        position=task.position,
        question=question,
        round=task.round,
        suggestion=task.suggestion,
        value=None if task.state == TaskState.DISPUTED else task.value,
        status=STATUS[task.state],
        agreement=task.agreement,
        confidence=task.confidence,
        answers=task.answers,
        decided_by=task.decided_by,
        method=task.method,
        method_version=task.method_version,
        parameters_hash=task.parameters_hash,
        readings=[],
    )
