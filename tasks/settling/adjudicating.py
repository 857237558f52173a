"""Cheap adjudication: where two or three readings compete, others are asked which one is right.

A child task has its parent's subject, so that nobody judges their own reading, and a hidden workflow whose versions
follow the parent's. While it is asked the parent waits without seats; ``resuming`` brings the answer back.
"""

import secrets
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation

from ..consensus import Policy, is_said
from ..consensus.differences import told_apart
from ..enums import KindName, TaskState
from ..identity import digest
from ..kinds import choose
from ..models import Pace, Task, Workflow, WorkflowVersion

FEWEST, MOST = 2, 3  # readings that compete
LONGEST = 200  # characters of a reading: nobody compares a paragraph in seconds
FEWEST_PEOPLE = 4  # two who typed and two who choose: with fewer about, a line would wait for somebody who never comes
MOST_ROUNDS = 2  # of one task; the second only when there is a new reading
POLICY = Policy(minimum=1, maximum=4)  # one newcomer is never enough; see benchmarks/adjudication.py
COPIED = (
    *("project_id", "page_id", "subject", "x", "y", "width", "height", "position", "shuffle"),
    *("crop_at", "crop_length", "crop_width", "crop_height"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody typed, and the vote that it is."""

    answer: int
    vote: str
    text: str


def ask_which(task: int, readings: Sequence[Reading]) -> bool:
    """Ask which of the readings is right if they are few, short and tell apart; return whether it is asked.

    Call inside the transaction of the answer that made them compete: the task's row is locked.
    """
    texts = competing(readings)
    if not texts:
        return False
    parent = Task.objects.select_related("version__workflow").get(pk=task)
    known = parent.payload.get("offered", [])
    rounds = rounds_of(parent.payload)
    if rounds >= MOST_ROUNDS or texts.keys() <= set(known) or not has_company(parent):
        return False
    payload = parent.payload | {"rounds": rounds + 1, "offered": sorted({*known, *texts})}
    free = Task.objects.open().filter(pk=task, leased=0, wanted=F("answered"))
    if not free.update(state=TaskState.WAITING, payload=payload):
        return False
    make_child(parent, rounds + 1, texts, [reading.answer for reading in readings])
    return True


def has_company(parent: Task) -> bool:
    about = Pace.objects.filter(workflow=parent.workflow_id).values_list("pk", flat=True)[:FEWEST_PEOPLE]
    return len(about) == FEWEST_PEOPLE


def rounds_of(payload: Mapping[str, Any]) -> int:
    """Return how often it was asked which reading of a task is right."""
    return payload.get("rounds", 0)


def competing(readings: Sequence[Reading]) -> dict[str, str]:
    """Return the text to show for each vote that competes, none where people had better type once more: too many or
    too few, too long, or of the same looks."""
    forms: dict[str, Counter[str]] = {}
    for reading in readings:
        if is_said(reading.vote):
            forms.setdefault(reading.vote, Counter())[reading.text] += 1
    texts = {vote: min(typed, key=lambda text: (-typed[text], text)) for vote, typed in forms.items()}
    apart = len(set(map(looks, texts.values()))) == len(texts)
    few = FEWEST <= len(texts) <= MOST
    return texts if few and apart and max(map(len, texts.values())) <= LONGEST else {}


def looks(text: str) -> str:
    """Return what is seen of a text: without the signs that only a program can see, wide letters as usual ones."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in shown if unicodedata.category(sign) not in ("Cf", "Zs"))


def make_child(parent: Task, number: int, texts: Mapping[str, str], answers: list[int]) -> Task:
    version = version_for(parent.version)
    copied: dict[str, Any] = {name: getattr(parent, name) for name in COPIED}
    return Task.objects.create(
        workflow_id=version.workflow_id,
        version=version,
        parent=parent,
        round=number,
        natural_key=digest("task", parent.natural_key, number).hex()[:32],
        payload={"choices": choices_of(texts), "answers": answers, "answered": parent.answered},
        wanted=POLICY.minimum,
        maximum=POLICY.maximum,
        **copied,
    )


def choices_of(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what is offered for each vote, in an order that says nothing; ``parts`` show where they differ."""
    told = told_apart(list(texts.values()))
    choices = [
        {"id": digest("choice", vote).hex()[:12], "text": text, "vote": vote, "parts": parts}
        for (vote, text), parts in zip(texts.items(), told, strict=True)
    ]
    secrets.SystemRandom().shuffle(choices)
    return choices


def version_for(asked: WorkflowVersion) -> WorkflowVersion:
    """Return the version that asks which reading is right beside this one, in the language of the site."""
    source = asked.workflow
    names = {"project_id": source.project_id, "slug": f"{source.slug[:40]}-choose-{source.pk}"}
    workflow, _made = Workflow.objects.get_or_create(source_workflow=source, defaults=names)
    with translation.override(settings.LANGUAGE_CODE):
        defaults = choose.words() | {"kind": KindName.CHOOSE, "policy": asdict(POLICY)}
    return WorkflowVersion.objects.get_or_create(workflow=workflow, number=asked.number, defaults=defaults)[0]
