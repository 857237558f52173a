"""Put finished files in their place: never half there, under names that follow from their content."""

import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tasks.identity import digest
from tasks.machinery.durability import sync

from .errors import CannotRead

LOW_WATER = 200 * 2**20  # bytes left on the disk: the database needs them more than another page does


def key_of(kind: str, project: int, sha256: str, ending: str) -> str:
    """Return where a file lies below ``settings.FILES``: the same content in the same project, the same place."""
    name = digest(kind, project, sha256).hex()[:40]
    return f"{kind}/{name[:2]}/{name}.{ending}"


def put(finished: Path, key: str) -> None:
    """Move a finished, synced file to its place and make the move itself durable."""
    place = settings.FILES / key
    if not place.parent.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        sync(place.parent.parent)
    finished.replace(place)
    sync(place.parent)


def workshop(name: str, fence: int) -> Path:
    """Return an empty folder for half-finished files; what earlier workers at the same left there is removed."""
    folder = settings.FILES / "unfinished" / name
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / str(fence)
    place.mkdir(parents=True)
    return place


def clear(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        place.parent.rmdir()


def free_room() -> int:
    return shutil.disk_usage(settings.FILES).free


def judge_room(needed: int = 0) -> None:
    """Raise ``CannotRead`` while there is still room for the database to go on; ``needed`` are bytes about to come."""
    free = free_room()
    if free - needed < LOW_WATER:
        raise CannotRead(
            _("The disk has only %(free)s MB left. Make room, then try again: it goes on where it stopped.")
            % {"free": free // 2**20}
        )


def disk_words(detail: str) -> str:
    return _("Files cannot be read or written (%(detail)s). Put that right, then try again.") % {"detail": detail}
