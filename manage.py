#!/usr/bin/env python
"""Run a management command of Civic Tasks."""

import argparse
import os
import sys

from django.core.management import execute_from_command_line


def choose_data_folder(arguments: list[str]) -> None:
    """Take ``demo --data DIR`` to heart before the settings are read, which every command does first."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    if arguments[:1] == ["demo"] and (data := parser.parse_known_args(arguments)[0].data):
        os.environ["CIVICTASKS_DATA"] = data


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civictasks.settings")
    choose_data_folder(sys.argv[1:])
    execute_from_command_line(sys.argv)
