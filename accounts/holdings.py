"""What the database holds about a person, for that person to read: each app names its own part.

An app registers its holdings in a module that its ``AppConfig.ready`` imports. A model that refers to volunteers and
belongs to no holding makes a test fail (tests/accounts/test_holdings.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from .models import Act, Invitation, Membership, Session, Token, Volunteer

type Rows = Iterator[dict[str, Any]] | QuerySet[Any, Any]
AT_ONCE = 2000  # rows read from the database at a time


@dataclass(frozen=True)
class Holding:
    """``rows`` returns the rows about one volunteer, each as plain values under readable names."""

    name: str
    models: Sequence[type[Model]]
    rows: Callable[[Volunteer], Rows]


HOLDINGS: dict[str, Holding] = {}


def holding(*models: type[Model]) -> Callable[[Callable[[Volunteer], Rows]], Callable[[Volunteer], Rows]]:
    """Register a function as the one that shows these models' rows; its name becomes the name of the part."""

    def register(rows: Callable[[Volunteer], Rows]) -> Callable[[Volunteer], Rows]:
        HOLDINGS[rows.__name__] = Holding(rows.__name__, models, rows)
        return rows

    return register


def as_json(volunteer: Volunteer) -> Iterator[str]:
    """Yield one JSON object, ``{part: [row, …]}``, piece by piece: however much there is, little of it is in memory."""
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    yield "{"
    for number, part in enumerate(HOLDINGS.values()):
        yield f"{',' if number else ''}\n {encoder.encode(part.name)}: ["
        for line, row in enumerate(one_by_one(part.rows(volunteer))):
            yield f"{',' if line else ''}\n  {encoder.encode(readable(row))}"
        yield "]"
    yield "\n}\n"


def readable(row: dict[str, Any]) -> dict[str, Any]:
    """A column of another table reads as one word: ``project_slug``."""
    return {name.replace("__", "_"): value for name, value in row.items()}


def one_by_one(rows: Rows) -> Iterator[dict[str, Any]]:
    return rows.iterator(AT_ONCE) if isinstance(rows, QuerySet) else rows


@holding(Volunteer)
def account(volunteer: Volunteer) -> Iterator[dict[str, Any]]:
    yield {
        "user_name": volunteer.username if volunteer.has_usable_password() else None,
        "chosen_name": volunteer.display_name,
        "shown_as": str(volunteer),
        "number": volunteer.pk,
        "seed_of_pseudonyms": bytes(volunteer.seed).hex(),
        "trust": volunteer.trust,
        "simulated": volunteer.simulated,
        "created_at": volunteer.created_at,
        "last_answer_at": volunteer.last_answer_at,
    }


@holding(Session)
def sessions(volunteer: Volunteer) -> Rows:
    """Their existence alone: the keys would sign somebody in."""
    return Session.objects.filter(volunteer=volunteer).order_by("expire_date").values("expire_date")


@holding(Token)
def tokens(volunteer: Volunteer) -> Rows:
    rows = Token.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("name", "scopes", "created_at", "expires_at", "revoked_at")


@holding(Membership)
def memberships(volunteer: Volunteer) -> Rows:
    return Membership.objects.filter(volunteer=volunteer).order_by("pk").values("organisation__name", "role")


@holding(Invitation)
def invitations(volunteer: Volunteer) -> Rows:
    rows = Invitation.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("organisation__name", "role", "created_at")


@holding(Act)
def acts_at_the_desk(volunteer: Volunteer) -> Rows:
    return Act.objects.filter(volunteer=volunteer).order_by("pk").values("organisation__name", "what", "details", "at")
