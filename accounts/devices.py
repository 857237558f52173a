"""A device that has signed in before is known by a cookie, so that strangers who guess at a name lock nobody out there.

After OWASP's “device cookies”. The cookie is a random number with a signature for each account that signed in with it.
It names nobody and opens nothing: it moves the tries made there to a counter of the device's own.
"""

import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "device"
KEPT = timedelta(days=365)
ACCOUNTS = 8  # that one device remembers, the latest first: a reading room's machine has several
NUMBER, SIGNATURE = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{32}")


def device_digest(request: HttpRequest, name: str) -> bytes | None:
    """Return what the tries of this device under this name are counted by; None where it never signed in so."""
    number, signatures = read(request)
    own = signature(number, name)
    if not any(constant_time_compare(own, other) for other in signatures):
        return None
    return salted_hmac("accounts.devices.tries", f"{number}.{name}", algorithm="sha256").digest()


def remember_device(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Let the browser keep that this account signed in here."""
    number, signatures = read(request)
    number = number or secrets.token_hex(16)
    own = signature(number, name)
    keep(response, number, [own, *(other for other in signatures if other != own)][:ACCOUNTS])


def forget_device(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Take this account's signature off the cookie; others that sign in here keep theirs."""
    number, signatures = read(request)
    others = [other for other in signatures if other != signature(number, name)]
    if others:
        keep(response, number, others)
    elif COOKIE in request.COOKIES:
        response.delete_cookie(COOKIE, samesite="Lax")


def keep(response: HttpResponseBase, number: str, signatures: list[str]) -> None:
    response.set_cookie(
        COOKIE,
        ".".join([number, *signatures]),
        max_age=KEPT,
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        samesite="Lax",
    )


def read(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the device's number and its signatures, whose truth is judged later; nothing of a malformed cookie."""
    number, *signatures = request.COOKIES.get(COOKIE, "").split(".")
    if not NUMBER.fullmatch(number):
        return "", []
    return number, [each for each in signatures if SIGNATURE.fullmatch(each)][:ACCOUNTS]


def signature(number: str, name: str) -> str:
    return salted_hmac("accounts.devices", f"{number}.{name}", algorithm="sha256").hexdigest()[:32]
