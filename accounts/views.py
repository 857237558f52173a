"""Sign in and out: the one door for members of an organisation and for volunteers with an account."""

from datetime import timedelta
from math import ceil

from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .devices import remember_device
from .guests import sign_in_remembering_guest
from .signing_in import LONGEST_PASSWORD, Braked, Busy, check

AT_THE_DESK = timedelta(hours=12)  # a member's session ends after a working day; a volunteer's lasts longer


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request)
    try:
        account = check(request, request.POST.get("username", ""), request.POST.get("password", "")[:LONGEST_PASSWORD])
    except Braked as braked:
        return show(request, ask_to_wait(braked.until - timezone.now()), status=429)
    except Busy:
        return show(request, _("Many people are signing in just now. Try again in a few seconds."), status=503)
    if account is None:
        return show(request, _("Name and password do not fit together. Both are case-sensitive."), status=422)
    sign_in_remembering_guest(request, account)
    member = account.membership_set.exists()
    if member:
        request.session.set_expiry(AT_THE_DESK)
    response = redirect(wished(request) or ("/desk/" if member else "/me/"))
    remember_device(request, response, account.username)
    return response


def show(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "problem": problem,
        "username": given.get("username", "")[:150],
        "next": given.get(REDIRECT_FIELD_NAME, ""),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def ask_to_wait(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    if seconds > 90:
        minutes = ceil(seconds / 60)
        return _("This name was tried too often. Wait %(minutes)d minutes, then try again.") % {"minutes": minutes}
    wait_so_long = ngettext(
        "This name was tried too often. Wait %(seconds)d second, then try again.",
        "This name was tried too often. Wait %(seconds)d seconds, then try again.",
        seconds,
    )
    return wait_so_long % {"seconds": seconds}


def wished(request: HttpRequest) -> str:
    """Where they were going, if that is a path on this site: a bare word would be taken for the name of a route."""
    wish = request.POST.get(REDIRECT_FIELD_NAME, "")
    here = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return wish if here and wish.startswith("/") else ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")
