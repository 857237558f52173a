import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from tasks.aggregating import IGNORED, BadTable, normalisation_ignoring
from tasks.aggregating.reading import read_answers, read_gold
from tasks.consensus import Policy
from tasks.gold.truth import NoTruth, read_truth
from tasks.models import Project, Task, Workflow
from tasks.playing.simulation import change_policy, enlist, play
from tasks.predicting.forecasting import ORDERS, THREE, count_votes, predict
from tasks.predicting.material import AT_MOST, Material, material_of, seconds_in
from tasks.predicting.recorded import material_from
from tasks.predicting.telling import Pace, figures_of, footnotes, name_of, table_of

YES_OR_NO = {"yes": True, "no": False}
FIELDS: dict[str, Callable[[str], Any]] = {
    "minimum": int,
    "maximum": int,
    "confidence": float,
    "adjudicate": YES_OR_NO.__getitem__,
}
EXAMPLE = "minimum=2,maximum=5,confidence=0.9,adjudicate=yes"
A_DAY = timedelta(days=1)
MISUSE = 2


class Command(BaseCommand):
    help = (
        "Predict what a policy will need and be worth: --answers replays a table of real answers, PROJECT --predict "
        "those of a project, and neither writes anything. PROJECT --truth lets simulated volunteers, who make mistakes "
        "as people do and are named as such, answer a project's tasks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", nargs="?", help=_("the project's slug"))
        parser.add_argument(
            "--policy",
            type=policy_from,
            action="append",
            default=[],
            help=_("%(example)s, or a part of it; a prediction takes several") % {"example": EXAMPLE},
        )
        parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))
        playing = parser.add_argument_group(_("play"))
        playing.add_argument("--truth", type=Path, help=_("CSV of page, x, y, w, h, text"))
        playing.add_argument("--volunteers", type=int, help=_("how many take part"))
        playing.add_argument("--share", type=float, default=1.0, help=_("stop when this share of tasks is settled"))
        playing.add_argument("--seed", type=int, default=1, help=_("other numbers make other people"))
        predicting = parser.add_argument_group(_("predict"))
        predicting.add_argument("--answers", type=Path, help=_("CSV of task, worker, answer, perhaps elapsed_ms"))
        predicting.add_argument("--gold", type=Path, help=_("CSV of task, answer: the tasks whose answer is known"))
        predicting.add_argument("--kind", choices=sorted(AT_MOST), help=_("what the answers are"))
        predicting.add_argument("--ignore", choices=IGNORED, nargs="+", default=[], help=_("what makes no other text"))
        predicting.add_argument("--predict", action="store_true", help=_("from the project's own answers so far"))
        predicting.add_argument("--like", help=_("from the answers of this other project, a similar crowd"))
        predicting.add_argument("--orders", type=int, default=ORDERS, help=_("random orders to play the answers in"))
        predicting.add_argument("--seconds-per-answer", type=float, help=_("else from elapsed_ms, else as usual"))
        predicting.add_argument("--volunteers-per-day", type=int, default=Pace.people)
        predicting.add_argument("--minutes-per-volunteer", type=float, default=Pace.minutes)
        predicting.add_argument("--tasks", type=int, help=_("of the project to plan; else as many as recorded"))

    def handle(self, *args: Any, project: str | None, **options: Any) -> None:
        if options["answers"]:
            self.predict(self.from_table(**options), options)
        elif project is None:
            raise CommandError(_("Name a project, or a table of answers by --answers."), returncode=MISUSE)
        elif options["predict"] or options["like"]:
            self.predict(from_project(found(project), options), options)
        else:
            self.play(found(project), **options)

    def play(self, project: Project, *, truth: Path | None, volunteers: int | None, **options: Any) -> None:
        if truth is None or volunteers is None:
            words = _("Give --truth and --volunteers to let simulated people answer, or --predict to change nothing.")
            raise CommandError(words, returncode=MISUSE)
        if volunteers < 1:
            raise CommandError(_("At least one volunteer is needed."), returncode=MISUSE)
        try:
            lines = read_truth(truth, project)
        except NoTruth as error:
            raise CommandError(str(error)) from error
        for policy in options["policy"][-1:]:
            for workflow in project.workflows.playable():
                change_policy(workflow, policy)
        now = timezone.now()
        answers = play(project, lines, enlist(volunteers, options["seed"]), now - A_DAY, now, options["share"])
        self.tell_played(project, answers, as_json=options["json"])

    def tell_played(self, project: Project, answers: int, *, as_json: bool) -> None:
        tasks = Task.objects.filter(project=project)
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

    def from_table(
        self, *, answers: Path, gold: Path | None, kind: str | None, ignore: list[str], **options: Any
    ) -> Material:
        if kind is None:
            raise CommandError(_("Say what the answers are: --kind choice or --kind text."), returncode=MISUSE)
        try:
            given = read_answers(answers)
            known = read_gold(gold, given) if gold else {}
            seconds = options["seconds_per_answer"] or seconds_in(answers)
        except BadTable as error:
            raise CommandError(str(error)) from error
        return material_of(given, known, kind, normalisation_ignoring(ignore), seconds)

    def predict(self, material: Material, options: dict[str, Any]) -> None:
        if not material.answers:
            raise CommandError(_("There are no answers to settled tasks yet: take another project’s by --like."))
        pace = Pace(options["volunteers_per_day"], options["minutes_per_volunteer"], options["tasks"])
        if min(options["orders"], pace.people, pace.minutes) <= 0:
            raise CommandError(_("Orders, volunteers and minutes are more than nothing."), returncode=MISUSE)
        orders = options["orders"]
        rows = [
            (name_of(policy), figures_of(policy, predict(material, policy, orders), material, pace))
            for policy in options["policy"] or [Policy()]
        ]
        for words, most, lead in (
            (_("three votes, counted"), THREE, None),
            (_("votes until one leads by three"), None, THREE),
            (_("all votes, counted"), None, None),
        ):
            rows.append((words, figures_of(None, count_votes(material, most, orders, lead), material, pace)))
        notes = footnotes(
            material, measured=bool(material.known), ran_out=any(figures["open"] for _name, figures in rows)
        )
        if options["json"]:
            told = {"tasks": material.drawn_from, "played": len(material.record), "seconds": material.seconds}
            named = [{"name": name, **figures} for name, figures in rows]
            self.stdout.write(json.dumps(told | {"policies": named, "notes": notes}, ensure_ascii=False))
        else:
            self.stdout.write("\n".join([*table_of(rows), *notes]))


