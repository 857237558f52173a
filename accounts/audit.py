"""The audit trail of an organisation: who did what and when, as a chain that shows every later change."""

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from .models import Act, Organisation, Volunteer

BEGINNING = bytes(32)


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
