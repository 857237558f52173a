import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exports.errors import ExportsError
from exports.models import Release
from exports.releasing import NothingChanged, release
from tasks.models import Project


class Command(BaseCommand):
    help = "Freeze a project's settled tasks as the next version of its dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="the project's short name, as in /projects/<short name>/")
        parser.add_argument("--json", action="store_true", help="print one JSON object last")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = release(project_called(options["project"]))
        except ExportsError as error:
            raise CommandError(str(error), returncode=1) from error
        changed = not isinstance(outcome, NothingChanged)
        made = outcome.release if isinstance(outcome, NothingChanged) else outcome
        self.stdout.write(sentence(made, changed))
        if options["json"]:
            self.stdout.write(json.dumps(report(made, changed)))


def project_called(slug: str) -> Project:
    try:
        return Project.objects.select_related("organisation").get(slug=slug)
    except Project.DoesNotExist:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no project “{slug}”. Projects here: {known}.", returncode=2) from None


def sentence(made: Release, changed: bool) -> str:
    if not changed:
        return f"Nothing changed since version {made.number} of {made.project.slug}: no new version."
    return f"Released version {made.number} of {made.project.slug}: {made.snapshot['rows']} rows in {made.folder}"


def report(made: Release, changed: bool) -> dict[str, Any]:
    return {
        "project": made.project.slug,
        "version": made.number,
        "changed": changed,
        "rows": made.snapshot["rows"],
        "digest": made.digest,
        "folder": str(made.folder),
    }
