"""Say whether a reading is right: ``{"matches": bool}``."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..consensus import Ballot, Verdict, said, text_of, weigh_choices
from ..errors import MalformedValue
from .marks import VALUES, clean_mark, mark_vote

LABELS = {True: "yes", False: "no"}
CHOICES = len(LABELS)


def clean(value: object, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if (mark := clean_mark(value)) is not None:
        return mark
    if not isinstance(value, dict) or set(value) != {"matches"} or not isinstance(value["matches"], bool):
        raise MalformedValue(_("The answer to this question is {“matches”: true} or {“matches”: false}."))
    return {"matches": value["matches"]}


def vote(value: dict[str, Any], schema: Mapping[str, Any]) -> str:
    return mark_vote(value) or said(LABELS[value["matches"]])


def reading(value: dict[str, Any]) -> str:
    return ""


def merge(ballots: Sequence[Ballot], schema: Mapping[str, Any]) -> Verdict:
    return weigh_choices(ballots, CHOICES)


def value_of(verdict: Verdict) -> dict[str, Any]:
    return VALUES.get(verdict.vote) or {"matches": text_of(verdict.vote) == LABELS[True]}


def details(suggestion: str, schema: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"suggestion": suggestion}
