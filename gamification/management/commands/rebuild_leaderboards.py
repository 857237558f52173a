import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gamification.models import Ledger
from gamification.rebuilding import errors, mend


class Command(BaseCommand):
    help = "Compare the leaderboards with the ledger of points and rebuild what differs. Answers may go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare: exit 1 when something differs")
        parser.add_argument("--json", action="store_true", help="print one JSON object last")

    def handle(self, *args: Any, **options: Any) -> None:
        standings = tallies = 0
        for found in errors():
            standings, tallies = standings + len(found.standings), tallies + len(found.tallies)
            if not options["check"]:
                mend(found)
        waiting = Ledger.objects.unprojected().count()
        self.stdout.write(sentence(standings, tallies, waiting, rebuilt=not options["check"]))
        if options["json"]:
            self.stdout.write(json.dumps({"standings": standings, "tallies": tallies, "waiting": waiting}))
        if options["check"] and (standings or tallies):
            raise CommandError("Run rebuild_leaderboards without --check to mend them.", returncode=1)


def sentence(standings: int, tallies: int, waiting: int, *, rebuilt: bool) -> str:
    wait = f" {waiting} newer lines wait for the sweeper." if waiting else ""
    if not standings and not tallies:
        return f"The leaderboards equal the ledger.{wait}"
    what = f"{standings} standings and {tallies} tallies"
    return f"Rebuilt {what} from the ledger.{wait}" if rebuilt else f"{what} differ from the ledger.{wait}"
