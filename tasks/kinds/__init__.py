"""Kinds of question: one module each, chosen by name.

A kind's module cleans a value that came from outside, turns it into a vote, merges votes by a method of
``tasks.consensus`` and turns the verdict back into a value. It fits nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..consensus import Ballot, Verdict
from ..enums import KindName
from . import choose, transcribe, verify

type Value = dict[str, Any]


class Kind(Protocol):
    def clean(self, value: object, payload: Mapping[str, Any] | None = None) -> Value:
        """Return the value as it is stored; ``payload`` is what the task itself offers, if it is known.

        Raises ``MalformedValue`` with a sentence.
        """

    def vote(self, value: Value, schema: Mapping[str, Any]) -> str: ...

    def reading(self, value: Value) -> str: ...

    def merge(self, ballots: Sequence[Ballot], schema: Mapping[str, Any]) -> Verdict: ...

    def value_of(self, verdict: Verdict) -> Value: ...

    def details(self, suggestion: str, schema: Mapping[str, Any], payload: Mapping[str, Any]) -> Value:
        """Return what the volunteer sees beside picture and prompt."""


KINDS: dict[str, Kind] = {KindName.TRANSCRIBE: transcribe, KindName.VERIFY: verify, KindName.CHOOSE: choose}
