"""The audit trail of an organisation: who did what and when, as a chain that shows every later change."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Act, Organisation, Volunteer

BEGINNING = bytes(32)
WORDS = {
    "project.founded": gettext_lazy("created a project"),
    "project.changed": gettext_lazy("changed the settings of a project"),
    "project.published": gettext_lazy("published a project"),
    "project.closed": gettext_lazy("closed a project"),
    "project.reopened": gettext_lazy("opened a project again"),
    "question.asked": gettext_lazy("asked a question"),
    "question.reworded": gettext_lazy("reworded a question"),
    "question.opened": gettext_lazy("asked a resting question again"),
    "question.rested": gettext_lazy("let a question rest"),
    "task.settled": gettext_lazy("settled a line"),
    "task.reopened": gettext_lazy("asked a line again"),
    "task.restored": gettext_lazy("took a decision back"),
    "task.doubted": gettext_lazy("doubted a settled line and gave it to review"),
    "line.known": gettext_lazy("marked a line as known"),
    "line.known_no_more": gettext_lazy("asked a known line no more"),
    "batch.begun": gettext_lazy("began to upload a batch"),
    "batch.brought": gettext_lazy("brought a batch"),
    "batch.cancelled": gettext_lazy("cancelled an upload"),
    "batch.paused": gettext_lazy("paused the reading of a batch"),
    "batch.resumed": gettext_lazy("let the reading of a batch go on"),
    "batch.read_again": gettext_lazy("had a batch read again"),
    "batch.withdrawn": gettext_lazy("withdrew a batch"),
    "batch.restored": gettext_lazy("restored a withdrawn batch"),
    "page.withheld": gettext_lazy("withheld a page"),
    "page.shown": gettext_lazy("showed a withheld page again"),
    "page.turned": gettext_lazy("turned a page"),
    "page.called_upright": gettext_lazy("said that a page lies as it should"),
    "release.ordered": gettext_lazy("ordered a release"),
    "release.published": gettext_lazy("published a release"),
    "release.withdrawn": gettext_lazy("withdrew a release"),
    "member.added": gettext_lazy("added a member"),
    "member.invited": gettext_lazy("invited a member"),
    "member.joined": gettext_lazy("accepted an invitation"),
    "member.changed": gettext_lazy("changed a member’s role"),
    "member.removed": gettext_lazy("removed a member"),
    "member.erased": gettext_lazy("erased their account"),
    "invitation.declined": gettext_lazy("noted that an invitation was declined"),
    "invitation.revoked": gettext_lazy("revoked an invitation"),
    "password.changed": gettext_lazy("changed their password"),
    "token.issued": gettext_lazy("issued a token"),
    "token.revoked": gettext_lazy("revoked a token"),
}


@dataclass(frozen=True)
class Entry:
    """A line of the trail as a person reads it."""

    number: int
    at: datetime
    who: str
    words: str
    details: dict[str, str]


@transaction.atomic
def record(organisation: Organisation, who: Volunteer | None, what: str, **details: Any) -> Act:
    """Write a line into the trail, inside the transaction of the act itself: neither stands without the other.

    ``what`` is a noun and a past participle, ``project.published``. ``details`` are plain values, ids rather than
    names of people: a name can be erased, the trail cannot.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # one writer at a time: the chain never forks
    last = Act.objects.filter(organisation=organisation).order_by("-number").first()
    act = Act(
        organisation=organisation,
        number=last.number + 1 if last else 1,
        volunteer=who,
        what=what,
        details=details,
        at=timezone.now(),
        previous_hash=bytes(last.digest) if last else BEGINNING,
    )
    act.digest = digest_of(act)
    act.save(force_insert=True)
    return act


def digest_of(act: Act) -> bytes:
    """SHA-256 over the line before and all that this one says."""
    said = [act.organisation_id, act.number, act.volunteer_id, act.what, act.details, act.at.isoformat()]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(bytes(act.previous_hash) + text.encode()).digest()


def first_broken(organisation: Organisation) -> int | None:
    """Return the number of the first line that was changed or follows a missing one, None when the chain holds."""
    previous = BEGINNING
    acts = Act.objects.filter(organisation=organisation).order_by("number")
    for expected, act in enumerate(acts.iterator(), 1):
        broken = act.number != expected or bytes(act.previous_hash) != previous
        if broken or bytes(act.digest) != digest_of(act):
            return expected
        previous = bytes(act.digest)
    return None


def told(act: Act) -> Entry:
    """Tell an act in words; one without words here is told by its name."""
    who = str(act.volunteer) if act.volunteer else _("the site itself")
    words = str(WORDS.get(act.what, act.what))
    return Entry(act.number, act.at, who, words, {name: plainly(value) for name, value in act.details.items()})


def plainly(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
