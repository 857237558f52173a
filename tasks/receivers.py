"""A volunteer is forgotten: seats go back, reports lose their words. Answers stay."""

from django.dispatch import receiver

from accounts.signals import volunteer_erased

from .leasing.leases import free_seats
from .models import Answer, Flag, Lease, Pace, Skill


@receiver(volunteer_erased, dispatch_uid="tasks.erased")
def erased(volunteer: int, **_signal: object) -> None:
    """What was learned about the answers stays with them: it names nobody any more, and others rely on it. Nothing says
    any longer with whom somebody was of one mind or in one network.

    Leases of answers given are forgotten with all others after a month; there is no index to find them by now.
    """
    free_seats(Lease.objects.live().filter(volunteer=volunteer))
    Lease.objects.filter(volunteer=volunteer, skipped=True).delete()
    Answer.objects.filter(volunteer=volunteer).exclude(grp=None).update(grp=None)
    Skill.objects.filter(volunteer=volunteer).exclude(ring=None).update(ring=None)
    Pace.objects.filter(volunteer=volunteer).delete()
    Flag.objects.filter(volunteer=volunteer).update(reason="")
