"""Take files in pieces: each piece is on disk before its sender hears so, and a broken line costs one piece at most.

Two senders of one file cannot mix their bytes: a piece is written under a lock of the file that the kernel frees when
its holder dies, and the guarded update of the offset is the judge of who was first.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Volunteer
from tasks.consensus import fold
from tasks.enums import BatchState
from tasks.machinery.durability import sync
from tasks.models import Batch, Project

from .errors import UploadRefused
from .gathering import shown
from .models import Upload
from .noting import note
from .storing import LOW_WATER, free_room, judge_room
from .uploading import UPLOADS, new_batch

PIECE = 2**18  # bytes written at once
ABANDONED = timedelta(days=1)
MOST_NAMED = 5  # files in a sentence
TAKES_FILES = (BatchState.ARRIVING, BatchState.DONE, BatchState.FAILED, BatchState.PAUSED)
GONE, TOO_LARGE, MISFIT, NO_ROOM = 410, 413, 422, 507


@dataclass(frozen=True)
class Announced:
    """A file that is about to come. ``again``: even if it is here already, it shall be taken anew."""

    name: str
    size: int
    sha256: str = ""
    again: bool = False


def begin(project: Project, name: str, files: Iterable[Announced], who: Volunteer) -> Batch:
    """Make a batch that waits for these files. Raises ``UploadRefused``."""
    files = named(files)
    judge_announcement(files)
    source = f"{UPLOADS}/{secrets.token_hex(16)}"
    folder = settings.FILES / source
    folder.mkdir(parents=True)
    sync(folder.parent)
    with transaction.atomic():
        shown_name = fold(name) or fold(called_after(files)) or _("upload")
        batch = new_batch(project, shown_name, source, BatchState.ARRIVING)
        expect(batch, files)
        note(batch, who, "batch.begun", files=len(files))
    return batch


def add(batch: Batch, files: Iterable[Announced]) -> list[Upload]:
    """Expect further files for a batch, or the same ones once more: return their rows in the order asked for.

    A file of the same name and size goes on where it stopped. Raises ``UploadRefused``.
    """
    if batch.state not in TAKES_FILES or not batch.source:
        raise not_now()
    files = named(files)
    judge_announcement(files)
    with transaction.atomic():
        if not Batch.objects.select_for_update().filter(pk=batch.pk).exists():  # two windows do not expect a file twice
            raise not_now()
        return expect(batch, files)


def not_now() -> UploadRefused:
    return UploadRefused(_("This batch takes no more files now. Wait until it is read, or begin a new one."))


def called_after(files: list[Announced]) -> str:
    """Return the name of the folder in which all files lie, else that of the first file."""
    first = files[0].name if files else ""
    folder, slash, _rest = first.partition("/")
    return folder if slash and all(file.name.startswith(f"{folder}/") for file in files) else first


def named(files: Iterable[Announced]) -> list[Announced]:
    return [Announced(shown(file.name.strip("/") or "?"), file.size, file.sha256, file.again) for file in files]


def judge_announcement(files: list[Announced]) -> None:
    settings.FILES.mkdir(parents=True, exist_ok=True)
    if twice := [name for name, count in Counter(file.name for file in files).items() if count > 1]:
        words = _("Several files are called %(names)s. Give each a name of its own, or send them with their folders.")
        raise UploadRefused(words % {"names": enumerated(twice)}, MISFIT)
    if long := [file.name for file in files if file.size > settings.LONGEST_UPLOAD]:
        words = _("Larger than the %(most)d MB that a file may have: %(names)s. Split it into several.")
        raise UploadRefused(words % {"most": settings.LONGEST_UPLOAD // 2**20, "names": enumerated(long)}, TOO_LARGE)
    needed, free = sum(file.size for file in files), free_room()
    if needed > free - LOW_WATER:
        words = _("These files need %(needed)d MB, but the disk has only %(free)d MB left. Make room, then try again.")
        raise UploadRefused(words % {"needed": -(-needed // 2**20), "free": max(0, free // 2**20)}, NO_ROOM)


def enumerated(names: list[str]) -> str:
    some = ", ".join(f"“{name}”" for name in names[:MOST_NAMED])
    return some if len(names) <= MOST_NAMED else _("%(some)s and %(more)d more") % {
        "some": some, "more": len(names) - MOST_NAMED,
    }  # fmt: skip


def expect(batch: Batch, files: list[Announced]) -> list[Upload]:
    known = {row.path_label: row for row in Upload.objects.filter(batch=batch)}
    fresh = [row_of(batch, file) for file in files if file.name not in known]
    Upload.objects.bulk_create(fresh)
    for file in files:
        row = known.get(file.name)
        if row and (file.again or file.size != row.size or (file.sha256 and row.sha256 not in {"", file.sha256})):
            known[file.name] = take_anew(row, file)
    known |= {row.path_label: row for row in fresh}
    return [known[file.name] for file in files]


def row_of(batch: Batch, file: Announced) -> Upload:
    return Upload(
        batch=batch, path_label=file.name, place=secrets.token_hex(8), size=file.size, sha256=file.sha256, offset=0
    )


def take_anew(row: Upload, file: Announced) -> Upload:
    """Another content under the same name: it gets a place of its own, so that nobody writes into the old one."""
    old = place_of(row)
    row.place, row.size, row.sha256 = secrets.token_hex(8), file.size, file.sha256
    row.offset, row.finished_at, row.touched_at = 0, None, timezone.now()
    row.save()
    transaction.on_commit(lambda: old.unlink(missing_ok=True))
    return row


def place_of(upload: Upload) -> Path:
    return Path(settings.FILES, upload.batch.source, upload.place)


def keep_piece(upload: Upload, at: int, body: BinaryIO, checksum: bytes | None = None) -> int:
    """Write what ``body`` has to the file from byte ``at`` on, on disk; return the offset to go on from.

    ``checksum``: the piece's SHA-256. Raises ``UploadRefused``, ``CannotRead`` while the disk is full, ``OSError``.
    """
    judge_room()
    with held(upload) as file:
        reached = Upload.objects.filter(pk=upload.pk, place=upload.place).values_list("offset", flat=True).first()
        judge_offset(upload, at, reached)
        length, digest = write_piece(file, at, body, upload.size - at)
        if checksum is not None and checksum != digest:
            raise UploadRefused(_("The piece was damaged on its way. Send it again."), MISFIT, at)
        os.fsync(file)
        if not at:
            sync(place_of(upload).parent)
        mine = Upload.objects.unfinished().filter(pk=upload.pk, place=upload.place, offset=at)
        if not mine.update(offset=at + length, touched_at=timezone.now()):
            raise UploadRefused(_("Someone else is sending this file. Ask for its offset and go on from there."))
    return at + length


@contextmanager
def held(upload: Upload) -> Iterator[int]:
    """Open the file and keep every other writer out of it."""
    try:
        file = os.open(place_of(upload), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise UploadRefused(_("This upload was given up. Begin it anew."), GONE) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield file
    except BlockingIOError:
        raise UploadRefused(_("Another piece of this file is just being written. Try again in a moment.")) from None
    finally:
        os.close(file)


def judge_offset(upload: Upload, at: int, reached: int | None) -> None:
    if reached is None or upload.finished_at:
        raise UploadRefused(_("This file is no longer expected: it arrived whole, or was sent anew."), GONE)
    if at != reached:
        words = _("The next byte wanted of this file is number %(offset)d. Go on from there.")
        raise UploadRefused(words % {"offset": reached}, offset=reached)


def write_piece(file: int, at: int, body: BinaryIO, room: int) -> tuple[int, bytes]:
    """Return how many bytes were written, and their SHA-256."""
    length, content = 0, hashlib.sha256()
    while part := body.read(PIECE):
        if length + len(part) > room:
            raise UploadRefused(_("More bytes came than the file was said to have. Begin it anew."), TOO_LARGE, at)
        written = 0
        while written < len(part):
            written += os.pwrite(file, part[written:], at + length + written)
        content.update(part)
        length += len(part)
    return length, content.digest()


def finish(batch: Batch, who: Volunteer) -> None:
    """Hand the batch over to be read, once every byte of every file is here and as announced.

    Raises ``UploadRefused``. A second call changes nothing.
    """
    unfinished = list(Upload.objects.unfinished().filter(batch=batch).select_related("batch"))
    judge_complete(batch, unfinished)
    for upload in unfinished:
        place_of(upload).touch(exist_ok=True)  # an empty file sent nothing
        os.truncate(place_of(upload), upload.size)
        sync(place_of(upload))
    judge_content(unfinished)
    now = timezone.now()
    with transaction.atomic():
        mine = Upload.objects.unfinished().filter(pk__in=[upload.pk for upload in unfinished])
        if mine.update(finished_at=now, touched_at=now):
            waiting = Batch.objects.filter(pk=batch.pk, state__in=TAKES_FILES)
            if not waiting.update(state=BatchState.UPLOADED, claimed_until=None, reason=""):
                raise not_now()  # whoever reads it has listed its files: these would never be opened
            note(batch, who, "batch.brought", files=len(unfinished))
    batch.refresh_from_db()


def judge_complete(batch: Batch, unfinished: list[Upload]) -> None:
    if short := [upload.path_label for upload in unfinished if upload.offset < upload.size]:
        words = ngettext(
            "%(count)d file has not arrived whole yet: %(names)s. Send the rest of it, or leave it out.",
            "%(count)d files have not arrived whole yet: %(names)s. Send the rest of them, or leave them out.",
            len(short),
        )
        raise UploadRefused(words % {"count": len(short), "names": enumerated(short)})
    if not unfinished and batch.state == BatchState.ARRIVING and not batch.uploads.exists():
        raise UploadRefused(_("No file has arrived. Add some, or cancel the upload."))


def judge_content(unfinished: list[Upload]) -> None:
    """A file that is not what its sender announced is wanted again from its first byte."""
    wrong = [upload for upload in unfinished if upload.sha256 and upload.sha256 != digest_of(place_of(upload))]
    if wrong:
        Upload.objects.filter(pk__in=[upload.pk for upload in wrong]).update(offset=0)
        words = _("Not what was announced, by its SHA-256: %(names)s. Send it again from the start.")
        raise UploadRefused(words % {"names": enumerated([upload.path_label for upload in wrong])}, MISFIT)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def leave_out(upload: Upload) -> None:
    """Forget one file that has not been handed over."""
    if not Upload.objects.unfinished().filter(pk=upload.pk).delete()[0]:
        raise UploadRefused(_("This file has been handed over already. Withdraw the batch instead."))
    place_of(upload).unlink(missing_ok=True)


def cancel(batch: Batch, who: Volunteer | None = None) -> None:
    """Forget a batch that was never handed over, and all that arrived of it. Raises ``UploadRefused``."""
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=BatchState.ARRIVING).delete()[0]:
            raise UploadRefused(_("This batch has been handed over already. Withdraw it instead."))
        if who:
            note(batch, who, "batch.cancelled")
    shutil.rmtree(Path(settings.FILES, batch.source), ignore_errors=True)


def forget_abandoned(now: datetime | None = None) -> int:
    """Forget what nobody has sent a byte of for a day: whole batches, or single files added to one that was read."""
    long_ago = (now or timezone.now()) - ABANDONED
    quiet = Batch.objects.filter(state=BatchState.ARRIVING, created_at__lt=long_ago).annotate(
        last=Max("uploads__touched_at")
    )
    batches = [batch for batch in quiet if batch.last is None or batch.last < long_ago]
    for batch in batches:
        cancel(batch)
    old = Upload.objects.unfinished().filter(touched_at__lt=long_ago).exclude(batch__state=BatchState.ARRIVING)
    uploads = list(old.select_related("batch"))
    for upload in uploads:
        leave_out(upload)
    return len(batches) + len(uploads)
