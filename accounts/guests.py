"""Someone who worked anonymously signs in: the account may be offered that work as long as the session lasts."""

from django.contrib.auth import login
from django.http import HttpRequest

from .authentication import BACKEND
from .models import Volunteer

GUEST = "guest"


def sign_in_remembering_guest(request: HttpRequest, account: Volunteer) -> None:
    """Begin a session of the account. Another volunteer's session in this browser ends, key and all."""
    before = request.user if request.user.is_authenticated else None
    login(request, account, backend=BACKEND)
    if before and before.last_answer_at and not before.has_usable_password():
        remember_guest(request, before.pk)


def remember_guest(request: HttpRequest, guest: int) -> None:
    request.session[GUEST] = guest


def guest_of(request: HttpRequest) -> int | None:
    return request.session.get(GUEST)


def forget_guest(request: HttpRequest) -> None:
    request.session.pop(GUEST, None)
