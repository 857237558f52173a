"""A person asks to be forgotten: everything personal goes, the answers stay under a pseudonym that leads nowhere."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import record
from .enums import Role
from .errors import LastOwner
from .models import Invitation, Membership, Organisation, Session, Token, Volunteer, random_seed, random_username
from .signals import volunteer_erased


@transaction.atomic
def erase(volunteer: Volunteer) -> None:
    """Delete name, password, sessions, tokens, memberships and invitations; replace the seed, which makes pseudonyms.

    A second call does no harm. Raises ``LastOwner``.
    """
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    leave_organisations(volunteer)
    Invitation.objects.filter(Q(volunteer=volunteer) | Q(username=volunteer.username)).delete()
    Token.objects.filter(volunteer=volunteer).delete()
    Session.objects.filter(volunteer=volunteer).delete()
    volunteer_erased.send(Volunteer, volunteer=volunteer.pk)
    Volunteer.objects.filter(pk=volunteer.pk).update(
        username=random_username(),
        password=make_password(None),
        display_name=None,
        name_skeleton=None,
        seed=random_seed(),
        erased_at=timezone.now(),
    )


def leave_organisations(volunteer: Volunteer) -> None:
    """End the memberships. Raises ``LastOwner`` where nobody else could look after an organisation."""
    # Their rows are locked in one order: two owners who leave at once do not both count on the other.
    organisations = list(Organisation.objects.of(volunteer).order_by("pk").select_for_update(of=("self",), no_key=True))
    orphans = [organisation for organisation in organisations if is_last_owner(volunteer, organisation)]
    if orphans:
        names = ", ".join(organisation.name for organisation in orphans)
        sentence = _("You are the last owner of %(names)s. Make somebody else an owner there first, then come back.")
        raise LastOwner(sentence % {"names": names})
    for organisation in organisations:
        record(organisation, volunteer, "member.erased")
    Membership.objects.filter(volunteer=volunteer).delete()


def is_last_owner(volunteer: Volunteer, organisation: Organisation) -> bool:
    owners = Membership.objects.filter(organisation=organisation, role=Role.OWNER)
    return owners.filter(volunteer=volunteer).exists() and not owners.exclude(volunteer=volunteer).exists()
