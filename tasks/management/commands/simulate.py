import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.consensus import Policy
from tasks.models import Project, Task
from tasks.simulation import change_policy, enlist, play
from tasks.truth import NoTruth, read_truth

FIELDS: dict[str, Callable[[str], Any]] = {
    "minimum": int,
    "maximum": int,
    "confidence": float,
    "adjudicate": {"yes": True, "no": False}.__getitem__,
}
A_DAY = timedelta(days=1)


class Command(BaseCommand):
    help = "Let simulated volunteers, who make mistakes as people do, answer a project's tasks. They are named as such."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help=_("the project's slug"))
        parser.add_argument("--truth", type=Path, required=True, help=_("CSV of page, x, y, w, h, text"))
        parser.add_argument("--volunteers", type=int, required=True, help=_("how many take part"))
        parser.add_argument("--share", type=float, default=1.0, help=_("stop when this share of tasks is settled"))
        parser.add_argument("--seed", type=int, default=1, help=_("other numbers make other people"))
        parser.add_argument("--policy", type=policy_from, help=_("minimum=2,maximum=5,confidence=0.9, or a part of it"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))

    def handle(self, *args: Any, project: str, truth: Path, volunteers: int, **options: Any) -> None:
        target = Project.objects.filter(slug=project).first()
        if target is None:
            raise CommandError(_("There is no project “%(slug)s”.") % {"slug": project})
        if volunteers < 1:
            raise CommandError(_("At least one volunteer is needed."), returncode=2)
        try:
            lines = read_truth(truth, target)
        except NoTruth as error:
            raise CommandError(str(error)) from error
        if options["policy"]:
            for workflow in target.workflows.playable():
                change_policy(workflow, options["policy"])
        now = timezone.now()
        answers = play(target, lines, enlist(volunteers, options["seed"]), now - A_DAY, now, options["share"])
        self.tell(target, answers, as_json=options["json"])

    def tell(self, project: Project, answers: int, *, as_json: bool) -> None:
        tasks = Task.objects.lines().filter(project=project)
        told = {
            "project": project.slug,
            "answers": answers,
            "tasks": tasks.count(),
            "settled": tasks.settled().count(),
        }
        if as_json:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(_("%(answers)s answers; %(settled)s of %(tasks)s tasks are settled.") % told)


def policy_from(text: str) -> Policy:
    """Read ``minimum=2,maximum=5,confidence=0.9``; what is left out is as usual."""
    try:
        parts = dict(part.split("=", 1) for part in text.split(","))
        return Policy(**{name: FIELDS[name](value) for name, value in parts.items()})
    except (KeyError, ValueError) as error:
        words = _("%(policy)s is no policy (%(error)s): write for instance minimum=2,maximum=5,confidence=0.9.")
        raise ArgumentTypeError(words % {"policy": text, "error": error}) from None
