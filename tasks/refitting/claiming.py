"""One worker at a time fits a workflow: a conditional UPDATE claims its row, and a fence keeps late writers out."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.prepared import Given, Update

from ..errors import FitLost
from ..machinery.pulsing import CLAIM_TIME
from ..models import Fit


@dataclass(frozen=True)
class Claim:
    """The right to write what a fit of a workflow found, until someone claims it after us."""

    workflow: int
    fence: int

    def hold(self, **found: Any) -> None:
        """Write the fit's row and prolong the claim, in the caller's transaction. Raises ``FitLost``."""
        until = timezone.now() + CLAIM_TIME
        if found:
            self.write(claimed_until=until, **found)
        elif not prolong.run(workflow=self.workflow, fence=self.fence, until=until):
            raise FitLost

    def beat(self) -> bool:
        """Prolong the claim; False once it is lost or the work is over."""
        try:
            self.hold()
        except FitLost:
            return False
        return True

    def finish(self, **found: Any) -> None:
        self.write(claimed_until=None, **found)

    def write(self, **fields: Any) -> None:
        mine = Fit.objects.filter(workflow=self.workflow, fence=self.fence, claimed_until__isnull=False)
        if not mine.update(**fields):
            raise FitLost


@Update
def prolong():
    mine = Fit.objects.filter(workflow=Given("workflow"), fence=Given("fence"), claimed_until__isnull=False)
    return mine, {"claimed_until": Given("until")}


@transaction.atomic
def claim(workflow: int, *, take_over: bool = False) -> Claim | None:
    """Claim a workflow's fit; None when another worker has it.

    ``take_over``: whoever stands at the keyboard goes before a worker that may have died.
    """
    now = timezone.now()
    Fit.objects.get_or_create(workflow_id=workflow)
    free = Q() if take_over else Q(claimed_until=None) | Q(claimed_until__lt=now)
    claimed = Fit.objects.filter(free, workflow=workflow).update(claimed_until=now + CLAIM_TIME, fence=F("fence") + 1)
    return Claim(workflow, Fit.objects.values_list("fence", flat=True).get(workflow=workflow)) if claimed else None
