import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civictasks.backups.errors import BackupError
from civictasks.backups.saving import save


class Command(BaseCommand):
    help = "Save the whole site, rows and files, to one archive while it runs; any database can restore it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write, for example civictasks-2026-11-23.tar")
        parser.add_argument("--json", action="store_true", help="print one JSON object last")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            saved = save(file, timezone.now())
        except BackupError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"Saved the site to {saved.path}: {saved.files} files, {saved.bytes / 2**20:.1f} MB in all.")
        self.stdout.write("It holds names, sessions and secrets: keep it where only operators can read it.")
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(saved.path), "files": saved.files, "bytes": saved.bytes}))
