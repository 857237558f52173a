"""Type what is written: ``{"text": str}``."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..consensus import Ballot, Normalisation, Verdict, fold, merge_readings, normalise, said
from ..errors import MalformedValue
from .marks import VALUES, clean_mark, mark_vote

LONGEST = 2000  # characters of one line


def clean(value: object, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if (mark := clean_mark(value)) is not None:
        return mark
    text = value.get("text") if isinstance(value, dict) and set(value) == {"text"} else None
    if not isinstance(text, str):
        raise MalformedValue(_("A transcription's value is {“text”: “what is written”}."))
    if len(text) > LONGEST:
        too_long = _("This text is longer than %(longest)d characters: type this line only.")
        raise MalformedValue(too_long % {"longest": LONGEST})
    if not (text := fold(text)):
        raise MalformedValue(_("Nothing was typed: type what you see, or choose “It is empty”."))
    return {"text": text}


def rules(schema: Mapping[str, Any]) -> Normalisation:
    declared = schema.get("normalisation", {})
    pairs = tuple((short, full) for short, full in declared.get("abbreviations", ()))
    return Normalisation(**declared | {"abbreviations": pairs})


def vote(value: dict[str, Any], schema: Mapping[str, Any]) -> str:
    return mark_vote(value) or said(normalise(value["text"], rules(schema)))


def reading(value: dict[str, Any]) -> str:
    return value.get("text", "")


def merge(ballots: Sequence[Ballot], schema: Mapping[str, Any]) -> Verdict:
    return merge_readings(ballots, rules(schema))


def value_of(verdict: Verdict) -> dict[str, Any]:
    return VALUES.get(verdict.vote) or {"text": verdict.reading}


def details(suggestion: str, schema: Mapping[str, Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """A machine's reading is shown only where the workflow says so: seen first, it would be believed."""
    return {"suggestion": suggestion} if suggestion and schema.get("show_suggestion") else {}
