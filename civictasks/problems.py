"""Problem documents (RFC 9457): every error of the API says what is wrong and what to do."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accounts.authentication import NotAllowed, NotSignedIn
from accounts.crosssite import PROBLEM
from exports.errors import Withdrawn
from tasks.errors import (
    EnoughReports,
    ProjectNotOpen,
    TasksError,
    TooLateToUndo,
    UnknownAnswer,
    UnknownProject,
    UnknownWorkflow,
)

logger = logging.getLogger(__name__)

STATUSES: dict[type[TasksError], int] = {
    EnoughReports: 409,
    ProjectNotOpen: 409,
    TooLateToUndo: 409,
    UnknownAnswer: 404,
    UnknownProject: 404,
    UnknownWorkflow: 404,
}


def problem(status: int, title: str, detail: str, **more: Any) -> JsonResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type=PROBLEM)


def not_found() -> JsonResponse:
    return problem(404, _("There is nothing here."), _("Check the address: it may have been mistyped or withdrawn."))


def too_big() -> JsonResponse:
    return problem(413, _("The request is too big."), _("Send fewer entries in one request."))


def no_forms() -> JsonResponse:
    return problem(415, _("This address takes no forms."), _("Send JSON, with “Content-Type: application/json”."))


def fault() -> JsonResponse:
    detail = _("The fault is ours and has been noted. Try again in a minute: nothing is counted twice.")
    return problem(500, _("Something went wrong."), detail)


def not_now(error: str) -> JsonResponse:
    """Answer while the database cannot write; the words are SQLite's and PostgreSQL's."""
    detail = _("The site is very busy. Nothing was stored: send the same again in a moment, it is counted once.")
    if "disk is full" in error or "No space left" in error:
        detail = _("The site's disk is full. Nothing was stored: keep your text and try again when there is room.")
    response = problem(503, _("This cannot be stored just now."), detail)
    response["Retry-After"] = "10"
    return response


def of_the_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def unstorable(request: HttpRequest, error: DataError | type[DataError]) -> HttpResponse:
    """PostgreSQL takes neither the character NUL nor numbers that are too large; SQLite does."""
    detail = _("A text holds a character, or a number is of a size, that cannot be stored. Nothing was changed.")
    return problem(422, _("The request does not fit."), detail)


def bad_request_page(request: HttpRequest, exception: Any) -> HttpResponse:
    """Answer what Django refuses before any view: another host, a broken form, too much of something."""
    if not of_the_api(request):
        if words := too_much(request, exception):
            return render(request, "413.html", {"words": words}, status=413)
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return too_big()
    detail = _("It was damaged on its way, is addressed to another site, or holds too much. Nothing was changed.")
    return problem(400, _("The request cannot be understood."), detail)


def too_much(request: HttpRequest, exception: Any) -> str:
    """Say what of a form is too much and what to do; empty when something else is wrong with it.

    The server may have dropped a body that is too long: then it looks damaged.
    """
    if isinstance(exception, TooManyFilesSent):
        words = _(
            "More than %(most)d files came in one form. Pack them into a ZIP and send that, or send fewer at once."
        )
        return words % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
    if isinstance(exception, TooManyFieldsSent):
        words = _("The form came with more than %(most)d fields. Fill it in again from its own page.")
        return words % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    length = request.META.get("CONTENT_LENGTH") or ""
    if isinstance(exception, RequestDataTooBig) or (length.isdecimal() and int(length) > settings.LONGEST_BODY):
        return _("This is longer than the site takes in one form. Shorten it, or send it in several parts.")
    return ""


def missing_page(request: HttpRequest, exception: Any) -> HttpResponse:
    return not_found() if of_the_api(request) else defaults.page_not_found(request, exception)


def fault_page(request: HttpRequest) -> HttpResponse:
    if not of_the_api(request):
        return defaults.server_error(request)
    error = sys.exception()
    return not_now(str(error)) if isinstance(error, OperationalError) else fault()


def answer_wrong_methods(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the router refuses a method in plain text, before any view or handler of the API is asked."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not of_the_api(request):
            return response
        allowed = ", ".join(sorted(response["Allow"].split(", ")))
        detail = _("This address takes %(methods)s.") % {"methods": allowed}
        refusal = problem(405, _("This address does not take %(method)s.") % {"method": request.method}, detail)
        refusal["Allow"] = allowed
        return refusal

    return respond


def install(api: NinjaAPI) -> None:
    """Answer every error that a view of the API may raise with a problem document."""
    api.add_exception_handler(Http404, missing_page)
    api.add_exception_handler(DataError, unstorable)
    api.add_exception_handler(RequestDataTooBig, bad_request_page)

    @api.exception_handler(TasksError)
    def of_the_domain(request: HttpRequest, error: TasksError) -> HttpResponse:
        return problem(STATUSES.get(type(error), 400), _("This could not be done."), str(error))

    @api.exception_handler(Withdrawn)
    def withdrawn(request: HttpRequest, error: Withdrawn) -> HttpResponse:
        return problem(410, _("This version was withdrawn."), str(error))

    @api.exception_handler(NotSignedIn)
    def nobody(request: HttpRequest, error: NotSignedIn) -> HttpResponse:
        response = problem(401, _("Nobody is signed in."), str(error))
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(NotAllowed)
    def not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
        return problem(403, _("This is not allowed."), str(error))

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = [{"where": ".".join(map(str, e["loc"])), "what": e["msg"]} for e in error.errors]
        detail = "; ".join(f"{e['where']}: {e['what']}" for e in wrong)
        return problem(422, _("The request does not fit."), detail, errors=wrong)

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, RawPostDataException):  # the router words every fault of a body as its own
            return no_forms()
        return problem(error.status_code, _("The request does not fit."), str(error))

    @api.exception_handler(OperationalError)
    def database(request: HttpRequest, error: OperationalError) -> HttpResponse:
        logger.error("%s %s failed: %s", request.method, request.path, error)
        return not_now(str(error))

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        return fault()
