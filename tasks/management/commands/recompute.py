import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.consensus import text_of
from tasks.errors import BeingFitted, FitLost
from tasks.models import Project, Workflow
from tasks.refitting import Changed, Refitted, refit

SHOWN = 20  # tasks of a question


class Command(BaseCommand):
    help = (
        "Weigh all answers of a project together again. What would be decided otherwise now goes to a reviewer. "
        "Ends with 0 when done, with 1 when another process has taken over, with 2 when misused; with --check, 0 says "
        "that no decision would change and 1 that one would."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help=_("the project's short name, as in /projects/<short name>/"))
        parser.add_argument("--check", action="store_true", help=_("only tell: exit 1 when a decision would change"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object last"))

    def handle(self, *args: Any, project: str, check: bool, **options: Any) -> None:
        target = Project.objects.filter(slug=project).first()
        if target is None:
            raise CommandError(_("There is no project “%(slug)s”.") % {"slug": project}, returncode=2)
        found = {workflow: recompute(workflow, check=check) for workflow in target.workflows.asked().order_by("slug")}
        for workflow, refitted in found.items():
            self.tell(workflow, refitted, check=check)
        if options["json"]:
            told = {workflow.slug: asdict(refitted) for workflow, refitted in found.items()}
            self.stdout.write(json.dumps({"project": project, "written": not check, "questions": told}))
        if check and any(refitted.changed or refitted.waiting or refitted.settled for refitted in found.values()):
            words = _("Run recompute without --check to settle this or bring it before a reviewer.")
            raise CommandError(words, returncode=1)

    def tell(self, workflow: Workflow, refitted: Refitted, *, check: bool) -> None:
        self.stdout.write(sentence(workflow, refitted, check=check))
        for changed in refitted.changed[:SHOWN]:
            self.stdout.write(line_about(changed))
        if len(refitted.changed) > SHOWN:
            self.stdout.write(_("  … and %(more)s more") % {"more": len(refitted.changed) - SHOWN})
        if refitted.waiting:
            words = _("  In doubt as well, until reviewers have decided some of those before: %(waiting)s")
            self.stdout.write(words % {"waiting": len(refitted.waiting)})


def recompute(workflow: Workflow, *, check: bool) -> Refitted:
    try:
        return refit(workflow, from_scratch=True, write=not check)
    except (BeingFitted, FitLost) as error:
        words = _("“%(question)s” is being weighed by another process: try again when it is done.")
        raise CommandError(words % {"question": workflow.slug}, returncode=1) from error


def sentence(workflow: Workflow, refitted: Refitted, *, check: bool) -> str:
    counts = {"question": workflow.slug, "answers": refitted.answers, "known": refitted.known}
    counts |= {"changed": len(refitted.changed), "settled": refitted.settled, "records": refitted.records}
    first = ngettext(
        "%(question)s: %(answers)s answer weighed, %(known)s tasks known.",
        "%(question)s: %(answers)s answers weighed, %(known)s tasks known.",
        refitted.answers,
    )
    if check:
        then = _("Would go to a reviewer: %(changed)s; settle: %(settled)s. Records that differ: %(records)s.")
    else:
        then = _("Gone to a reviewer: %(changed)s; settled: %(settled)s. Records rewritten: %(records)s.")
    return f"{first} {then}" % counts


def line_about(changed: Changed) -> str:
    words = _("  task %(task)s: %(held)s holds, %(likelier)s is likelier now (%(confidence).2f)")
    sides = {side: text_of(vote) or vote for side, vote in (("held", changed.held), ("likelier", changed.likelier))}
    return words % {"task": changed.task, "confidence": changed.confidence, **sides}
