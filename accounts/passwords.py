"""An account gets another password."""

from django.db import transaction

from .audit import record
from .models import Organisation, Session, Volunteer
from .registering import hashed, refuse_weak


def change_password(volunteer: Volunteer, password: str, *, session: str | None) -> None:
    """Set the password and end all sessions of the account but the one of that key.

    Raises ``RegistrationRefused`` for a weak one, and ``Busy``.
    """
    refuse_weak(password, volunteer.username, volunteer)
    kept = hashed(password)
    with transaction.atomic():
        Volunteer.objects.filter(pk=volunteer.pk).update(password=kept)
        Session.objects.filter(volunteer=volunteer).exclude(session_key=session).delete()
        for organisation in Organisation.objects.of(volunteer).order_by("pk"):
            record(organisation, volunteer, "password.changed")
    volunteer.password = kept
