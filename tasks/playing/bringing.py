"""Work done anonymously in this browser is brought into the account that its reader signed in to.

An answer moves as it is: it stays counted, no decision changes. It stays behind, anonymous, where the account has
answered the same subject or settled it as a reviewer: nobody is shown as having had two voices, or as having judged
their own reading.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.choosing import remove_name, rename
from accounts.erasing import erase
from accounts.errors import NotAGuest
from accounts.models import Volunteer

from ..leasing.leases import free_seats
from ..models import Answer, Decision, Flag, Lease, Pace
from ..signals import answers_moved
from ..trust.skills import bring_records


@dataclass(frozen=True, slots=True)
class Brought:
    """How many answers are the account's now, and how many stayed anonymous."""

    moved: int
    left: int


@transaction.atomic
def bring_answers(guest: int, account: Volunteer, *, now: datetime | None = None) -> Brought:
    """Move what an anonymous volunteer did to the account and erase the anonymous one. Raises ``NotAGuest``.

    An ``IntegrityError`` means that the account answered one of these subjects at this very moment: try again.
    """
    both = Volunteer.objects.filter(pk__in=[guest, account.pk]).order_by("pk").select_for_update(no_key=True)
    anonymous = next((each for each in both if each.pk == guest and is_guest(each)), None)
    if anonymous is None or not account.has_usable_password():
        raise NotAGuest
    mine = Answer.objects.filter(volunteer=guest)
    recent = list(mine.filter(created_at__gt=(now or timezone.now()) - settings.UNDO_WINDOW).values_list("task"))
    moved = mine.exclude(must_stay(account.pk)).update(volunteer=account)
    bring_leases(guest, account.pk, [task for (task,) in recent])
    bring_standing_in_the_work(guest, account.pk)
    answers_moved.send(Answer, before=guest, after=account.pk)
    bring_person(anonymous, account)
    return Brought(moved, mine.count())


def is_guest(volunteer: Volunteer) -> bool:
    return not volunteer.has_usable_password() and volunteer.erased_at is None and not volunteer.simulated


def must_stay(account: int) -> Q:
    """The condition on a guest's answer under which it cannot become the account's."""
    theirs = Answer.objects.filter(volunteer=account, project=OuterRef("project"))
    same_subject = theirs.filter(subject=OuterRef("subject"), reopened=False)
    judged = Decision.objects.filter(reviewer=account, task__subject=OuterRef("subject"), project=OuterRef("project"))
    return Q(Exists(same_subject)) | Q(Exists(theirs.filter(key=OuterRef("key")))) | Q(Exists(judged))


def bring_leases(guest: int, account: int, answered_just_now: list[int]) -> None:
    """Give back what is held; what was skipped stays skipped; an answer of the last minute can still be taken back."""
    free_seats(Lease.objects.live().filter(volunteer=guest))
    Lease.objects.filter(volunteer=guest, skipped=True).update(volunteer=account)
    moved = Answer.objects.filter(volunteer=account, task=OuterRef("task"))
    Lease.objects.filter(Exists(moved), volunteer=guest, task__in=answered_just_now).update(volunteer=account)


def bring_standing_in_the_work(guest: int, account: int) -> None:
    """What the guest has shown counts for the account, including the few answers that stay behind."""
    bring_records(guest, account)
    known = Pace.objects.filter(volunteer=account).values("workflow")
    Pace.objects.filter(volunteer=guest).exclude(workflow__in=known).update(volunteer=account)
    Flag.objects.filter(volunteer=guest).update(volunteer=account)


def bring_person(guest: Volunteer, account: Volunteer) -> None:
    name, looks = guest.display_name, guest.name_skeleton
    remove_name(guest)
    if name and not account.display_name:
        rename(account, name, looks)
    newest = max(filter(None, [guest.last_answer_at, account.last_answer_at]), default=None)
    Volunteer.objects.filter(pk=account.pk).update(last_answer_at=newest)
    erase(guest)
