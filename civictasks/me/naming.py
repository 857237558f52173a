"""A public name, or none."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.choosing import choose_name, remove_name
from accounts.errors import NameRefused
from accounts.naming import LONGEST, pen_name

from .door import VolunteersRequest, volunteer_required


@require_http_methods(["GET", "HEAD", "POST"])
@volunteer_required
def name(request: VolunteersRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request, request.user.display_name or "")
    if "remove" in request.POST:
        remove_name(request.user)
        messages.success(request, _("Boards show your pen name again: “%(name)s”.") % {"name": request.user})
        return redirect("me")
    typed = request.POST.get("name", "")
    try:
        kept = choose_name(request.user, typed)
    except NameRefused as error:
        return show(request, typed, str(error))
    messages.success(request, _("Boards show you as “%(name)s”.") % {"name": kept})
    return redirect("me")


def show(request: VolunteersRequest, typed: str, problem: str = "") -> HttpResponse:
    context = {
        "typed": typed,
        "problem": problem,
        "longest": LONGEST,
        "chosen": request.user.display_name,
        "pen_name": pen_name(bytes(request.user.seed)),
    }
    return render(request, "me/name.html", context, status=422 if problem else 200)
