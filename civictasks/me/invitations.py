"""An organisation asks for me: yes or no."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import TeamError
from accounts.inviting import accept, decline
from accounts.views import AT_THE_DESK

from .door import VolunteersRequest, volunteer_required


@require_POST
@volunteer_required
def answer_invitation(request: VolunteersRequest, invitation: int) -> HttpResponse:
    joins = "accept" in request.POST
    try:
        organisation = (accept if joins else decline)(invitation, request.user)
    except TeamError as error:
        messages.error(request, str(error))
        return redirect("me")
    if organisation is None:
        messages.error(request, _("This invitation is no longer there: it was answered or revoked."))
        return redirect("me")
    name = {"name": organisation.name}
    if not joins:
        messages.success(request, _("You are not in the team of %(name)s, and nobody is told why.") % name)
        return redirect("me")
    request.session.set_expiry(AT_THE_DESK)
    messages.success(request, _("Welcome to the team of %(name)s.") % name)
    return redirect("desk:home")
