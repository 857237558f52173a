"""Who comes back is found by one prepared statement: each request of the loop begins with it.

A session is fetched together with its account, and its signature is checked once in a process: two statements and a
check at each request took a third of what a request costs before anything is done for the volunteer.
"""

from functools import lru_cache
from typing import Any

from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends import db
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from .authentication import BACKEND
from .models import Session, Volunteer
from .prepared import Given, Selection

COLUMNS = [field.attname for field in Volunteer._meta.concrete_fields]
REMEMBERED = 10_000  # texts of sessions, some hundred bytes each


@Selection
def live_session():
    rows = Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now", Session.expire_date.field))
    return rows.values_list("session_data", *(f"volunteer__{column}" for column in COLUMNS))


class Unread(signing.JSONSerializer):
    """Leaves what was signed as it is: it is read anew for each request."""

    def loads(self, data: bytes) -> bytes:
        return data


@lru_cache(REMEMBERED)
def content_of(text: Any, salt: str) -> Any:
    """Return what a session's text says, in JSON. Raises ``BadSignature``."""
    return signing.loads(text, salt=salt, serializer=Unread)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, each with its volunteer beside it."""

    account: "list[Any] | None" = None  # the columns of the session's volunteer, once it is loaded

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.volunteer_id = data.get(auth.SESSION_KEY)
        return session

    def load(self) -> dict[str, Any]:
        rows = live_session.rows(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return {}
        [(text, *self.account)] = rows
        return self.decode(text)

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return self.serializer().loads(content_of(session_data, self.key_salt))
        except Exception:  # whatever is wrong with it, Django says so
            return super().decode(session_data)


class VolunteerBackend(ModelBackend):
    """Passwords as in Django. Each session names this class."""


class VolunteerMiddleware(AuthenticationMiddleware):
    """Knows who is asking without another statement."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: volunteer_of(request))  # type: ignore[assignment]  # it passes for one


def volunteer_of(request: HttpRequest) -> Any:
    """Return the session's volunteer, or Django's anonymous user; whatever is unusual is left to Django to judge."""
    session: Any = request.session
    number = session.get(auth.SESSION_KEY)
    if session.account and number == str(session.account[0]) and session.get(auth.BACKEND_SESSION_KEY) == BACKEND:
        volunteer = Volunteer.from_db("default", COLUMNS, session.account)
        if constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), volunteer.get_session_auth_hash()):
            return volunteer
    return auth.get_user(request)
