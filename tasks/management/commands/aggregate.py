import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.aggregating import IGNORED, KINDS, BadTable, merge_ignoring
from tasks.aggregating.reading import read_answers, read_gold
from tasks.aggregating.report import write_report
from tasks.aggregating.writing import refuse_places, write_results


class Command(BaseCommand):
    help = "Merge a table of answers, of this platform or another, into one value per task with its confidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("answers", type=Path, help=_("CSV of task, worker, answer"))
        parser.add_argument("--kind", choices=sorted(KINDS), required=True, help=_("what the answers are"))
        parser.add_argument("--ignore", choices=IGNORED, nargs="+", default=[], help=_("what makes no other text"))
        parser.add_argument("--gold", type=Path, help=_("CSV of task, answer: the tasks whose answer is known"))
        parser.add_argument("--output", type=Path, required=True, help=_("CSV to write"))
        parser.add_argument("--report", type=Path, help=_("HTML page to write, with pictures of how far to trust it"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object at the end"))

    def handle(
        self, *args: Any, answers: Path, kind: str, gold: Path | None, output: Path, report: Path | None, **options: Any
    ) -> None:
        if options["ignore"] and kind != "text":
            raise CommandError(_("--ignore is for texts: labels are compared as they are."), returncode=2)
        merge = merge_ignoring(kind, options["ignore"])
        try:
            refuse_places(filter(None, (output, report)), filter(None, (answers, gold)))
            given = read_answers(answers)
            known = read_gold(gold, given) if gold else {}
            merged = merge(given, known)
            write_results(output, given, merged)
            if report:
                write_report(report, given, known, merged, merge)
        except BadTable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            words = _("%(path)s cannot be written: %(error)s.")
            raise CommandError(words % {"path": error.filename, "error": error.strerror}) from error
        told = {
            "tasks": len(given.tasks),
            "answers": len(given.task),
            "workers": len(given.workers),
            "gold": len(known),
            "repeated": given.repeated,
            "how": merged.how,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            words = _("%(answers)s answers by %(workers)s people to %(tasks)s tasks are merged. %(how)s")
            self.stdout.write(words % told)
            if given.repeated:
                again = _("%(repeated)s lines do not count: the same person had answered the task before.")
                self.stdout.write(again % told)
