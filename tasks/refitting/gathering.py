"""Read all answers to a workflow into compact columns: twenty bytes an answer, whatever the database holds of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.models import Volunteer

from ..consensus.crowds.crowd import Place, Whole
from ..enums import KindName, Purpose, TaskState
from ..models import Answer, ProjectSecret, Skill, Task, Workflow
from ..pseudonyms import pseudonym
from ..weighing import MUTED

TASKS_AT_ONCE = 10_000
PEOPLE_AT_ONCE = 500

type Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Gathered:
    """The answers to a workflow that were not taken back, sorted by task and volunteer.

    ``task``, ``volunteer`` and ``said``, shape (answers,), hold places in ``tasks`` (ids, ascending), ``people`` (ids,
    ordered by their pseudonyms in the dataset) and ``texts`` (sorted: votes, or what was typed). ``votes``, shape
    (answers,): whether the answer has a say in its task; one that came late or too fast only tells of its volunteer.
    ``voice``, shape (people,): who speaks with one voice has one number. ``open``, shape (tasks,). ``rank``, shape
    (tasks,): where each task comes by what it is about, in which no row id has a say, for models that begin at random.
    """

    task: Whole
    volunteer: Whole
    said: Whole
    votes: NDArray[np.bool_]
    tasks: Ids
    people: Ids
    texts: list[str]
    voice: Whole
    open: NDArray[np.bool_]
    rank: Place
    newest: int

    @property
    def voices(self) -> Whole:
        """How many have a say in each task, shape (tasks,)."""
        return np.bincount(self.task[self.votes], minlength=len(self.tasks)).astype(np.int32)

    def teaching(self, known: Iterable[int]) -> NDArray[np.bool_]:
        """Which answers tell of their volunteer, shape (answers,): those to tasks that are known or that two people
        answered."""
        taught = self.voices > 1
        taught[list(known)] = True
        return taught[self.task]


def gather(workflow: Workflow) -> Gathered:
    """Read the answers in pieces; those that come meanwhile may be among them or not."""
    newest = Answer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    tasks, is_open, rank = tasks_of(workflow)
    answers = read_answers(workflow, tasks)
    volunteers = np.unique(answers.volunteer)
    order, voice = order_people(workflow, volunteers)
    people = np.argsort(order).astype(np.int32)[np.searchsorted(volunteers, answers.volunteer)]
    texts, said = sort_texts(answers.texts, answers.said)
    sorted_ = np.lexsort((people, answers.task))
    return Gathered(
        task=answers.task[sorted_],
        volunteer=people[sorted_],
        said=said[sorted_],
        votes=answers.votes[sorted_],
        tasks=tasks,
        people=volunteers[order],
        texts=texts,
        voice=voice,
        open=is_open,
        rank=rank,
        newest=newest,
    )


def tasks_of(workflow: Workflow) -> tuple[Ids, NDArray[np.bool_], Place]:
    """Return the ids of the tasks that were answered, ascending, which of them are open, and their ranks."""
    rows = Task.objects.filter(project=workflow.project_id, workflow=workflow, answered__gt=0)
    rows = rows.exclude(state=TaskState.WITHDRAWN).order_by()
    columns = {"pk": "i8", "state": "i1", "subject": "i8", "round": "i2"}
    found = np.fromiter(rows.values_list(*columns).iterator(), np.dtype([*columns.items()]))
    found.sort(order="pk")
    rank = np.empty(len(found), np.intp)
    rank[np.lexsort((found["pk"], found["round"], found["subject"]))] = np.arange(len(found))
    return found["pk"].copy(), found["state"] == TaskState.OPEN, rank


def ranges(tasks: Ids) -> Iterator[tuple[int, int]]:
    """Yield the first and last task of each piece."""
    edges = [*range(0, len(tasks), TASKS_AT_ONCE), len(tasks)]
    for start, end in pairwise(edges):
        yield int(tasks[start]), int(tasks[end - 1])


@dataclass(frozen=True)
class Read:
    """Answers in the order of reading; ``task`` holds places, ``volunteer`` ids, ``said`` places in ``texts``."""

    task: Whole
    volunteer: Ids
    said: Whole
    votes: NDArray[np.bool_]
    texts: list[str]


def read_answers(workflow: Workflow, tasks: Ids) -> Read:
    typed = workflow.current.kind == KindName.TRANSCRIBE
    numbers: dict[str, int] = {}
    pieces = [read_piece(rows, tasks, numbers) for rows in answers_of(workflow, tasks, typed=typed)]
    columns = [np.concatenate(column) for column in zip(*pieces, strict=True)] if pieces else [np.empty(0, int)] * 4
    task, volunteer, said, votes = columns
    return Read(task.astype(np.int32), volunteer, said.astype(np.int32), votes.astype(bool), list(numbers))


def answers_of(workflow: Workflow, tasks: Ids, *, typed: bool) -> Iterator[list[tuple[Any, ...]]]:
    versions = list(workflow.versions.values_list("pk", flat=True))
    standing = Answer.objects.filter(version__in=versions, withdrawn_at=None).exclude(purpose=Purpose.CHECK).order_by()
    columns = ("task", "volunteer", "value__text" if typed else "vote", "vote", "counted", "weight")
    for first, last in ranges(tasks):
        yield list(standing.filter(task__gte=first, task__lte=last).values_list(*columns))


def read_piece(rows: list[tuple[Any, ...]], tasks: Ids, numbers: dict[str, int]) -> tuple[Any, ...]:
    if not rows:
        return (np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, bool))
    ids, volunteers, texts, votes, counted, weights = zip(*rows, strict=True)
    said = [
        numbers.setdefault(vote if text is None else text, len(numbers))
        for text, vote in zip(texts, votes, strict=True)
    ]
    says = [counts and (weight is None or weight >= MUTED) for counts, weight in zip(counted, weights, strict=True)]
    task = np.array(ids, np.int64)
    place = np.searchsorted(tasks, task)
    ours = tasks[np.minimum(place, len(tasks) - 1)] == task
    columns = place.astype(np.int32), np.array(volunteers, np.int64), np.array(said, np.int32), np.array(says, bool)
    return tuple(column[ours] for column in columns)


def order_people(workflow: Workflow, volunteers: Ids) -> tuple[Place, Whole]:
    """Return, of volunteers by ascending id, their order by pseudonym and their voices: a ring of colluders has one."""
    secret = bytes(ProjectSecret.objects.values_list("dataset", flat=True).get(project=workflow.project_id))
    seeds: dict[int, bytes] = {}
    for some in in_pieces(volunteers):
        seeds |= dict(Volunteer.objects.filter(pk__in=some).values_list("pk", "seed"))
    names = [pseudonym(secret, bytes(seeds.get(volunteer, b""))) for volunteer in volunteers.tolist()]
    order = np.array(sorted(range(len(names)), key=lambda place: (names[place], volunteers[place])), np.intp)
    tied = Skill.objects.filter(workflow=workflow, ring__isnull=False).values_list("volunteer", "ring")
    ring = {volunteer: bytes(name or b"") for volunteer, name in tied}
    return order, voices_of([ring.get(volunteer, b"") for volunteer in volunteers[order].tolist()])


def voices_of(rings: Sequence[bytes]) -> Whole:
    """Return the number of each person's voice: that of the first of their ring, else their own."""
    first: dict[bytes, int] = {}
    voices = [first.setdefault(ring, number) if ring else number for number, ring in enumerate(rings)]
    return np.array(voices, np.int32)


def in_pieces(ids: Ids) -> Iterator[list[int]]:
    for start in range(0, len(ids), PEOPLE_AT_ONCE):
        yield ids[start : start + PEOPLE_AT_ONCE].tolist()


def sort_texts(texts: list[str], said: Whole) -> tuple[list[str], Whole]:
    """Return the texts in code point order and the answers numbered accordingly."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return [texts[place] for place in order], number[said]
