"""Acts about batches, written into the trail of their organisation."""

from accounts.audit import record
from accounts.models import Volunteer
from tasks.models import Batch


def note(batch: Batch, who: Volunteer, what: str, **details: object) -> None:
    """Call it inside the transaction of the act."""
    record(batch.project.organisation, who, what, project=batch.project.slug, batch=batch.pk, **details)
