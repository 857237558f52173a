"""Read all answers to a workflow into compact columns: twenty bytes an answer, whatever the database holds of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from accounts.models import Volunteer

from ..consensus.crowds.crowd import Place, Whole
from ..enums import KindName, Purpose, TaskState
from ..models import Answer, ProjectSecret, Skill, Task, Workflow
from ..settling.weighing import MUTED
from ..showing.pseudonyms import pseudonym

TASKS_AT_ONCE = 10_000
ROWS_AT_ONCE = 2_000  # of one fetch
PEOPLE_AT_ONCE = 500
HEARD = Q(counted=True) & (Q(weight=None) | Q(weight__gte=MUTED))
HAS_A_SAY = Case(When(HEARD, then=Value("yes")), default=Value(""), output_field=TextField())  # a number is converted

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
    numbers = Numbers()
    pieces = read_answers(workflow, tasks, numbers)
    volunteers = sorted_once([sorted_once([piece.volunteer]) for piece in pieces])
    order, voice = order_people(workflow, volunteers)
    texts, number = sort_texts(list(numbers))
    task, volunteer, said, votes = put_together(pieces, volunteers, np.argsort(order).astype(np.int32), number)
    return Gathered(
        task=task,
        volunteer=volunteer,
        said=said,
        votes=votes,
        tasks=tasks,
        people=volunteers[order],
        texts=texts,
        voice=voice,
        open=is_open,
        rank=rank,
        newest=newest,
    )


def sorted_once(columns: list[Ids]) -> Ids:
    """Return the ids in the columns, ascending and each once."""
    return np.unique(np.concatenate([*columns, np.empty(0, np.int64)]))


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


class Numbers(dict[str, int]):
    """Numbers texts as they are looked up, from 0: the first asked for is the first."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


@dataclass(frozen=True)
class Piece:
    """The answers to some tasks as they were read; ``task`` holds places, ``volunteer`` ids, ``said`` numbers."""

    task: Whole
    volunteer: Ids
    said: Whole
    votes: NDArray[np.bool_]


def read_answers(workflow: Workflow, tasks: Ids, numbers: Numbers) -> list[Piece]:
    """Read them piece by piece, tasks ascending; their texts get ``numbers``."""
    typed = workflow.current.kind == KindName.TRANSCRIBE
    return [piece_of(rows, tasks, numbers) for rows in answers_of(workflow, tasks, typed=typed) if rows]


def answers_of(workflow: Workflow, tasks: Ids, *, typed: bool) -> Iterator[list[tuple[Any, ...]]]:
    """Yield task, volunteer, what was said and whether it has a say: just what the database has, for to convert a row
    costs as much as to read it."""
    versions = list(workflow.versions.values_list("pk", flat=True))
    standing = Answer.objects.filter(version__in=versions, withdrawn_at=None).exclude(purpose=Purpose.CHECK).order_by()
    said = Coalesce(KT("value__text"), F("vote")) if typed else F("vote")
    rows = standing.values_list("task", "volunteer", said, HAS_A_SAY)
    for first, last in ranges(tasks):
        yield list(rows.filter(task__gte=first, task__lte=last).iterator(ROWS_AT_ONCE))


def piece_of(rows: list[tuple[Any, ...]], tasks: Ids, numbers: Numbers) -> Piece:
    ids, volunteers, texts, says = zip(*rows, strict=True)
    place, ours = places_of(ids, tasks)
    said = np.fromiter(map(numbers.__getitem__, texts), np.int32, len(texts))
    who, votes = np.array(volunteers, np.int64), np.fromiter(map(bool, says), bool, len(says))
    return Piece(place.astype(np.int32)[ours], who[ours], said[ours], votes[ours])


def places_of(wanted: Sequence[int], tasks: Ids) -> tuple[Place, NDArray[np.bool_]]:
    """Return where these tasks stand among ``tasks``, and which of them do."""
    ids = np.array(wanted, np.int64)
    place = np.minimum(np.searchsorted(tasks, ids), max(len(tasks) - 1, 0))
    return place, tasks[place] == ids if len(tasks) else np.zeros(len(ids), bool)


def put_together(
    pieces: list[Piece], volunteers: Ids, people: Whole, number: Whole
) -> tuple[Whole, Whole, Whole, NDArray[np.bool_]]:
    """Return the columns of all answers, sorted by task and by ``people``, the place of each of the ``volunteers``;
    ``number`` is that of each text. The pieces are spent: there is no room for all answers twice."""
    answers = sum(len(piece.task) for piece in pieces)
    task, volunteer, said = (np.empty(answers, np.int32) for _column in range(3))
    votes = np.empty(answers, bool)
    start = 0
    for piece in spent(pieces):
        who = people[np.searchsorted(volunteers, piece.volunteer)]
        sorted_ = np.lexsort((who, piece.task))
        here = slice(start, start := start + len(sorted_))
        task[here], volunteer[here] = piece.task[sorted_], who[sorted_]
        said[here], votes[here] = number[piece.said][sorted_], piece.votes[sorted_]
    return task, volunteer, said, votes


def spent(pieces: list[Piece]) -> Iterator[Piece]:
    pieces.reverse()
    while pieces:
        yield pieces.pop()


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


def sort_texts(texts: list[str]) -> tuple[list[str], Whole]:
    """Return the texts in code point order and the new number of each."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return [texts[place] for place in order], number
