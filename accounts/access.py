"""The one gate to an organisation's work: who may see and do what.

A view of the desk names the least role it asks for and takes every object through ``visible_to``; what belongs to
another organisation does not exist there (404).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from .enums import Role
from .models import Invitation, Membership, Organisation, Volunteer


class MemberRequest(HttpRequest):
    """What a view behind the gate gets: somebody has signed in."""

    user: Volunteer


def role_in(volunteer: Volunteer, organisation: int) -> Role | None:
    """The volunteer's role in an organisation, None for a stranger."""
    member = Membership.objects.filter(volunteer=volunteer.pk, organisation=organisation).first()
    return Role(member.role) if member else None


def membership_required(role: Role = Role.REVIEWER) -> Callable:
    """Let nobody in who has not at least this role in some organisation; which one, ``visible_to`` judges.

    A visitor is sent to the sign-in and comes back; a volunteer without such a role gets 403, or is sent to an
    invitation that waits for a yes.
    """

    def admits(request: HttpRequest) -> bool:
        return request.user.is_authenticated and Organisation.objects.of(request.user, role).exists()

    def gate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated or not request.user.has_usable_password():
                return redirect_to_login(request.get_full_path(), reverse("sign-in"))
            return view(request, *args, **kwargs) if admits(request) else turned_away(request.user)

        guarded.least_role = role  # type: ignore[attr-defined]  # the test of routes by role reads it
        guarded.admits = admits  # type: ignore[attr-defined]  # asked before a form is read for its token
        return guarded

    return gate


def turned_away(volunteer: Volunteer) -> HttpResponse:
    """Send somebody who is invited to their invitation. Raises ``PermissionDenied`` with a sentence for all others."""
    if Membership.objects.filter(volunteer=volunteer).exists():
        raise PermissionDenied(_("Your account may not do this. Ask an owner of your organisation."))
    if Invitation.objects.filter(volunteer=volunteer).exists():
        return redirect("me")
    raise PermissionDenied(_("Your account is in no team yet. An owner of an organisation can invite your user name."))
