"""What an archivist does with a batch once it is here: pause, go on, read again, withdraw; each act is in the trail."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from tasks.curating.withholding import show_again, withhold
from tasks.enums import BatchState
from tasks.models import Batch, Page
from tasks.showing.projects import count_progress

from .claiming import TO_READ
from .errors import ActRefused
from .noting import note

READ_AGAIN = (BatchState.DONE, BatchState.FAILED)
WITHDRAWABLE = (*TO_READ, *READ_AGAIN, BatchState.PAUSED)


@transaction.atomic
def pause(batch: Batch, who: Volunteer) -> None:
    """Whoever reads it notices at the next page that the claim is lost, and stops."""
    change(batch, TO_READ, BatchState.PAUSED)
    note(batch, who, "batch.paused")


@transaction.atomic
def go_on(batch: Batch, who: Volunteer) -> None:
    change(batch, (BatchState.PAUSED,), BatchState.UPLOADED)
    note(batch, who, "batch.resumed")


@transaction.atomic
def read_again(batch: Batch, who: Volunteer) -> None:
    """Open everything that was refused once more; what is in stays as it is."""
    if not batch.source:
        raise ActRefused(_("This batch was read from a folder at the command line; run “ingest” there once more."))
    change(batch, READ_AGAIN, BatchState.UPLOADED)
    note(batch, who, "batch.read_again")


def withdraw(batch: Batch, who: Volunteer) -> None:
    """Take all pages of the batch out of sight; answers and points stay, releases to come leave it out."""
    now = timezone.now()
    with transaction.atomic():
        change(batch, WITHDRAWABLE, BatchState.WITHDRAWN, withdrawn_at=now)
        pages = withhold(pages_of(batch), now)
        note(batch, who, "batch.withdrawn", pages=pages)
    count_progress(batch.project_id)


def restore(batch: Batch, who: Volunteer) -> None:
    """Undo a withdrawal; pages that were withheld by themselves before stay so."""
    with transaction.atomic():
        withdrawn_at = batch.withdrawn_at
        change(batch, (BatchState.WITHDRAWN,), BatchState.DONE, withdrawn_at=None)
        note(batch, who, "batch.restored", pages=show_again(pages_of(batch).filter(withheld_at=withdrawn_at)))
        if batch.source and not all_read(batch):
            change(batch, (BatchState.DONE,), BatchState.UPLOADED)
    count_progress(batch.project_id)


def all_read(batch: Batch) -> bool:
    """A batch that was withdrawn before anyone looked into it has no files yet."""
    return batch.files.exists() and not batch.files.waiting().exists()


def withhold_page(page: Page, who: Volunteer) -> None:
    with transaction.atomic():
        if not withhold(Page.objects.filter(pk=page.pk), timezone.now()):
            raise ActRefused(_("This page is withheld already."))
        note(page.item.batch, who, "page.withheld", page=page.pk)
    count_progress(page.project_id)


def show_page(page: Page, who: Volunteer) -> None:
    with transaction.atomic():
        if page.item.batch.state == BatchState.WITHDRAWN:
            raise ActRefused(_("The whole batch is withdrawn. Restore it first."))
        if not show_again(Page.objects.filter(pk=page.pk).exclude(withheld_at=None)):
            raise ActRefused(_("This page is shown already."))
        note(page.item.batch, who, "page.shown", page=page.pk)
    count_progress(page.project_id)


def pages_of(batch: Batch) -> QuerySet[Page]:
    return Page.objects.filter(item__batch=batch)


def change(batch: Batch, before: Iterable[str], after: BatchState, **fields: object) -> None:
    """The guarded update is the judge of two who press at once. Raises ``ActRefused``."""
    rows = Batch.objects.filter(pk=batch.pk, state__in=list(before))
    if not rows.update(state=after, claimed_until=None, reason="", **fields):
        state = Batch.objects.get(pk=batch.pk).get_state_display()
        raise ActRefused(_("The batch is %(state)s now: look at it again.") % {"state": state})
    batch.refresh_from_db()
