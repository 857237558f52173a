"""Settings of the tests: nothing outside a folder that goes away, and no waiting for the disk.

``LIVE_DATABASE`` is set for the processes that a test starts beside itself: they share its data folder and database.
``DATABASE=postgresql`` runs the tests on a PostgreSQL server of their own, which ``tests/conftest.py`` starts.
"""

import os
import shutil
import tempfile
from pathlib import Path

from .embedded.children import is_running

PREFIX = "civictasks-tests-"


def data_folder() -> str:
    """Make a data folder for this process, and remove those of processes that ended without doing so."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        if not is_running(int(old.name.removeprefix(PREFIX).partition("-")[0])):
            shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")


LIVE_DATABASE = os.environ.get("LIVE_DATABASE")
if os.environ.pop("DATABASE", None) == "postgresql":  # in the first process; its children inherit the address
    os.environ["POSTGRES_FOLDER"] = data_folder()
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={os.environ['POSTGRES_FOLDER']}"
if not LIVE_DATABASE:
    os.environ["CIVICTASKS_DATA"] = data_folder()
    os.environ.pop("REDIS_URL", None)

from .environment import sqlite  # noqa: E402  # the data folder must be set first
from .settings import *  # noqa: E402, F403
from .settings import ALLOWED_HOSTS, DATA, DATABASES  # noqa: E402

DEBUG = False
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = not LIVE_DATABASE  # every test client would list all files beforehand
if not os.environ.get("DATABASE_URL"):
    # A file even for the tests: the live server and the workers are other processes.
    path = DATA / "tests.sqlite3"
    DATABASES["default"] = sqlite(path, synchronous="OFF") | {"TEST": {"NAME": str(path)}}
if LIVE_DATABASE:
    DATABASES["default"]["NAME"] = LIVE_DATABASE
