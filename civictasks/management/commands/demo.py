import os
import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from civictasks.embedded.children import manage, start_child
from civictasks.embedded.holding import FolderHeld, held
from civictasks.embedded.leash import hold
from civictasks.embedded.supervisor import Service, Supervisor, command_service, ended_by_signals
from civictasks.embedded.valkey import Valkey, ValkeyFailed, socket_path
from civictasks.sample import is_filled
from civictasks.sample.archivist import sign_in

PATIENCE = 60.0  # seconds until the site must answer for the first time


class Command(BaseCommand):
    help = "Run the whole site on this machine with a sample to try: web server, worker, sweeper, Valkey."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
        parser.add_argument("--data", help="folder of everything that is kept (default: var)")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        _end_with_uv()
        with _hold(settings.DATA), _listen(port) as listener, ended_by_signals():
            supervisor = Supervisor(self._say)
            try:
                self._start(supervisor, listener)
                while True:
                    supervisor.look_after()
                    time.sleep(0.2)
            except ValkeyFailed as error:
                raise CommandError(str(error)) from error
            finally:
                supervisor.stop()

    def _start(self, supervisor: Supervisor, listener: socket.socket) -> None:
        logs = settings.DATA / "logs"
        logs.mkdir(exist_ok=True)
        _start_valkey(supervisor, logs)
        call_command("migrate", verbosity=0)
        fd = listener.fileno()
        web = supervisor.add(command_service("web server", logs, manage("serve", "--fd", str(fd)), pass_fds=[fd]))
        username, password = sign_in(settings.DATA)
        connections.close_all()
        if not is_filled():
            self._say("Filling in the sample: this takes about 20 seconds, once.")
            _fill(supervisor, web, logs / "sample.log")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        _wait_for(url, web, supervisor)
        supervisor.add(command_service("worker", logs, manage("work")))
        supervisor.add(command_service("sweeper", logs, manage("sweep")))
        self._say(f"Archivist: username {username}, password {password} (kept in {settings.DATA / 'archivist.txt'})")
        self._say(f"Ready: {url}")

    def _say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except BrokenPipeError:  # whoever read our words has gone; the site goes on
            pass


def _end_with_uv() -> None:
    """``uv run`` passes signals on, but SIGKILL cannot be passed on."""
    parent = os.getppid()
    name = Path(f"/proc/{parent}/comm")
    if name.exists() and name.read_text().strip() == "uv":
        hold(parent, signal.SIGTERM)


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    try:
        with held(folder):
            yield
    except FolderHeld:
        raise CommandError(
            f"Another demo is running on the data folder {folder}. Stop it, or give this one a folder of its own: "
            "demo --data DIR"
        ) from None


def _listen(port: int) -> socket.socket:
    """Take the port here, not in the web server: a taken one is told at once, and requests wait while it restarts."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OverflowError:
        raise CommandError(f"There is no port {port}: choose one between 1024 and 65535.") from None
    except OSError as error:
        raise CommandError(
            f"Port {port} of 127.0.0.1 cannot be used ({os.strerror(error.errno or 0)}). Choose another one: "
            "demo --port 8001"
        ) from None


def _start_valkey(supervisor: Supervisor, logs: Path) -> None:
    path = socket_path(settings.REDIS_URL)
    if path is None or "REDIS_URL" in os.environ:
        return  # somebody else runs it
    supervisor.add(Service("Valkey", Valkey(path, settings.DATA / "valkey").start, logs / "valkey.log"))


def _fill(supervisor: Supervisor, web: Service, path: Path) -> None:
    """Fill the sample in a process of its own: what it needs in memory goes with it."""
    with path.open("ab") as log:
        filling = start_child(manage("fill_sample"), log=log)
    try:
        while filling.poll() is None:
            _look_after(supervisor, web)
    finally:
        filling.kill()
    if filling.wait():
        raise CommandError(f"The sample could not be filled in; {path} says why. Start again to go on from here.")


def _wait_for(url: str, web: Service, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(url):
        _look_after(supervisor, web)
        if time.monotonic() > deadline:
            raise CommandError(f"The site does not answer; {web.log} says why.")


def _look_after(supervisor: Supervisor, web: Service) -> None:
    supervisor.look_after()
    if web.ends > 1:
        raise CommandError(f"The web server does not start; {web.log} says why.")
    time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False
