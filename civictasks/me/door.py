"""Who may come in: anyone with a session, anonymous or not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.models import Volunteer


class VolunteersRequest(HttpRequest):
    user: Volunteer


def volunteer_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send a visitor to ``/me/``, which says how to begin."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else redirect("me")

    return guarded
