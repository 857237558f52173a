"""Who comes back is found by two prepared statements: each request of the loop begins with them."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.utils import timezone

from .models import Session, Volunteer
from .prepared import Given, Selection

COLUMNS = [field.attname for field in Volunteer._meta.concrete_fields]


@Selection
def live_session():
    rows = Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now", Session.expire_date.field))
    return rows.values_list("session_key", "session_data", "expire_date")


@Selection
def account():
    return Volunteer.objects.filter(pk=Given("volunteer")).values_list(*COLUMNS)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, each with its volunteer beside it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.volunteer_id = data.get(SESSION_KEY)
        return session

    def _get_session_from_db(self) -> Session | None:
        rows = live_session.rows(key=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return None
        [(key, data, expires_at)] = rows
        return Session(session_key=key, session_data=data, expire_date=expires_at)


class VolunteerBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Volunteer | None:
        rows = account.rows(volunteer=user_id)
        return Volunteer.from_db("default", COLUMNS, rows[0]) if rows else None
