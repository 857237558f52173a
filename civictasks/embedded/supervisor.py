"""Keep the processes of the embedded shape running, and end them all."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .children import start_child
from .valkey import ValkeyFailed

STOP_TIME = 8.0  # seconds a process gets to end by itself
LONGEST_LOG = 5 * 2**20  # bytes; one older part of the same length is kept
STEADY = 60.0  # seconds a process must run for its next end to count as the first
LONGEST_PAUSE = 30.0


@dataclass
class Service:
    """One process to keep running. ``start`` gets its log and returns the process, ready or not."""

    name: str
    start: Callable[[IO[bytes]], subprocess.Popen[bytes]]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    ends: int = 0
    start_again_at: float | None = None

    def run(self) -> None:
        self.start_again_at = None
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = self.start(log)

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None and self.start_again_at is None

    def plan_restart(self, now: float) -> float:
        """Decide when to start again: at once the first time, then after pauses that double. Returns the pause."""
        self.ends = 1 if now - self.started_at > STEADY else self.ends + 1
        pause = min(2.0 ** (self.ends - 2), LONGEST_PAUSE) if self.ends > 1 else 0.0
        self.start_again_at = now + pause
        return pause


@dataclass
class Supervisor:
    """``services`` start in this order and end in the reverse one, the first (which the others use) last of all."""

    say: Callable[[str], None]
    services: list[Service] = field(default_factory=list)

    def add(self, service: Service) -> Service:
        self.services.append(service)
        service.run()
        return service

    def look_after(self) -> None:
        """Start again what has ended and is due; cut logs that have grown long."""
        for service in self.services:
            now = time.monotonic()
            if service.has_ended():
                self._note_end(service, now)
            if service.start_again_at is not None and service.start_again_at <= now:
                self._start_again(service)
            _cut(service.log)

    def stop(self) -> None:
        first, others = self.services[:1], self.services[1:]
        for group in (others, first):
            _end([service.process for service in group if service.process])

    def _note_end(self, service: Service, now: float) -> None:
        assert service.process
        pause = service.plan_restart(now)
        when = f"in {pause:.0f} s" if pause else "now"
        self.say(f"The {service.name} ended ({_how(service.process.returncode)}); starting it again {when}.")

    def _start_again(self, service: Service) -> None:
        try:
            service.run()
        except ValkeyFailed as error:
            self.say(str(error))
            service.plan_restart(time.monotonic())


def command_service(name: str, folder: Path, command: Sequence[str], pass_fds: Sequence[int] = ()) -> Service:
    def start(log: IO[bytes]) -> subprocess.Popen[bytes]:
        return start_child(command, log=log, pass_fds=pass_fds)

    return Service(name, start, folder / f"{name.replace(' ', '-')}.log")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM raise ``SystemExit`` inside the block, and be ignored once it ends."""

    def leave(number: int, frame: object) -> None:
        ignore()
        raise SystemExit(0)

    def ignore() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    try:
        yield
    finally:
        ignore()


def _how(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_TIME
    for process in processes:
        try:
            process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _cut(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".old.log"))
        os.truncate(log, 0)
