"""Start programs that cannot outlive the process that starts them."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

LEASH = Path(__file__).with_name("leash.py")
MANAGE = Path(__file__).parents[2] / "manage.py"


def start_child(
    command: Sequence[str],
    *,
    log: IO[bytes] | int,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    orphaned: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, so that a terminal's Ctrl-C reaches the parent alone.

    ``orphaned`` is sent to it when the calling *thread* ends: call this from a thread that lasts.
    """
    leash = [sys.executable, "-IS", str(LEASH), str(os.getpid()), str(int(orphaned))]
    return subprocess.Popen(
        [*leash, *command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=None if env is None else dict(env),
        pass_fds=pass_fds,
        start_new_session=True,
    )


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(MANAGE), *arguments]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def end_child(child: subprocess.Popen[bytes], patience: float) -> None:
    """Ask the child to end; after ``patience`` seconds insist."""
    child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
