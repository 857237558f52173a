"""Who is asking: a session's volunteer, or the account behind a bearer token."""

from dataclasses import dataclass

from django.contrib.auth import login
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _

from .crosssite import bears_token
from .enums import Scope
from .models import Token, Volunteer

BACKEND = "accounts.sessions.VolunteerBackend"


@dataclass(frozen=True, slots=True)
class Caller:
    """``scopes`` is None for a session, which may do whatever its volunteer may."""

    volunteer: Volunteer
    scopes: frozenset[str] | None = None

    def may(self, scope: Scope) -> bool:
        return self.scopes is None or scope in self.scopes


class NotSignedIn(Exception):
    """Nobody is asking, or the token is not valid; ``str(error)`` is fit for a person."""


class NotAllowed(Exception):
    """This caller may not do that; ``str(error)`` is fit for a person."""


def caller_of(request: HttpRequest) -> Caller | None:
    """Return who is asking, None for a visitor without session.

    Raises ``NotSignedIn`` for a bearer token that is unknown, expired or revoked.
    """
    if bears_token(request):
        return bearer_of(request.headers["Authorization"][len("bearer ") :].strip())
    return Caller(request.user) if request.user.is_authenticated else None


def bearer_of(text: str) -> Caller:
    token = Token.objects.valid(timezone.now()).select_related("volunteer").filter(digest=Token.digest_of(text)).first()
    if token is None:
        raise NotSignedIn(_("This bearer token is unknown, expired or revoked. Ask for a new one."))
    return Caller(token.volunteer, frozenset(token.scopes))


def require(request: HttpRequest, scope: Scope) -> Caller:
    """Return the caller if there is one with this scope. Raises ``NotSignedIn`` and ``NotAllowed``."""
    caller = caller_of(request)
    if caller is None:
        raise NotSignedIn(_("Press Play first, or send a bearer token."))
    return require_scope(caller, scope)


def welcome(request: HttpRequest) -> Caller:
    """Return the caller with scope ``play``; a visitor becomes an anonymous volunteer with a session."""
    if (caller := caller_of(request)) is None:
        volunteer = Volunteer.objects.anonymous()
        login(request, volunteer, backend=BACKEND)
        get_token(request)
        return Caller(volunteer)
    return require_scope(caller, Scope.PLAY)


def require_scope(caller: Caller, scope: Scope) -> Caller:
    if not caller.may(scope):
        raise NotAllowed(_("This token may not do that: it lacks the scope “%(scope)s”.") % {"scope": scope.value})
    return caller
