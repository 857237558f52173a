"""Take a version back: its files are gone, its page says why."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Volunteer

from .enums import ReleaseState
from .errors import ReasonMissing
from .models import Release


@transaction.atomic
def withdraw(release: Release, volunteer: Volunteer, reason: str) -> bool:
    """Withdraw a published version for good; False when it was withdrawn before.

    The number is not given again, and the files stay on the disk, where nobody reaches them over the web. Raises
    ``ReasonMissing``.
    """
    if not reason.strip():
        raise ReasonMissing(_("Write why: whoever has cited this version reads it in its place."))
    published = Release.objects.filter(pk=release.pk, state=ReleaseState.PUBLISHED)
    if not published.update(state=ReleaseState.WITHDRAWN, withdrawn_at=timezone.now(), reason=reason.strip()):
        return False
    organisation = release.project.organisation
    record(organisation, volunteer, "release.withdrawn", project=release.project_id, number=release.number)
    return True
