"""The real ``demo``, as the README starts it."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from django.utils.html import escape

from civictasks.embedded.children import manage
from civictasks.embedded.supervisor import ended_by_signals
from ingestion.specimens import SETS

pytestmark = pytest.mark.long
SOON = 5.0  # seconds in which everything must be gone

HIDDEN = {"CIVICTASKS_DATA", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REDIS_URL", "LIVE_DATABASE"}
SIGN_IN = r"Archivist: username (\S+), password (\S+) \(kept in .*archivist\.txt\)"
FILLING = r"Filling in the sample: .*"
READY = r"Ready: (http://127\.0\.0\.1:\d+/)"


class Demo:
    """A demo in a session of its own, as in a terminal of its own."""

    started: ClassVar[list[subprocess.Popen[str]]] = []

    def __init__(self, data: Path, *arguments: str) -> None:
        env = {name: value for name, value in os.environ.items() if name not in HIDDEN} | {"SAMPLE_PAGES": "1"}
        self.process = subprocess.Popen(
            manage("demo", "--data", str(data), *(arguments or ("--port", "0"))),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            text=True,
            start_new_session=True,
        )
        self.started.append(self.process)

    def read_until(self, pattern: str) -> re.Match[str]:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.fullmatch(pattern, line.rstrip("\n")):
                return found
        pytest.fail(f"the demo ended ({self.process.wait()}) before saying {pattern}")

    def rest(self) -> str:
        return self.process.communicate(timeout=30)[0]

    def end_by(self, number: signal.Signals) -> tuple[int, str]:
        """Return the exit code and what was said last; a terminal's Ctrl-C goes to the whole group."""
        os.killpg(self.process.pid, number)
        said = self.rest()
        return self.process.returncode, said


def processes_on(data: Path) -> dict[int, str]:
    """Return the command lines of all processes that work on the data folder, by their environment or arguments."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            if str(data).encode() in command + (folder / "environ").read_bytes():
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile
            continue
    return {pid: command for pid, command in found.items() if command}


def left_on(data: Path) -> dict[int, str]:
    """Return what is still there after a moment."""
    deadline = time.monotonic() + SOON
    while (left := processes_on(data)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as response:
        return response.read().decode()


@pytest.fixture
def data(tmp_path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    for pid in processes_on(folder):
        os.kill(pid, signal.SIGKILL)
    while Demo.started:
        Demo.started.pop().communicate()


sees_processes = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at /proc for processes left behind")


@sees_processes
def test_a_demo_goes_on_after_every_end_keeps_everything_and_leaves_nothing_behind(data):
    first = Demo(data)
    first.read_until(FILLING)
    sign_in = first.read_until(SIGN_IN).groups()
    home = page(first.read_until(READY)[1])
    assert escape(SETS[0].title) in home
    assert (data / "archivist.txt").stat().st_mode & 0o777 == 0o600
    assert len(processes_on(data)) == 5  # supervisor, Valkey, web server, worker, sweeper

    second = Demo(data)
    assert re.search(f"Another demo is running on the data folder {re.escape(str(data))}", second.rest())
    assert second.process.returncode == 1

    assert first.end_by(signal.SIGINT) == (0, "")
    assert left_on(data) == {}

    again = Demo(data)
    assert again.read_until(SIGN_IN).groups() == sign_in
    assert page(again.read_until(READY)[1]) == home

    os.kill(again.process.pid, signal.SIGKILL)
    assert left_on(data) == {}


@pytest.mark.endurance
@sees_processes
def test_a_demo_goes_on_when_its_filling_or_one_of_its_processes_is_killed(data):
    killed = Demo(data)
    killed.read_until(FILLING)
    os.kill(killed.process.pid, signal.SIGKILL)
    assert left_on(data) == {}

    again = Demo(data)
    again.read_until(FILLING)
    url = again.read_until(READY)[1]
    home = page(url)
    assert escape(SETS[0].title) in home
    for service, words in (("web server", "manage.py serve"), ("sweeper", "manage.py sweep"), ("Valkey", "valkey-ser")):
        [pid] = [pid for pid, command in processes_on(data).items() if words in command]
        os.kill(pid, signal.SIGKILL)
        again.read_until(rf"The {service} ended \(SIGKILL\); starting it again now\.")
    assert page(url) == home

    os.kill(again.process.pid, signal.SIGKILL)
    assert left_on(data) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_ends_in_good_order_by_either_signal_and_only_once(number):
    before = [signal.getsignal(either) for either in (signal.SIGINT, signal.SIGTERM)]
    try:
        with pytest.raises(SystemExit) as ended, ended_by_signals():
            signal.raise_signal(number)
        assert ended.value.code == 0
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        for either, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(either, handler)


def test_a_port_that_is_taken_is_told_and_nothing_is_started(data):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = Demo(data, "--port", str(port))
        said = demo.rest()

    assert said == (
        f"CommandError: Port {port} of 127.0.0.1 cannot be used (Address already in use). Choose another one: "
        "demo --port 8001\n"
    )
    assert demo.process.returncode == 1
    assert processes_on(data) == {}
