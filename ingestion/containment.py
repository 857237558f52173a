"""Keep the child process that opens strangers' files: start it, wait for it, end it, start another."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from .errors import CannotRead, Refused
from .exchange import Limits, Reading, Survey, Wish, reading_from, to_line
from .storing import disk_words

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 1.5  # of the processor time allowed: a busy machine and a slow disk also take time
START_TIME = 30  # seconds more for the first picture of a child
LONGEST_ANSWER = 16 * 2**20  # bytes
# Only what a program needs to run: no password or key of the site.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each thread would reserve address space


class Decoder:
    """Opens pictures in a child process; use it in a ``with`` statement. A child serves until a file is its end."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def read(self, wish: Wish) -> Reading:
        """Raises ``Refused`` when the picture cannot be taken in, ``CannotRead`` when the disk is full or broken."""
        return reading_from(self.ask(wish))

    def survey(self, document: Path) -> int:
        """Return how many pages a document has, 0 for a single picture. Raises as ``read`` does."""
        return self.ask(Survey(str(document)))["pages"]

    def ask(self, wish: Survey | Wish) -> dict:
        answer = self.answer_to(wish)
        if "failed" in answer:
            raise CannotRead(disk_words(answer["failed"]))
        if "refused" not in answer:
            return answer
        if answer["refused"] == "too_large":
            self.end()  # a process that met its limit keeps its memory in pieces
        raise Refused(answer["refused"], **answer["facts"])

    def answer_to(self, wish: Survey | Wish) -> dict:
        child, patience = self.running()
        try:
            child.stdin.write(to_line(wish))  # type: ignore[union-attr]  # it was started with pipes
            child.stdin.flush()  # type: ignore[union-attr]
            line = self.line_from(child, patience)
        except BrokenPipeError:
            line = b""
        if line.endswith(b"\n"):
            return json.loads(line)
        raise Refused(self.cause_of_death())

    def running(self) -> tuple[subprocess.Popen[bytes], float]:
        patience = self.limits.seconds * PATIENCE
        if self.child and self.child.poll() is None:
            return self.child, patience
        self.end()
        self.child = self.start()
        return self.child, patience + START_TIME

    def start(self) -> subprocess.Popen[bytes]:
        known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "ingestion.decoding", json.dumps(asdict(self.limits))],
            cwd=ROOT,
            env=known | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the worker, which ends the child in its own time
        )

    def line_from(self, child: subprocess.Popen[bytes], patience: float) -> bytes:
        """Return one line, or what came before the child ended or patience did."""
        until, line, pipe = time.monotonic() + patience, b"", child.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)  # type: ignore[arg-type]  # it was started with pipes
            while not line.endswith(b"\n") and len(line) < LONGEST_ANSWER:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise Refused(self.given_up())
                part = os.read(pipe.fileno(), 2**16)  # type: ignore[union-attr]
                if not part:
                    break
                line += part
        return line

    def given_up(self) -> str:
        self.end()
        return "too_slow"

    def cause_of_death(self) -> str:
        if self.child is None:
            return "crashed"
        try:
            code = self.child.wait(5)
        except subprocess.TimeoutExpired:
            code = 0
        self.end()
        return {-signal.SIGXCPU: "too_slow", -signal.SIGKILL: "too_large"}.get(code, "crashed")

    def end(self) -> None:
        if self.child is None:
            return
        self.child.kill()
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]  # it was started with pipes
            except BrokenPipeError:
                continue
        self.child = None
