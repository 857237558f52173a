"""A real server process on the test database, and the Chromium that looks at it."""

import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from civictasks.embedded.children import is_running

from .warm import Warm

# The shell first: it is Chromium without windows, and opens a context in a third of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def child_environment() -> dict[str, str]:
    """What a process beside the test needs to share its data folder and database."""
    env = os.environ | {"LIVE_DATABASE": str(connection.settings_dict["NAME"])}
    env["DJANGO_SETTINGS_MODULE"] = "civictasks.settings_test"
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the others behave as in production
    return env


class LiveServer:
    """``manage.py serve`` on a port that the test's process holds: the kernel queues requests across a restart."""

    def __init__(self, env: dict[str, str]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.warm = Warm(env, "civictasks.asgi", pass_fds=[self.listener.fileno()])
        self.log = Path(env.get("LIVE_LOG", os.devnull))
        self.process: int | None = None

    def start(self) -> None:
        self.process = self.warm.start(["serve", "--fd", str(self.listener.fileno())], self.log)

    def wait(self, patience: float = 30) -> None:
        deadline = time.monotonic() + patience
        while not self._answers():
            assert self.process, "start it first"
            assert is_running(self.process), "the live server ended; LIVE_LOG=FILE shows why"
            assert time.monotonic() < deadline, "the live server does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process, "start it first"
        os.kill(self.process, signal.SIGKILL)
        self.warm.wait()

    def close(self) -> None:
        if self.process and is_running(self.process):
            self.kill()
        self.warm.close()
        self.listener.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/healthz", timeout=2):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False


def stays_here(url: str, home: str) -> bool:
    """Whether a browser's request goes to our own server, or nowhere at all (``data:``, ``blob:``)."""
    there = urlsplit(url)
    return there.scheme in {"data", "blob", "about"} or there.netloc == urlsplit(home).netloc
