"""Somebody is asked into a team and says yes or no. Whether a name is anybody's is told to no owner."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import record
from .enums import Role
from .errors import RegistrationRefused, TeamError
from .models import Invitation, Membership, Organisation, Volunteer
from .registering import cleaned_username


@transaction.atomic
def invite(organisation: Organisation, who: Volunteer, username: str, role: Role) -> Invitation:
    """Ask the account of this name into the team; for a name that is nobody's it looks the same to everyone.

    A second call changes the role at most, or renews one that is over. Raises ``TeamError`` for a name that no account
    can have, or that of a member, whom the owner sees anyway.
    """
    try:
        username = cleaned_username(username)
    except RegistrationRefused as refused:
        raise TeamError(str(refused)) from None
    if Membership.objects.filter(organisation=organisation, volunteer__username=username).exists():
        raise TeamError(_("“%(name)s” is in the team already: change the role above.") % {"name": username})
    account = Volunteer.objects.filter(username=username, erased_at=None).first()
    invitation, made = Invitation.objects.get_or_create(
        organisation=organisation, username=username, defaults={"role": role, "volunteer": account}
    )
    changed = invitation.role != role or invitation.is_over
    if invitation.is_over:
        invitation.created_at = timezone.now()
    invitation.role, invitation.volunteer = role, account
    invitation.save(update_fields=["role", "volunteer", "created_at"])
    if made or changed:
        record(organisation, who, "member.invited", invitation=invitation.pk, role=role)
    return invitation


@transaction.atomic
def accept(invitation: int, who: Volunteer) -> Organisation | None:
    """Join the team and return the organisation; None when the invitation is no longer there.

    Raises ``TeamError`` for one that is over.
    """
    found = own(invitation, who)
    if found is None:
        return None
    if found.is_over:
        raise TeamError(_("This invitation is over: it held for two weeks. Ask its owner to invite you again."))
    found.delete()
    _member, joined = Membership.objects.get_or_create(
        organisation=found.organisation, volunteer=who, defaults={"role": found.role}
    )
    if joined:
        record(found.organisation, who, "member.joined", invitation=invitation, member=who.pk, role=found.role)
    return found.organisation


@transaction.atomic
def decline(invitation: int, who: Volunteer) -> Organisation | None:
    """Do not join. The trail names nobody: boards know this person by a name that the organisation need not learn."""
    found = own(invitation, who)
    if found is None:
        return None
    found.delete()
    record(found.organisation, None, "invitation.declined", invitation=invitation)
    return found.organisation


@transaction.atomic
def revoke_invitation(invitation: int, who: Volunteer) -> Invitation | None:
    """Take an invitation of an organisation of this owner back; None when it is no longer there."""
    owned = Organisation.objects.of(who, Role.OWNER)
    found = Invitation.objects.select_related("organisation").filter(pk=invitation, organisation__in=owned).first()
    if found is None or not Invitation.objects.filter(pk=invitation).delete()[0]:
        return None
    record(found.organisation, who, "invitation.revoked", invitation=invitation)
    return found


def invitations_of(who: Volunteer) -> QuerySet[Invitation]:
    return Invitation.objects.filter(volunteer=who).select_related("organisation").order_by("pk")


def own(invitation: int, who: Volunteer) -> Invitation | None:
    """Return the invitation of this person, locked: who accepts it in two windows joins once."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.filter(pk=invitation, volunteer=who).first()
