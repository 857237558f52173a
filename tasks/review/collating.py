"""The readings of one task side by side: who read what, where they differ, letter under letter."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Volunteer

from ..consensus import Verdict, fold
from ..consensus.differences import Grid, Part, differences, differing_words, grid_of
from ..enums import UNSETTLED, KindName
from ..kinds import KINDS, choose
from ..models import Answer, Task
from ..settling.adjudicating import rounds_of
from ..settling.weighing import Question, Vote, counted_votes, question_of, weigh
from ..showing import recalling

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Reader:
    """A volunteer under a letter that means nothing beyond this task; ``right`` of ``judged`` earlier answers were.

    ``chose``: they typed nothing, but chose among the readings of others.
    """

    label: str
    simulated: bool
    right: int
    judged: int
    chose: bool = False

    def __str__(self) -> str:
        return _("%(label)s (simulated)") % {"label": self.label} if self.simulated else self.label


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that the region may say. ``confidence`` is None but for the consensus's best guess; ``machine``: text
    recognition says the same. Readers come in the order of their answers, none for what nobody typed."""

    value: dict[str, Any]
    text: str
    readers: tuple[Reader, ...]
    machine: bool
    confidence: float | None
    weight: float
    best: str

    @property
    def is_text(self) -> bool:
        return "text" in self.value

    @property
    def as_json(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)

    @property
    def percent(self) -> str:
        return number_format(round(100 * self.confidence)) if self.confidence is not None else ""

    @property
    def parts(self) -> tuple[Part, ...]:
        return differences(self.text, self.best if self.is_text and self.best else self.text)

    @property
    def differs_in(self) -> str:
        """Say in which words the best guess reads otherwise."""
        numbers = [str(word.number) for word in differing_words(self.text, self.best)] if self.best else []
        if not (self.is_text and numbers):
            return ""
        differs = ngettext("differs in word %(numbers)s", "differs in words %(numbers)s", len(numbers))
        return differs % {"numbers": ", ".join(numbers)}

    @property
    def by(self) -> str:
        """Say who read this."""
        if not self.readers:
            return _("text recognition") if self.machine else _("put together from all; nobody typed just this")
        typed, chose = ([one for one in self.readers if one.chose is chosen] for chosen in (False, True))
        said = counted(typed) if typed else ""
        if chose:
            preferred = _("preferred by %(volunteers)s") % {"volunteers": counted(chose)}
            said = f"{said}; {preferred}" if said else preferred
        return _("%(volunteers)s; text recognition too") % {"volunteers": said} if self.machine else said


@dataclass(frozen=True, slots=True)
class Collation:
    """``grid`` has a row for each reading that is a text; None for fewer than two and for very long lines. ``choices``
    say what came of it each time that others were asked which reading is right."""

    readings: tuple[Reading, ...]
    readers: tuple[Reader, ...]
    grid: Grid | None
    choices: tuple[str, ...]


def collate(task: Task) -> Collation:
    """Lay a task's counted answers and the machine's suggestion side by side, the best guess first."""
    question = question_of(task)
    votes = counted_votes(question)
    verdict = weigh(question, votes)
    readers = readers_of(votes)
    readings = readings_of(question, votes, verdict, readers, task.suggestion)
    texts = [reading.text for reading in readings if reading.is_text]
    return Collation(tuple(readings), tuple(readers.values()), grid_of(texts), tuple(choices_about(task)))


def choices_about(task: Task) -> Iterator[str]:
    """Say what was chosen among the task's readings, “none of these” included, which is a vote for no reading."""
    if not rounds_of(task.payload):
        return
    children = list(Task.objects.filter(parent=task.pk).exclude(state__in=UNSETTLED).order_by("round"))
    answers = Answer.objects.filter(task__in=children, counted=True, withdrawn_at=None).order_by("pk")
    values = list(answers.values_list("task", "value"))
    for child in children:
        said = Counter(recalling.said(choose.chosen(value, child.payload)) for of, value in values if of == child.pk)
        told = [_("“%(reading)s” (%(number)d)") % {"reading": text, "number": n} for text, n in said.most_common()]
        if told:
            yield _("Asked which reading is right, volunteers chose %(choices)s.") % {"choices": ", ".join(told)}
        elif not was_taken_back(child):
            yield _("Volunteers were asked which reading is right, and nobody came to choose.")


def was_taken_back(child: Task) -> bool:
    """Whether a reading that was to be chosen was taken back before anybody did."""
    return Answer.objects.filter(pk__in=child.payload["answers"]).exclude(withdrawn_at=None).exists()


def readers_of(votes: Sequence[Vote]) -> dict[int, Reader]:
    """Return each answer's reader, labelled A, B, C in the order of the answers."""
    people = [vote.volunteer for vote in votes]
    simulated = set(Volunteer.objects.filter(pk__in=people, simulated=True).values_list("pk", flat=True))
    return {
        vote.answer: Reader(
            label_of(place),
            vote.volunteer in simulated,
            round(vote.right),
            round(vote.right + vote.wrong),
            vote.chosen,
        )
        for place, vote in enumerate(votes)
    }


def counted(readers: Sequence[Reader]) -> str:
    number, simulated = len(readers), all(reader.simulated for reader in readers)
    if simulated:
        said = ngettext(
            "%(number)d simulated volunteer: %(names)s", "%(number)d simulated volunteers: %(names)s", number
        )
    else:
        said = ngettext("%(number)d volunteer: %(names)s", "%(number)d volunteers: %(names)s", number)
    names = [reader.label if simulated else str(reader) for reader in readers]
    return said % {"number": number, "names": ", ".join(names)}


def label_of(place: int) -> str:
    rounds, letter = divmod(place, len(ALPHABET))
    return ALPHABET[letter] + (str(rounds + 1) if rounds else "")


def readings_of(
    question: Question, votes: Sequence[Vote], verdict: Verdict | None, readers: dict[int, Reader], suggestion: str
) -> list[Reading]:
    """Return what was answered, guessed and recognised, each once: the best guess first, then by weight."""
    guess = KINDS[question.kind].value_of(verdict) if verdict else None
    machine = {"text": fold(suggestion)} if question.kind == KindName.TRANSCRIBE and fold(suggestion) else None
    weights = dict(verdict.weights) if verdict else {}
    values = [value for value in (guess, *(vote.value for vote in votes), machine) if value]
    once = {json.dumps(value, sort_keys=True): value for value in values}.values()
    found = [
        Reading(
            value=value,
            text=text_of(value),
            readers=tuple(readers[vote.answer] for vote in votes if vote.value == value),
            machine=value == machine,
            confidence=verdict.confidence if verdict and value == guess else None,
            weight=sum(weights.get(vote.answer, 0) for vote in votes if vote.value == value),
            best=guess.get("text", "") if guess else "",
        )
        for value in once
    ]
    return sorted(found, key=lambda reading: (reading.confidence is None, -reading.weight))


def text_of(value: dict[str, Any]) -> str:
    """Return what a value says, in the words of the page for what is no text."""
    if "text" in value:
        return value["text"]
    if "matches" in value:
        return _("Yes, it matches") if value["matches"] else _("No, it differs")
    return _("It is empty") if "blank" in value else _("It cannot be read")
