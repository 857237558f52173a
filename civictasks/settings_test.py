"""Settings of the tests: nothing outside a folder that goes away, and no waiting for the disk.

``LIVE_DATABASE`` is set for the processes that a test starts beside itself: they share its data folder and database.
"""

import atexit
import os
import shutil
import tempfile

LIVE_DATABASE = os.environ.get("LIVE_DATABASE")
if not LIVE_DATABASE:
    os.environ["CIVICTASKS_DATA"] = tempfile.mkdtemp(prefix="civictasks-tests-")
    atexit.register(shutil.rmtree, os.environ["CIVICTASKS_DATA"], ignore_errors=True)
    os.environ.pop("REDIS_URL", None)

from .environment import sqlite  # noqa: E402  # the data folder must be set first
from .settings import *  # noqa: E402, F403
from .settings import DATA, DATABASES  # noqa: E402

DEBUG = False
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file even for the tests: the live server and the workers are other processes.
    path = DATA / "tests.sqlite3"
    DATABASES["default"] = sqlite(path, synchronous="OFF") | {"TEST": {"NAME": str(path)}}
if LIVE_DATABASE:
    DATABASES["default"]["NAME"] = LIVE_DATABASE
