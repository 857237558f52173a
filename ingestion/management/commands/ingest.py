import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.db import DatabaseError
from django.utils.translation import gettext as _

from ingestion.enums import FileState
from ingestion.errors import CannotRead, ClaimLost
from ingestion.gathering import shown
from ingestion.listing import Outcome
from ingestion.opening import open_project
from ingestion.reading import Report, read
from tasks.enums import BatchState
from tasks.models import Batch, Project

FAILED, MISUSED, SOME_REFUSED = 1, 2, 3
NOW_AND_THEN = 100  # files


class Command(BaseCommand):
    help = (
        "Take scans into a project: folders, ZIPs and single files of JPEG, PNG, WebP or TIFF pictures and PDFs, with "
        "ALTO or PAGE XML beside a picture for its lines. Works in the foreground, beside a running demo. The same "
        "file again makes nothing twice; after a crash the same command goes on where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help=_("the project's slug; a new one opens a project"))
        parser.add_argument("paths", nargs="+", type=Path, metavar="path", help=_("a folder, a ZIP or a picture"))
        parser.add_argument("--batch", help=_("what to call this import; by default as the first path"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))

    def handle(self, *args: Any, project: str, paths: list[Path], batch: str | None, **options: Any) -> None:
        self.json, self.told = options["json"], 0
        judge_paths(paths)
        target = self.batch_for(self.project_for(project), shown(batch or name_of(paths[0])))
        report = self.read(target, paths)
        self.tell_end(report)
        if report.count(FileState.REFUSED):
            sys.exit(SOME_REFUSED)

    def project_for(self, slug: str) -> Project:
        try:
            validate_slug(slug)
        except ValidationError:
            raise CommandError(
                _("“%(slug)s” cannot name a project: use letters, digits and hyphens.") % {"slug": slug},
                returncode=MISUSED,
            ) from None
        try:
            project = Project.objects.filter(slug=slug).first()
        except DatabaseError as error:
            words = _("The database is not ready (%(detail)s). Run “manage.py migrate”, then ingest again.")
            raise CommandError(words % {"detail": error}, returncode=FAILED) from None
        if project is None:
            project = open_project(slug)
            self.say(_("There was no project “%(slug)s”, so a new one was opened.") % {"slug": slug})
        return project

    def batch_for(self, project: Project, name: str) -> Batch:
        batch = Batch.objects.get_or_create(project=project, name=name[:120])[0]
        if batch.state == BatchState.WITHDRAWN:
            words = _("The batch “%(name)s” was withdrawn. Choose another name with --batch.")
            raise CommandError(words % {"name": batch.name}, returncode=FAILED)
        return batch

    def read(self, batch: Batch, paths: Iterable[Path]) -> Report:
        try:
            report = read(batch, paths, take_over=True, tell=self.tell)
        except KeyboardInterrupt:
            words = _("Stopped. The same command goes on from here.")
            raise CommandError(words, returncode=FAILED) from None
        except ClaimLost:
            report = None
        except CannotRead as error:
            raise CommandError(str(error), returncode=FAILED) from None
        if report is None:
            words = _("Another run took over the batch “%(name)s” and goes on with it. Look at its report.")
            raise CommandError(words % {"name": batch.name}, returncode=FAILED)
        return report

    def tell(self, outcome: Outcome) -> None:
        self.told += 1
        if self.told % NOW_AND_THEN == 0 and self.stderr.isatty():
            self.stderr.write(_("%(count)s files so far") % {"count": self.told}, style_func=str)
        if outcome.state is FileState.REFUSED:
            self.say(f"{outcome.name}: {outcome.reason} {outcome.step}".strip())

    def tell_end(self, report: Report) -> None:
        if self.json:
            self.stdout.write(json.dumps(as_json(report), ensure_ascii=False))
        else:
            self.say(summary(report))

    def say(self, line: str) -> None:
        """People's words go beside the JSON, not before it."""
        (self.stderr if self.json else self.stdout).write(line, style_func=str)


def judge_paths(paths: list[Path]) -> None:
    for path in paths:
        if not path.exists():
            words = _("%(path)s does not exist. Check the spelling, or give the full path.")
            raise CommandError(words % {"path": path}, returncode=MISUSED)


def name_of(path: Path) -> str:
    return path.resolve().name or _("all files")


def as_json(report: Report) -> dict[str, Any]:
    return {
        "project": report.batch.project.slug,
        "batch": report.batch.name,
        "pages": report.pages,
        "tasks": report.tasks,
        "duplicates": report.count(FileState.DUPLICATE),
        "refused": report.count(FileState.REFUSED),
        "skipped": report.count(FileState.SKIPPED),
        "files": [
            {"name": outcome.name, "state": outcome.state.value, "reason": outcome.reason, "step": outcome.step}
            for outcome in report.outcomes
        ],
    }


def summary(report: Report) -> str:
    words = _(
        "Batch “%(batch)s” is read. New pages: %(pages)s, with tasks: %(tasks)s. Already there: %(duplicates)s. "
        "Left aside: %(skipped)s. Refused: %(refused)s."
    )
    return words % as_json(report)
