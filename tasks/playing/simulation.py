"""Simulated volunteers: they see what people see, answer by the same way, and are named as what they are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import Volunteer

from ..consensus import Policy
from ..enums import KindName
from ..gold.truth import Line, Truth, text_at
from ..identity import Region
from ..kinds.choose import NONE
from ..leasing.leases import give_back
from ..models import Page, Project, Task, Workflow, WorkflowVersion
from ..showing.questions import page_url
from .mistyping import mistype
from .scheduling import lease_tasks
from .submission import Submission, submit_answers

NAMES = (
    "Aino Eero Helmi Onni Saara Veikko Greta Joris Lotte Pieter Saskia Willem Ada Edmund Flora Harold Mabel Percy"
).split()
AT_A_TIME = 8  # leases asked for; a newcomer gets fewer
UNREADABLE = 0.01  # share of lines that somebody gives up on
SECONDS = {KindName.TRANSCRIBE: 9.0, KindName.VERIFY: 4.0, KindName.CHOOSE: 5.0}  # a usual answer takes


@dataclass(frozen=True, slots=True)
class Persona:
    """``slips`` is the chance of a mistake in a line of thirty characters; ``speed`` multiplies the usual time."""

    volunteer: Volunteer
    slips: float
    speed: float
    rng: Random

    def answer(self, question: dict[str, Any], text: str) -> dict[str, Any]:
        if self.rng.random() < UNREADABLE:
            return {"unreadable": True}
        if question["kind"] == KindName.VERIFY:
            return {"matches": (question["suggestion"] == text) != (self.rng.random() < self.slips / 2)}
        if question["kind"] == KindName.CHOOSE:
            return {"choice": self.choose(question["choices"], text)}
        return {"text": self.type(text)}

    def choose(self, choices: list[dict[str, str]], text: str) -> str:
        """Return the id of the right reading, of none where none is, or, by mistake, of any."""
        right = next((choice["id"] for choice in choices if choice["text"] == text), NONE)
        return self.rng.choice(choices)["id"] if self.rng.random() < self.slips else right

    def type(self, text: str) -> str:
        typed = text
        for _chance in range(len(text) // 30 + 1):
            if typed and self.rng.random() < self.slips:
                typed = mistype(typed, self.rng)
        return typed if typed.strip() else text

    def time_for(self, question: dict[str, Any]) -> timedelta:
        usual = SECONDS[question["kind"]]
        return timedelta(seconds=round(usual * self.speed * self.rng.uniform(0.6, 1.8), 3))


@dataclass(frozen=True, slots=True)
class Table:
    """The truth by what a volunteer sees: the page's address."""

    lines: dict[str, list[Line]]

    @classmethod
    def of(cls, project: Project, truth: Truth) -> "Table":
        pages = Page.objects.filter(project=project).values_list("pk", "turned")
        return cls({page_url(page, turned): truth.get(page, []) for page, turned in pages})

    def text_for(self, question: dict[str, Any]) -> str | None:
        page = question["page"]
        return text_at(self.lines.get(page["url"], []), Region(*page["region"]))


def enlist(count: int, seed: int) -> list[Persona]:
    """Return ``count`` simulated volunteers, the same ones at every call; most are careful, some are not."""
    rng = Random(f"volunteers {seed}")
    personas = []
    for number in range(count):
        name = NAMES[number % len(NAMES)] + (f" {number // len(NAMES) + 1}" if number >= len(NAMES) else "")
        volunteer, _made = Volunteer.objects.get_or_create(
            simulated=True, display_name=name, defaults={"password": make_password(None)}
        )
        personas.append(Persona(volunteer, slips_of(rng), rng.uniform(0.6, 1.6), Random(f"{name} {seed}")))
    return personas


def slips_of(rng: Random) -> float:
    """Return how often one of a crowd slips: most are careful, some are not."""
    return 0.35 if rng.random() < 0.15 else rng.betavariate(2, 18)


def play(
    project: Project, truth: Truth, personas: Sequence[Persona], start: datetime, end: datetime, share: float = 1.0
) -> int:
    """Let the volunteers take turns until ``share`` of the tasks is settled or nobody finds any more.

    The clock begins at ``start``, moves as they work side by side, and stops them at ``end``. Returns the number of
    answers given.
    """
    table, now, answers = Table.of(project, truth), start, 0
    lines = Task.objects.lines().filter(project=project)
    wanted = share * lines.count()
    at_work = list(personas)
    turns = Random(f"turns {project.slug}")
    while at_work and now < end and lines.settled().count() < wanted:
        persona = turns.choice(at_work)
        spent, answered, found = take_turn(persona, project.slug, table, now)
        if not found:
            at_work.remove(persona)
        now += spent / len(personas)
        answers += answered
    return answers


def take_turn(persona: Persona, project: str, table: Table, now: datetime) -> tuple[timedelta, int, bool]:
    """Lease some tasks and answer them; what the truth does not tell is skipped. Returns the time it took, the number
    of answers and whether there was anything to do."""
    volunteer = persona.volunteer
    grant = lease_tasks(volunteer.pk, project, AT_A_TIME, newcomer=volunteer.last_answer_at is None, now=now)
    if grant.exhausted:
        return timedelta(), 0, False
    spent, submissions, skipped = timedelta(), list[Submission](), list[str]()
    for granted in grant.leases:
        text = table.text_for(granted.task)
        if text is None:
            skipped.append(granted.token)
            continue
        took = persona.time_for(granted.task)
        spent += took
        elapsed_ms = int(took / timedelta(milliseconds=1))
        submissions.append(Submission(granted.token, uuid4(), persona.answer(granted.task, text), elapsed_ms))
    if submissions:
        submit_answers(volunteer, submissions, now=now + spent)
    give_back(volunteer.pk, skipped)
    return spent, len(submissions), True


@transaction.atomic
def change_policy(workflow: Workflow, policy: Policy) -> WorkflowVersion:
    """Ask the same question under another policy: a new version, for all tasks nobody has begun."""
    version = workflow.current
    if version.rules == policy:
        return version
    new = WorkflowVersion.objects.create(
        workflow=workflow,
        number=version.number + 1,
        kind=version.kind,
        prompt=version.prompt,
        hint=version.hint,
        schema=version.schema,
        policy=asdict(policy),
    )
    untouched = Task.objects.open().filter(workflow=workflow, answered=0, leased=0)
    untouched.update(version=new, wanted=policy.minimum, maximum=policy.maximum)
    return new
