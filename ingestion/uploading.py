"""Keep what someone uploads, whole and on disk, before anyone is told that it has arrived."""

import json
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from tasks.consensus import fold
from tasks.enums import BatchState
from tasks.machinery.durability import sync
from tasks.models import Batch, Project

from .errors import CannotRead
from .models import Upload
from .noting import note
from .storing import disk_words, judge_room

UPLOADS = "uploads"
NAMES = "names.json"
LONGEST_NAME = 100  # characters of a batch's name, and room for a number behind
ORPHAN = timedelta(days=1)


def keep_upload(project: Project, name: str, files: Sequence[UploadedFile], who: Volunteer) -> Batch:
    """Write the files under names of our own, then the batch that waits to be read.

    Raises ``CannotRead`` while the disk is full. Killed between, it leaves a folder that ``forget_orphans`` removes.
    """
    settings.FILES.mkdir(parents=True, exist_ok=True)
    judge_room(sum(file.size or 0 for file in files))
    source = f"{UPLOADS}/{secrets.token_hex(16)}"
    folder = settings.FILES / source
    try:
        names = write_all(files, folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotRead(disk_words(error.strerror or str(error))) from error
    with transaction.atomic():
        batch = new_batch(project, fold(name) or fold(next(iter(names.values()), "")) or _("upload"), source)
        note(batch, who, "batch.brought", files=len(names))
    return batch


def write_all(files: Iterable[UploadedFile], folder: Path) -> dict[str, str]:
    """Return ``{name on disk: name}``; it lies beside the files."""
    folder.mkdir(parents=True)
    names: dict[str, str] = {}
    for file in files:
        place = f"{len(names):05}"
        write(file, folder / place)
        names[place] = file.name or place
    (folder / NAMES).write_text(json.dumps(names))
    sync(folder / NAMES)
    sync(folder)
    sync(folder.parent)
    return names


def write(file: UploadedFile, place: Path) -> None:
    with place.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    sync(place)


def new_batch(project: Project, name: str, source: str, state: BatchState = BatchState.UPLOADED) -> Batch:
    """Make a batch of this name; a number tells it from one that has the name already."""
    for number in count(1):
        try:
            with transaction.atomic():
                shown = name[:LONGEST_NAME] if number == 1 else f"{name[:LONGEST_NAME]} ({number})"
                return Batch.objects.create(project=project, name=shown, source=source, state=state)
        except IntegrityError:
            if not Batch.objects.filter(project=project, name=shown).exists():
                raise
    raise AssertionError("count never ends")


def uploaded_files(batch: Batch) -> Mapping[Path, str]:
    """Return where the batch's files lie and what their owner calls them; a file sent again takes the other's place."""
    folder = Path(settings.FILES, batch.source)
    arrived = Upload.objects.filter(batch=batch).exclude(finished_at=None).order_by("pk")
    places = dict(arrived.values_list("path_label", "place"))
    together = json.loads((folder / NAMES).read_text()) if (folder / NAMES).exists() else {}
    first = {place: name for place, name in together.items() if name not in places}
    return {folder / place: name for place, name in first.items()} | {
        folder / place: name for name, place in places.items()
    }


def forget_orphans() -> int:
    """Remove uploads that never became a batch: their sender was told nothing."""
    folders = Path(settings.FILES, UPLOADS).glob("*")
    old = [folder for folder in folders if time.time() - folder.stat().st_mtime > ORPHAN.total_seconds()]
    known = set(Batch.objects.exclude(source="").values_list("source", flat=True)) if old else set()
    orphans = [folder for folder in old if f"{UPLOADS}/{folder.name}" not in known]
    for folder in orphans:
        shutil.rmtree(folder, ignore_errors=True)
    return len(orphans)
