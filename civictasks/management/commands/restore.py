import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from civictasks.backups.errors import BackupError
from civictasks.backups.restoring import restore


class Command(BaseCommand):
    help = "Bring a backup back, on whichever database; end web servers, workers and sweeper first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive that backup wrote")
        parser.add_argument("--replace", action="store_true", help="throw away what the site holds now")
        parser.add_argument("--json", action="store_true", help="print one JSON object last")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.", returncode=2)
        try:
            restored = restore(file, replace=replace)
        except BackupError as error:
            raise CommandError(str(error), returncode=1) from error
        except DatabaseError as error:
            raise CommandError(f"The database refused the rows: {error}. Nothing was changed.", returncode=1) from error
        self.stdout.write(f"Restored {restored.rows} rows and {restored.files} files. Start the site again.")
        if options["json"]:
            self.stdout.write(json.dumps({"rows": restored.rows, "files": restored.files}))
