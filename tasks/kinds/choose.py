"""Say which of a few readings is right: ``{"choice": id}``, the id of a reading that the task offers, or ``none``."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..consensus import Ballot, Verdict, said, text_of, weigh_choices
from ..errors import MalformedValue
from .marks import VALUES, clean_mark, mark_vote

NONE = "none"
SHOWN = ("id", "text", "parts")
CHOICES = 4  # three readings at most, and none of them


def clean(value: object, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if (mark := clean_mark(value)) is not None:
        return mark
    choice = value.get("choice") if isinstance(value, dict) and set(value) == {"choice"} else None
    if not isinstance(choice, str) or not (payload is None or choice == NONE or choice in offered(payload)):
        raise MalformedValue(_("The answer to this question is {“choice”: the id of one of its choices}."))
    return {"choice": choice}


def offered(payload: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the readings that a task offers, by id, in the order in which they are shown."""
    return {choice["id"]: choice for choice in payload.get("choices", ())}


def vote(value: dict[str, Any], schema: Mapping[str, Any]) -> str:
    return mark_vote(value) or said(value["choice"])


def reading(value: dict[str, Any]) -> str:
    return ""


def merge(ballots: Sequence[Ballot], schema: Mapping[str, Any]) -> Verdict:
    return weigh_choices(ballots, CHOICES)


def value_of(verdict: Verdict) -> dict[str, Any]:
    return VALUES.get(verdict.vote) or {"choice": text_of(verdict.vote)}


def words() -> dict[str, str]:
    return {
        "prompt": _("Which reading is right?"),
        "hint": _("Compare where they differ. What counts is what stands there, not what should."),
    }


def details(suggestion: str, schema: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing tells how many people read what. The question is the site's own, in the visitor's language."""
    readings = [{name: choice[name] for name in SHOWN} for choice in offered(payload).values()]
    return words() | {"choices": [*readings, {"id": NONE, "text": _("None of these")}]}


def chosen(value: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what an answer says is written there, in the form of a transcription; None: none of the readings."""
    if "choice" not in value:
        return dict(value)
    choice = offered(payload).get(value["choice"])
    return {"text": choice["text"]} if choice else None


def chosen_vote(value: dict[str, Any], payload: Mapping[str, Any]) -> str | None:
    """Return the vote of the transcription that an answer chose; None: none of the readings."""
    if mark := mark_vote(value):
        return mark
    choice = offered(payload).get(value["choice"])
    return choice["vote"] if choice else None
