"""Write a backup while the site runs."""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tasks.machinery.durability import sync
from tasks.machinery.snapshot import one_moment

from .archive import ABOUT, Writer
from .errors import BackupError
from .rows import APPS, kept_models, rows_of

FORMAT = 1
UNFINISHED = "unfinished"  # below the files: half-written things that a worker makes anew


@dataclass(frozen=True)
class Saved:
    path: Path
    files: int
    pieces: int  # of rows
    bytes: int


def save(target: Path, now: datetime) -> Saved:
    """Write a backup of the whole site, as it is at one moment, to ``target``: all of it or nothing.

    Files never change once rows name them, so that those found while the moment lasts are those of its rows.
    """
    if target.exists():
        raise BackupError(f"{target} exists already, and a backup replaces none. Name another file.")
    if not target.absolute().parent.is_dir():
        raise BackupError(f"The folder {target.absolute().parent} does not exist. Make it first.")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds sessions and secrets
        with os.fdopen(handle, "wb") as file:
            with Writer(file) as writer:
                files, pieces = write(writer, now)
            file.flush()
            os.fsync(file.fileno())
        size = unfinished.stat().st_size
        os.link(unfinished, target)  # unlike a rename it replaces nothing
    except OSError as error:
        raise BackupError(
            f"The backup could not be written: {error.strerror or error}. Nothing is left of it."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    sync(target.absolute().parent)
    return Saved(target, files, pieces, size)


def write(writer: Writer, now: datetime) -> tuple[int, int]:
    with one_moment():
        writer.add(ABOUT, json.dumps(about(now), indent=1).encode())  # its first look at the database fixes the moment
        files = sum(add_file(writer, path) for path in all_files())
        pieces = 0
        for model in kept_models():
            for number, piece in enumerate(rows_of(model)):
                writer.add(f"rows/{model._meta.label_lower}/{number:08}.jsonl.gz", piece)
                pieces += 1
    return files, pieces


def about(now: datetime) -> dict[str, Any]:
    """Return what a restore must know of the site first."""
    return {
        "format": FORMAT,
        "version": settings.VERSION,
        "made_at": now.isoformat(),
        "database": connection.vendor,
        "migrations": applied_migrations(),
    }


def applied_migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in APPS)


def all_files() -> Iterator[tuple[str, Path]]:
    """Yield the names in the archive and places of all files that are kept, the site's secret key among them."""
    if not os.environ.get("SECRET_KEY"):
        yield "secret_key", settings.DATA / "secret_key"
    for folder, folders, names in os.walk(settings.FILES):
        if Path(folder) == settings.FILES and UNFINISHED in folders:
            folders.remove(UNFINISHED)
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            yield f"files/{path.relative_to(settings.FILES).as_posix()}", path


def add_file(writer: Writer, named: tuple[str, Path]) -> bool:
    """Add a file; False for one that went away meanwhile, or is none."""
    name, path = named
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return False
            writer.add_stream(name, file, status.st_size)
    except FileNotFoundError:
        return False
    return True
