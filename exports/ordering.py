"""An archivist orders the next version; a worker makes it. The order's row says how far it is."""

import errno
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Volunteer
from tasks.machinery.pulsing import CLAIM_TIME, Pulse
from tasks.models import Project
from tasks.showing.projects import progress_of

from .enums import OrderState
from .errors import AlreadyOrdered, ExportsError
from .models import Release, ReleaseOrder
from .releasing import NothingChanged, refuse_draft, release

logger = logging.getLogger(__name__)

PULSE = timedelta(seconds=1)
MOST_CLAIMS = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write for an order, until someone claims it after us."""

    order: int
    fence: int

    def write(self, **fields: Any) -> bool:
        """Write the order's row; False when another worker has taken over."""
        mine = ReleaseOrder.objects.unfinished().filter(pk=self.order, fence=self.fence)
        return bool(mine.update(**fields))

    def finish(self, state: OrderState, made: Release | None = None, reason: str = "") -> None:
        self.write(state=state, release=made, reason=reason, claimed_until=None, finished_at=timezone.now())


class Telling:
    """Keeps an order's row up to date while its version is made: how many rows are written, and that we are at it."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.rows = claim, 0

    def hear(self, rows: int) -> None:
        self.rows = rows

    def beat(self) -> bool:
        return self.claim.write(rows=self.rows, claimed_until=timezone.now() + CLAIM_TIME)


def order_release(project: Project, volunteer: Volunteer, notes: str = "") -> ReleaseOrder:
    """Order the next version. Raises ``NotReleasable`` for a draft, ``AlreadyOrdered`` while one is being made."""
    refuse_draft(project)
    try:
        with transaction.atomic():
            order = ReleaseOrder.objects.create(
                project=project,
                volunteer=volunteer,
                notes=notes,
                expected=progress_of(project).settled,
                ordered_at=timezone.now(),
            )
            record(project.organisation, volunteer, "release.ordered", project=project.pk, order=order.pk)
    except IntegrityError:
        raise AlreadyOrdered(_("A version is being made already: wait until it is done.")) from None
    return order


def claim(order: int) -> Claim | None:
    """Claim an order; None when another worker has it, or it is finished."""
    now = timezone.now()
    idle = ReleaseOrder.objects.idle(now).filter(pk=order)
    with transaction.atomic():
        if not idle.update(state=OrderState.WORKING, claimed_until=now + CLAIM_TIME, fence=F("fence") + 1, rows=0):
            return None
        return Claim(order, ReleaseOrder.objects.values_list("fence", flat=True).get(pk=order))


def fulfil(order_id: int) -> None:
    """Make the version that was ordered, unless another worker is at it."""
    held = claim(order_id)
    if held is None:
        return
    order = ReleaseOrder.objects.select_related("project__organisation", "volunteer").get(pk=order_id)
    try:
        telling = Telling(held)
        with Pulse(telling.beat, every=PULSE):
            outcome = release(order.project, notes=order.notes, by=order.volunteer, passing=telling.hear)
    except OperationalError:
        raise  # the database is busy or away: the order waits for the sweeper
    except Exception as error:
        if not isinstance(error, ExportsError):
            logger.exception("order %s failed", order_id)
        held.finish(OrderState.FAILED, reason=reason_of(error))
        return
    made = outcome.release if isinstance(outcome, NothingChanged) else outcome
    # A worker that died after publishing and before this line has made it: then the order is done all the same.
    state = OrderState.DONE if made.released_at >= order.ordered_at else OrderState.UNCHANGED
    held.finish(state, made)


def reason_of(error: Exception) -> str:
    """Say what went wrong and what to do next."""
    if isinstance(error, ExportsError):
        return str(error)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _("The disk is full. Nothing was published. Ask whoever runs this site for room, then release again.")
    if isinstance(error, OSError):
        return _("The files could not be written. Nothing was published. Tell whoever runs this site.")
    return _("The fault is ours and has been noted. Nothing was published. Release again; if it fails again, tell us.")


def idle_orders() -> list[int]:
    return list(ReleaseOrder.objects.idle(timezone.now()).values_list("pk", flat=True))


def give_up() -> int:
    """Fail the orders at which one worker after the other has died."""
    now = timezone.now()
    reason = _("Making it was begun %(times)s times and never ended. Tell whoever runs this site.")
    hopeless = ReleaseOrder.objects.idle(now).filter(fence__gte=MOST_CLAIMS)
    return hopeless.update(
        state=OrderState.FAILED, reason=reason % {"times": MOST_CLAIMS}, claimed_until=None, finished_at=now
    )
