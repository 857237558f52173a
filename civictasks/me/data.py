"""Everything the site holds about me, to keep or to erase."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.devices import forget_device
from accounts.erasing import erase
from accounts.errors import LastOwner
from accounts.holdings import as_json
from accounts.signing_in import LONGEST_PASSWORD, Braked, Busy, check

from .door import VolunteersRequest, volunteer_required

FILE = "civic-tasks-my-data.json"


@never_cache
@require_safe
@volunteer_required
def download(request: VolunteersRequest) -> HttpResponseBase:
    response = StreamingHttpResponse(as_json(request.user), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_required
def erase_me(request: VolunteersRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request)
    if problem := why_not(request):
        return show(request, problem, 422)
    name = request.user.username
    try:
        erase(request.user)
    except LastOwner as error:
        return show(request, str(error), 409)
    logout(request)
    response = redirect("erased")
    response["Clear-Site-Data"] = '"storage"'  # drafts and answers that were kept on this device
    response.delete_cookie(settings.CSRF_COOKIE_NAME)
    forget_device(request, response, name)
    return response


def why_not(request: VolunteersRequest) -> str:
    """Return what is missing: the tick, or the password of an account, so that no unlocked screen is enough."""
    if "sure" not in request.POST:
        return _("Tick the box first: this cannot be taken back.")
    if not request.user.has_usable_password():
        return ""
    try:
        account = check(request, request.user.username, request.POST.get("password", "")[:LONGEST_PASSWORD])
    except Braked as braked:
        wait = {"wait": timeuntil(braked.until)}
        return _("The password was tried too often. Wait %(wait)s, then try again.") % wait
    except Busy:
        return _("Many people are signing in just now. Try again in a few seconds.")
    return "" if account == request.user else _("This is not your password. Nothing was erased.")


def show(request: VolunteersRequest, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "has_account": request.user.has_usable_password()}
    return render(request, "me/erase.html", context, status=status)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "me/erased.html")
