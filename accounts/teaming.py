"""Who belongs to an organisation, and the tokens of its programs."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .audit import record
from .enums import Role
from .errors import TeamError
from .models import Membership, Organisation, Token, Volunteer


@transaction.atomic
def change_role(member: Membership, who: Volunteer, role: Role) -> None:
    """Raises ``TeamError`` where the organisation would be left without an owner."""
    keep_an_owner(member, role)
    Membership.objects.filter(pk=member.pk).update(role=role)
    record(member.organisation, who, "member.changed", member=member.volunteer_id, role=role)


@transaction.atomic
def remove_member(member: Membership, who: Volunteer) -> None:
    """Raises ``TeamError`` where the organisation would be left without an owner."""
    keep_an_owner(member, None)
    Membership.objects.filter(pk=member.pk).delete()
    record(member.organisation, who, "member.removed", member=member.volunteer_id)


def keep_an_owner(member: Membership, role: Role | None) -> None:
    """Two owners who remove each other at the same moment meet at the organisation's row: one of them stays."""
    Organisation.objects.select_for_update().get(pk=member.organisation_id)
    owners = Membership.objects.filter(organisation=member.organisation_id, role=Role.OWNER)
    if role != Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise TeamError(_("An organisation needs an owner: make somebody else one first."))


@transaction.atomic
def issue_token(who: Volunteer, name: str, scopes: list[str]) -> str:
    """Return the token's text, which is shown this once. The trails of all organisations of its owner know of it."""
    text = Token.issue(who, name, sorted(scopes))
    for organisation in Organisation.objects.of(who, Role.ARCHIVIST):
        record(organisation, who, "token.issued", name=name, scopes=sorted(scopes))
    return text


@transaction.atomic
def revoke_token(token: Token, who: Volunteer) -> bool:
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    for organisation in Organisation.objects.of(who, Role.REVIEWER):
        record(organisation, who, "token.revoked", name=token.name)
    return True
