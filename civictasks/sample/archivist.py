"""The sample archivist, who owns the sample's projects and those opened at the command line."""

import os
import secrets
from pathlib import Path

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.models import Membership, Organisation, Volunteer
from ingestion.opening import local_organisation

USERNAME = "archivist"
SLUG, NAME = "sample-archive", "Sample Archive"


def sample_organisation() -> Organisation:
    return Organisation.objects.get_or_create(slug=SLUG, defaults={"name": NAME})[0]


def sample_archivist() -> Volunteer:
    """Return the archivist, who cannot sign in before ``sign_in`` has made a password."""
    unable = {"display_name": "Sample archivist", "password": make_password(None)}
    return Volunteer.objects.get_or_create(username=USERNAME, defaults=unable)[0]


def sign_in(data: Path) -> tuple[str, str]:
    """Return user name and password of the sample archivist, made at the first call and kept in ``archivist.txt``."""
    password = _kept_password(data / "archivist.txt")
    archivist = sample_archivist()
    if not archivist.has_usable_password() or not archivist.check_password(password):
        archivist.set_password(password)
        archivist.save()
    for organisation in (sample_organisation(), local_organisation()):
        Membership.objects.get_or_create(organisation=organisation, volunteer=archivist, defaults={"role": Role.OWNER})
    return USERNAME, password


def _kept_password(path: Path) -> str:
    if path.exists():
        return path.read_text().split()[-1]
    password = secrets.token_urlsafe(12)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"username {USERNAME}\npassword {password}\n")
    return password
