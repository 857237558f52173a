"""One worker at a time reads a batch: a conditional UPDATE claims its row, and a fence keeps late writers out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.enums import BatchState
from tasks.machinery.pulsing import CLAIM_TIME, SILENCE
from tasks.models import Batch

from .errors import ClaimLost

PAUSE = timedelta(minutes=5)
MOST_CLAIMS = 30
TO_READ = (BatchState.UPLOADED, BatchState.READING)


@dataclass(frozen=True)
class Claim:
    """The right to write for a batch, until someone claims it after us."""

    batch: int
    fence: int

    def hold(self, **progress: Any) -> None:
        """Write the batch's row and prolong the claim, in the caller's transaction. Raises ``ClaimLost``."""
        self.write(claimed_until=timezone.now() + CLAIM_TIME, **progress)

    def beat(self) -> bool:
        """Prolong the claim; False once it is lost or the work is over."""
        try:
            self.hold()
        except ClaimLost:
            return False
        return True

    def finish(self, state: BatchState, reason: str = "") -> None:
        self.write(state=state, reason=reason, claimed_until=None)

    def pause(self, reason: str) -> None:
        """Let the batch rest; the sweeper has it read again when the time is over."""
        self.write(claimed_until=timezone.now() + PAUSE, reason=reason)

    def write(self, **fields: Any) -> None:
        if not Batch.objects.filter(pk=self.batch, fence=self.fence, state=BatchState.READING).update(**fields):
            raise ClaimLost


def is_overdue() -> Q:
    """Batches that nobody reads although they wait for it."""
    return Q(state__in=TO_READ) & (Q(claimed_until=None) | Q(claimed_until__lt=timezone.now()))


def fell_silent(state: str, reason: str, claimed_until: datetime | None) -> bool:
    """Whether the worker that reads a batch has given no sign of life for a while; one that rests has said why."""
    soon = timezone.now() + CLAIM_TIME - SILENCE
    return state == BatchState.READING and not reason and claimed_until is not None and claimed_until < soon


def overdue() -> list[int]:
    """Return the uploads that nobody reads; what ``ingest`` began is for whoever knows its paths."""
    return list(Batch.objects.filter(is_overdue()).exclude(source="").values_list("pk", flat=True))


def give_up() -> int:
    """Fail the batches at which one worker after the other has died."""
    reason = _("Reading was begun %(times)s times and never ended. Upload the files in smaller batches.")
    hopeless = Batch.objects.filter(is_overdue(), fence__gte=MOST_CLAIMS).exclude(source="")
    return hopeless.update(state=BatchState.FAILED, reason=reason % {"times": MOST_CLAIMS})


@transaction.atomic
def claim(batch: int, *, take_over: bool = False) -> Claim | None:
    """Claim a batch; None when another worker has it or there is nothing to read.

    ``take_over``: whoever stands at the keyboard goes before a worker that may have died, and may read a batch anew.
    """
    mine = ~Q(state=BatchState.WITHDRAWN) if take_over else is_overdue()
    until = timezone.now() + CLAIM_TIME
    claimed = Batch.objects.filter(mine, pk=batch).update(
        state=BatchState.READING, claimed_until=until, fence=F("fence") + 1, reason=""
    )
    return Claim(batch, Batch.objects.values_list("fence", flat=True).get(pk=batch)) if claimed else None
