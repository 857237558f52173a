"""Another password: the other sessions end, this one stays."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.devices import remember_device
from accounts.errors import RegistrationRefused
from accounts.passwords import change_password
from accounts.signing_in import LONGEST_PASSWORD, Braked, Busy, check

from .door import VolunteersRequest, volunteer_required


@sensitive_post_parameters("current", "password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_required
def password(request: VolunteersRequest) -> HttpResponse:
    if not request.user.has_usable_password():
        return redirect("my-account")
    if request.method != "POST":
        return show(request)
    try:
        if refusal := why_not(request):
            return show(request, *refusal)
        change_password(request.user, request.POST["password"], session=request.session.session_key)
    except RegistrationRefused as error:
        return show(request, "password", str(error))
    except Braked as braked:
        words = _("The password was tried too often. Wait %(wait)s, then try again.")
        return show(request, "current", words % {"wait": timeuntil(braked.until)}, 429)
    except Busy:
        return show(request, "", _("Many people are signing in just now. Try again in a few seconds."), 503)
    update_session_auth_hash(request, request.user)  # else this session would end with the others
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    response = redirect("me")
    remember_device(request, response, request.user.username)
    return response


def why_not(request: VolunteersRequest) -> tuple[str, str] | None:
    """Return the field that is wrong and what is wrong with it. Raises ``Braked`` and ``Busy``."""
    new = request.POST.get("password", "")
    if new != request.POST.get("again", ""):
        return "again", _("These are two different passwords. Type the new one twice.")
    if not new:
        return "password", _("Type a new password.")
    if check(request, request.user.username, request.POST.get("current", "")[:LONGEST_PASSWORD]) != request.user:
        return "current", _("This is not your password. Nothing was changed.")
    return None


def show(request: VolunteersRequest, field: str = "", problem: str = "", status: int = 422) -> HttpResponse:
    context = {"field": field, "problem": problem, "me": request.user}
    return render(request, "me/password.html", context, status=status if problem else 200)
