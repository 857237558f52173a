"""A database file that has gone through all migrations, kept between runs: to copy one takes no time."""

import fcntl
import shutil
import sqlite3
from hashlib import sha256
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

VERSIONS = f"{django.VERSION} {sqlite3.sqlite_version}"  # both have a say in how a migration becomes a table


def migrations() -> str:
    """Return a name that stands for the migrations, to the letter; whoever edits one begins with none of its tables."""
    digest = sha256(VERSIONS.encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(b"%s %s\0" % (app.label.encode(), path.name.encode()) + path.read_bytes())
    return digest.hexdigest()[:32]


def copy_migrated(folder: Path, database: Path) -> None:
    """Copy the migrated database to a new file. The first process to come makes it, those beside it wait."""
    kept = folder / f"{migrations()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for outdated in folder.glob("*.sqlite3"):
                outdated.unlink()
            migrate(database)
            shutil.copyfile(database, kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
        else:
            shutil.copyfile(kept, database)


def migrate(database: Path) -> None:
    """Take a new file through all migrations."""
    usual, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], str(database)
    try:
        call_command("migrate", verbosity=0, run_syncdb=True)
    finally:
        connection.close()  # with the last connection its log becomes part of the file
        connection.settings_dict["NAME"] = usual