def found(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise CommandError(_("There is no project “%(slug)s”.") % {"slug": slug})
    return project


def from_project(project: Project, options: dict[str, Any]) -> Material:
    """Take the answers of the project's first question, or of another's. The project that is planned has the tasks,
    and the policy unless one is given."""
    planned = first_question(project)
    workflow = first_question(found(options["like"])) if options["like"] else planned
    if workflow is None:
        raise CommandError(_("This project asks no question yet."))
    if options["tasks"] is None:
        options["tasks"] = Task.objects.lines().filter(project=project).count() or None
    options["policy"] = options["policy"] or [(planned or workflow).current.rules]
    return material_from(workflow, seconds=options["seconds_per_answer"])


def first_question(project: Project) -> Workflow | None:
    return project.workflows.filter(source_workflow=None).order_by("pk").first()


def policy_from(text: str) -> Policy:
    """Read ``minimum=2,maximum=5,confidence=0.9,adjudicate=no``; what is left out is as usual."""
    try:
        parts = dict(part.split("=", 1) for part in text.split(","))
        return Policy(**{name: FIELDS[name](value) for name, value in parts.items()})
    except (KeyError, ValueError) as error:
        words = _("%(policy)s is no policy (%(error)s): write for instance %(example)s.")
        raise ArgumentTypeError(words % {"policy": text, "error": error, "example": EXAMPLE}) from None
