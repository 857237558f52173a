"""Commands before there is a site."""

import os
import subprocess
import sys

from django.conf import settings


def test_a_command_in_an_empty_data_folder_says_what_to_do_first(tmp_path):
    env = os.environ | {"CIVICTASKS_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "civictasks.settings"}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", "release", "my-cards"]

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The database of this data folder is not prepared.")
