"""Who acts: volunteers (every account, anonymous ones too), organisations and their members, bearer tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from .enums import Role
from .naming import pen_name

UNUSED_AFTER = timedelta(hours=24)
INVITED_FOR = timedelta(days=14)
RANDOM_NAME = "v-"  # what the user names begin with that nobody chose


def random_seed() -> bytes:
    return secrets.token_bytes(16)


def random_username() -> str:
    return RANDOM_NAME + secrets.token_hex(12)


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def anonymous_ones(self) -> "VolunteerQuerySet":
        return self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def unused(self, now: datetime) -> "VolunteerQuerySet":
        """Anonymous volunteers who never answered and came more than a day ago."""
        never = self.anonymous_ones().filter(last_answer_at=None, created_at__lt=now - UNUSED_AFTER)
        return never.filter(membership=None, token=None)


class VolunteerManager(BaseUserManager.from_queryset(VolunteerQuerySet)):  # type: ignore[misc]  # built at run time
    def anonymous(self) -> "Volunteer":
        # The unusable password must be there before the insert: set later, it would change the session's hash.
        return self.create(password=make_password(None))


class Volunteer(AbstractBaseUser):
    last_login = None
    username = models.CharField(max_length=32, unique=True, default=random_username)
    display_name = models.CharField(max_length=40, null=True, blank=True)
    name_skeleton = models.CharField(max_length=80, null=True, unique=True)
    seed = models.BinaryField(max_length=16, default=random_seed)
    trust = models.SmallIntegerField(db_default=0)
    simulated = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(default=timezone.now)
    last_answer_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = VolunteerManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name or pen_name(bytes(self.seed))


class Session(AbstractBaseSession):
    """A session that names its volunteer, so that all of one person's are found and end when the account does."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore  # it reads and writes the same text as ours


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, volunteer: Volunteer, role: Role = Role.REVIEWER) -> "OrganisationQuerySet":
        """Organisations in which the volunteer has at least this role."""
        return self.filter(membership__volunteer=volunteer, membership__role__in=role.and_above)


class Organisation(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    members = models.ManyToManyField(Volunteer, through="Membership")

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    volunteer = models.ForeignKey(Volunteer, models.CASCADE)
    role = models.CharField(max_length=12, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "volunteer"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]


class Invitation(models.Model):
    """An account is asked into a team and has no access before it accepts.

    ``volunteer`` is None where the name was nobody's when it was typed: the owner cannot tell, and whoever takes the
    name later is not invited by it.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE)
    username = models.CharField(max_length=32)
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True)
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "username"], name="invitation_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
        ]

    @property
    def is_over(self) -> bool:
        """Whether it was made so long ago that it opens nothing any more."""
        return timezone.now() - self.created_at > INVITED_FOR


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self, now: datetime) -> "TokenQuerySet":
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class Token(models.Model):
    """A bearer token acts for one account; only its SHA-256 is kept (the token is random, so a fast hash is right)."""

    PREFIX = "civic_"

    volunteer = models.ForeignKey(Volunteer, models.CASCADE)
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()

    @staticmethod
    def digest_of(token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()

    @classmethod
    def issue(cls, volunteer: Volunteer, name: str, scopes: list[str], expires_at: datetime | None = None) -> str:
        """Make a token and return its text, which is shown this once and kept nowhere."""
        token = cls.PREFIX + get_random_string(43)
        cls.objects.create(
            volunteer=volunteer, name=name, scopes=scopes, expires_at=expires_at, digest=cls.digest_of(token)
        )
        return token


class AppendOnly(models.QuerySet):
    def update(self, **values: object) -> int:
        raise TypeError("what is recorded is not changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("what is recorded is not deleted")


class Act(models.Model):
    """One line of an organisation's audit trail. Each carries the digest of the one before: a chain without gaps."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="acts", db_index=False)
    number = models.PositiveIntegerField()
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, null=True, related_name="+")  # None: the site itself
    what = models.CharField(max_length=60)
    details = models.JSONField(default=dict)
    at = models.DateTimeField()
    previous_hash = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    objects = AppendOnly.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="act_once")]


class Guess(models.Model):
    """Sign-ins that failed under one name, kept for a day. People type passwords here by mistake: no name is stored."""

    name_digest = models.BinaryField(max_length=32, unique=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()  # the next attempt
    last_at = models.DateTimeField(db_index=True)
