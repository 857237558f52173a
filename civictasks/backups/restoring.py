"""Bring a backup back: all of it or nothing."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction

from tasks.machinery.durability import sync

from .archive import PIECE, SUMS, members, verify
from .errors import BackupError
from .resting import site_at_rest
from .rows import insert, kept_models
from .saving import FORMAT, applied_migrations


@dataclass(frozen=True)
class Restored:
    rows: int
    files: int


def restore(source: Path, *, replace: bool = False) -> Restored:
    """Fill the database and the folder of files from a backup; ``replace`` throws away what is there.

    The whole archive is checked first. The files wait in a folder beside the old ones and change places with them
    just before the rows are committed: who is killed on the way runs the same command again.

    Raises ``BackupError``, also while the site runs.
    """
    with site_at_rest():
        return bring_back(source, replace=replace)


def bring_back(source: Path, *, replace: bool) -> Restored:
    judge(source, verify(source))
    if not replace and (label := first_filled()):
        raise BackupError(
            f"This site is not empty: it has rows of {label}. Restore to an empty one, or add --replace to throw away "
            "all that is here. Nothing was changed."
        )
    new = settings.DATA / "files.new"
    shutil.rmtree(new, ignore_errors=True)
    with transaction.atomic():
        empty(kept_models())
        rows, files = unpack(source, new)
        reset_sequences()
        exchange_files(new)
    shutil.rmtree(settings.DATA / "files.old", ignore_errors=True)
    return Restored(rows, files)


def judge(source: Path, about: dict[str, Any]) -> None:
    """Raise ``BackupError`` unless this program can read the backup's rows."""
    if about.get("format") != FORMAT:
        raise BackupError(f"{source} has format {about.get('format')!r}; this version of Civic Tasks reads {FORMAT}.")
    theirs, ours = set(about["migrations"]), set(applied_migrations())
    if theirs != ours:
        others = ", ".join(sorted(theirs ^ ours)[:6])
        raise BackupError(
            f"{source} was made by version {about['version']}, whose tables differ from those here ({others}). "
            "Restore with that version on a fresh database, then upgrade. Nothing was changed."
        )


def first_filled() -> str | None:
    """Return the name of a model that has rows; signs of life and sessions are none to lose."""
    unimportant = {"tasks.watermark", "sessions.session", "accounts.guess"}
    for model in kept_models():
        label = model._meta.label_lower
        if label not in unimportant and models.QuerySet(model).exists():
            return label
    return None


def empty(filled: Iterable[type[models.Model]]) -> None:
    """Delete all rows at once: foreign keys are judged when the transaction ends."""
    for model in filled:
        models.QuerySet(model)._raw_delete(connection.alias)


def unpack(source: Path, new: Path) -> tuple[int, int]:
    """Insert the rows and put the files below ``new``; return how many there were of each."""
    rows = files = 0
    for name, content in members(source):
        kind, _, rest = name.partition("/")
        if kind == "rows":
            rows += insert(apps.get_model(rest.partition("/")[0]), content.read())
        elif kind == "files" or name == "secret_key":
            put(content, new / name)
            files += 1
        elif name == SUMS:
            break
    (new / "files").mkdir(parents=True, exist_ok=True)
    return rows, files


def put(content: IO[bytes], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(content, file, PIECE)
        file.flush()
        os.fsync(file.fileno())


def reset_sequences() -> None:
    """Let new ids begin behind the restored ones; SQLite does so by itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), kept_models())
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def exchange_files(new: Path) -> None:
    """Put the new files in the place of the old ones, and the site's secret key with them."""
    old = settings.DATA / "files.old"
    shutil.rmtree(old, ignore_errors=True)
    if settings.FILES.exists():
        settings.FILES.rename(old)
    (new / "files").rename(settings.FILES)
    if (new / "secret_key").exists() and not os.environ.get("SECRET_KEY"):
        (new / "secret_key").replace(settings.DATA / "secret_key")
    shutil.rmtree(new)
    sync(settings.DATA)
