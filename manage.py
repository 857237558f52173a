#!/usr/bin/env python
"""Run a management command of Civic Tasks."""

import argparse
import os
import sys

from django.core.management import BaseCommand, execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

UNPREPARED = """The database of this data folder is not prepared.
Start the demo once, or run “uv run manage.py migrate”, or name another folder by CIVICTASKS_DATA."""

INTERRUPTED = 130  # what shells give for Ctrl-C


def choose_data_folder(arguments: list[str]) -> None:
    """Take ``demo --data DIR`` to heart before the settings are read, which every command does first."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    if arguments[:1] == ["demo"] and (data := parser.parse_known_args(arguments)[0].data):
        os.environ["CIVICTASKS_DATA"] = data


def is_prepared() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
    choose_data_folder(sys.argv[1:])
    # The checks look for mistakes in the code and load all pages for that; CI runs them: ``manage.py check``.
    BaseCommand.requires_system_checks = []
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except DatabaseError:
        if is_prepared():
            raise
        sys.exit(UNPREPARED)
