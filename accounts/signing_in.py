"""Sign in by password, and a brake on guessing that knows no address: only how often a name was tried in vain.

Where the account has signed in before, its tries are counted apart (``devices``): strangers cannot brake it there.
"""

import threading
import unicodedata
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .devices import device_digest
from .models import Guess, Volunteer

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(days=1)
LONGEST_PASSWORD = 1000
AT_ONCE = threading.BoundedSemaphore(2)  # Argon2 takes 100 MB and a processor each time


class Braked(Exception):
    """This name was tried in vain too often; ``until`` says when it may be tried again."""

    def __init__(self, until: datetime):
        self.until = until


class Busy(Exception):
    """Too many people sign in at this moment."""


def check(request: HttpRequest, name: str, password: str) -> Volunteer | None:
    """Return the account behind name and password, None if they do not fit. Raises ``Braked`` and ``Busy``.

    The try is counted before the password is looked at: a hundred guesses at the same moment are a hundred tries.
    """
    name = unicodedata.normalize("NFC", name.replace("\0", "").strip())  # as registered, whatever the keyboard sends
    digest = device_digest(request, name) or name_digest(name)
    if not AT_ONCE.acquire(timeout=2):
        raise Busy
    try:
        count_try(digest, timezone.now())
        account = authenticate(request, username=name, password=password)
    finally:
        AT_ONCE.release()
    if isinstance(account, Volunteer):
        Guess.objects.filter(name_digest=digest).delete()
        return account
    return None


@transaction.atomic
def count_try(digest: bytes, now: datetime) -> None:
    Guess.objects.filter(last_at__lt=now - REMEMBERED).delete()
    fresh = {"not_before": now, "last_at": now}
    guess, _made = Guess.objects.select_for_update().get_or_create(name_digest=digest, defaults=fresh)
    if guess.not_before > now:
        raise Braked(guess.not_before)
    guess.failures += 1
    guess.not_before, guess.last_at = now + wait_after(guess.failures), now
    guess.save()


def wait_after(failures: int) -> timedelta:
    """Five tries are free; then the wait doubles from ten seconds up to a quarter of an hour."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(FIRST_WAIT * 2 ** min(failures - FREE_TRIES, 10), LONGEST_WAIT)


def name_digest(name: str) -> bytes:
    return salted_hmac("accounts.signing_in", name, algorithm="sha256").digest()
