"""Anonymous work becomes an account: the same volunteer gets a user name and a password."""

import re
import unicodedata

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .errors import RegistrationRefused
from .models import RANDOM_NAME, Volunteer
from .signing_in import AT_ONCE, LONGEST_PASSWORD, Busy

USERNAME = re.compile(r"[\w.-]{3,32}")


def register(volunteer: Volunteer, username: str, password: str) -> None:
    """Make an account of an anonymous volunteer, or of one not stored yet.

    Raises ``RegistrationRefused`` and ``Busy``.
    """
    username = cleaned_username(username)
    refuse_weak(password, username, volunteer)
    kept = hashed(password)
    try:
        with transaction.atomic():
            keep(volunteer, username, kept)
    except IntegrityError:
        taken = _("This user name is taken. Choose another; if it is yours, sign in instead.")
        raise RegistrationRefused("username", taken) from None


def cleaned_username(text: str) -> str:
    username = unicodedata.normalize("NFC", text.strip())
    if not USERNAME.fullmatch(username) or username.startswith(RANDOM_NAME):
        rule = _("A user name has 3 to 32 letters, digits, dots, hyphens or underscores, and does not begin with “v-”.")
        raise RegistrationRefused("username", rule)
    return username


def refuse_weak(password: str, username: str, volunteer: Volunteer) -> None:
    if len(password) > LONGEST_PASSWORD:
        too_long = _("A password has at most %(longest)d characters.") % {"longest": LONGEST_PASSWORD}
        raise RegistrationRefused("password", too_long)
    try:
        validate_password(password, Volunteer(username=username, display_name=volunteer.display_name))
    except ValidationError as error:
        raise RegistrationRefused("password", " ".join(error.messages)) from None


def hashed(password: str) -> str:
    if not AT_ONCE.acquire(timeout=2):
        raise Busy
    try:
        return make_password(password)
    finally:
        AT_ONCE.release()


def keep(volunteer: Volunteer, username: str, password: str) -> None:
    """The guarded update makes an account of a volunteer once, whatever is posted twice."""
    if volunteer._state.adding:
        volunteer.username, volunteer.password = username, password
        volunteer.save(force_insert=True)
        return
    if not Volunteer.objects.anonymous_ones().filter(pk=volunteer.pk).update(username=username, password=password):
        raise RegistrationRefused("username", _("You have an account already. Reload the page."))
    volunteer.username, volunteer.password = username, password
