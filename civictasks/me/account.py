"""Keep anonymous work by making an account; bring what was done before signing in."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authentication import BACKEND
from accounts.devices import remember_device
from accounts.errors import NotAGuest, RegistrationRefused
from accounts.guests import forget_guest, guest_of, remember_guest
from accounts.models import Volunteer
from accounts.registering import register
from accounts.signing_in import Busy
from tasks.playing.bringing import Brought, bring_answers

from .door import VolunteersRequest, volunteer_required


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep_work(request: HttpRequest) -> HttpResponse:
    """Make an account of whoever is here: an anonymous volunteer keeps all work, a visitor begins with none."""
    if request.user.is_authenticated and request.user.has_usable_password():
        return render(request, "me/reminder.html", {"me": request.user})
    if request.method != "POST":
        return show(request)
    volunteer = request.user if request.user.is_authenticated else Volunteer()
    try:
        register(volunteer, request.POST.get("username", ""), request.POST.get("password", ""))
    except RegistrationRefused as error:
        return show(request, str(error), error.field, 422)
    except Busy:
        return show(request, _("Many people are signing in just now. Try again in a few seconds."), status=503)
    login(request, volunteer, backend=BACKEND)  # the session gets another key
    response = redirect("my-account")
    remember_device(request, response, volunteer.username)
    return response


def show(request: HttpRequest, problem: str = "", field: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "field": field, "username": request.POST.get("username", "")[:150]}
    return render(request, "me/account.html", context, status=status)


@require_POST
@volunteer_required
def bring(request: VolunteersRequest) -> HttpResponse:
    guest = guest_of(request)
    forget_guest(request)
    if "apart" in request.POST or guest is None:
        messages.success(request, _("It stays anonymous: nobody can tell that it was you."))
        return redirect("me")
    try:
        messages.success(request, sentence(bring_answers(guest, request.user)))
    except NotAGuest:
        messages.error(request, _("That work is no longer there to be brought: it was brought or erased before."))
    except IntegrityError:
        remember_guest(request, guest)
        messages.error(request, _("You are answering in another window at this moment. Nothing was moved: try again."))
    return redirect("me")


def sentence(brought: Brought) -> str:
    moved = ngettext("%(moved)d answer is yours now.", "%(moved)d answers are yours now.", brought.moved)
    text = moved % {"moved": brought.moved}
    if brought.left:
        left = ngettext(
            "%(left)d stays anonymous: your account has read or settled that line itself.",
            "%(left)d stay anonymous: your account has read or settled those lines itself.",
            brought.left,
        )
        text += " " + left % {"left": brought.left}
    return text
