from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civictasks.sweeping import sweep, sweep_once
from tasks.chores import CHORES


class Command(BaseCommand):
    help = "Keep boards and totals up to date, free expired seats, take up lost jobs; runs until ended by a signal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="run every chore once and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            if not sweep_once(CHORES.values()):
                raise CommandError("Some chores failed; the log above says why.")
            return
        sweep(CHORES.values())
