"""The cookie and CSRF rule.

An unsafe request with a session must carry the CSRF token, in the header ``X-CSRFToken`` or as a form field. Without a
session it carries no authority and needs no token, but must not come from another site. With a bearer token no cookie
counts, and other sites cannot send that header.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
PROBLEM = "application/problem+json"


def bears_token(request: HttpRequest) -> bool:
    return request.META.get("HTTP_AUTHORIZATION", "").lower().startswith("bearer ")


def has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def from_this_site(request: HttpRequest) -> bool:
    """Judge by ``Origin``, else by ``Sec-Fetch-Site``; a program that sends neither is no browser."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return host_of(origin) == request.get_host() or origin in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # half an IPv6 address
        return None


def every_view(request: HttpRequest) -> HttpResponse:
    """Stand in for the view, so that no view can declare itself exempt."""
    return HttpResponse()


class CrossSiteMiddleware(CsrfViewMiddleware):
    def process_view(  # type: ignore[override]  # the stubs know only Django's own page of refusal
        self, request: HttpRequest, callback: Callable[..., HttpResponseBase], args: tuple, kwargs: dict
    ) -> HttpResponseBase | None:
        if request.method in SAFE_METHODS or bears_token(request):
            return None
        if has_session(request):
            if turned_away(request, callback):
                return None
            return super().process_view(request, every_view, args, kwargs)
        return None if from_this_site(request) else refused(request, "cross-site")

    def _check_token(self, request: HttpRequest) -> None:
        """A token in the header spares the body: it may be long, and who may send it has not been judged yet."""
        method = request.method
        if settings.CSRF_HEADER_NAME in request.META or request.path.startswith("/api/"):
            request.method = "PUT"  # of which Django reads the header alone
        try:
            super()._check_token(request)  # type: ignore[misc]  # the stubs leave it out
        finally:
            request.method = method


def turned_away(request: HttpRequest, callback: Callable[..., HttpResponseBase]) -> bool:
    """Whether the gate of the desk will refuse this person anyway: then nobody need read the form for its token."""
    admits = getattr(callback, "admits", None)
    return admits is not None and not admits(request)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    title = _("This request was not accepted.")
    detail = _("The page is older than your session, or it belongs to another site. Reload the page and try again.")
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": 403, "detail": detail}
        return JsonResponse(problem, status=403, content_type=PROBLEM)
    return render(request, "403.html", {"title": title, "detail": detail}, status=403)
