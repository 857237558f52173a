"""Child processes that have loaded everything already: loading takes longer than most of what the tests have them do.

``python -m tests.warm MODULE…`` loads Django and the modules, reads lines of JSON, and runs the management command of
each in a fork.
"""

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from civictasks.embedded.children import LEASH
from civictasks.embedded.leash import hold
from ingestion.containment import ROOT, Decoder
from ingestion.exchange import Limits


class Warm:
    """A process that has loaded some modules and runs management commands in forks, one at a time."""

    def __init__(self, env: Mapping[str, str], *modules: str, pass_fds: Sequence[int] = ()) -> None:
        leash = [sys.executable, "-IS", str(LEASH), str(os.getpid()), str(int(signal.SIGKILL))]
        self.process = subprocess.Popen(
            [*leash, sys.executable, "-m", "tests.warm", *modules],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=pass_fds,
        )

    def start(self, arguments: Sequence[str], log: Path, **env: str) -> int:
        """Start a command, whose output goes to the end of ``log``, and return the number of its process."""
        assert self.process.stdin
        print(json.dumps([arguments, env, str(log)]), file=self.process.stdin, flush=True)
        return self._answer()

    def wait(self) -> int:
        """Wait for the command's end and return its exit code, as ``subprocess`` does."""
        return self._answer()

    def close(self) -> None:
        self.process.communicate()

    def _answer(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())


class Commands:
    """Runs management commands in processes of their own, which may be killed. ``log`` holds what the last one said."""

    def __init__(self, env: Mapping[str, str], log: Path, *modules: str) -> None:
        self.log = log
        self.warm = Warm(env, *modules)

    def run(self, *arguments: str, **env: str) -> int:
        """Run a command to its end and return its exit code, as ``subprocess`` does."""
        self.log.unlink(missing_ok=True)
        self.warm.start(arguments, self.log, **env)
        return self.warm.wait()

    def close(self) -> None:
        self.warm.close()


def main(modules: Sequence[str]) -> None:
    import django
    from django.core.management import ManagementUtility

    django.setup()
    for module in modules:
        import_module(module)
    for line in sys.stdin:
        arguments, env, log = json.loads(line)
        parent, child = os.getpid(), os.fork()
        if not child:
            hold(parent, signal.SIGKILL)
            os.environ |= env
            become(ManagementUtility(["manage.py", *arguments]), Path(log))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def become(command, log: Path) -> NoReturn:
    """Run the command and end, whatever happens; nothing of the parent is cleaned up."""
    with log.open("a") as said:
        for descriptor in (1, 2):
            os.dup2(said.fileno(), descriptor)
    code = 0
    try:
        command.execute()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Decoders:
    """Hands the child of one ``Decoder`` on to the next, as a long batch hands it on from file to file."""

    def __init__(self) -> None:
        self.idle: list[Decoder] = []
        self.start, self.leave = Decoder.start, Decoder.__exit__

    def take(self, decoder: Decoder) -> subprocess.Popen[bytes]:
        while self.idle and decoder.limits == Limits():
            other = self.idle.pop()
            if other.child and other.child.poll() is None:
                return other.child
            other.end()
        return self.start(decoder)

    def hand_on(
        self, decoder: Decoder, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if kind is None and decoder.limits == Limits() and decoder.child:
            kept = Decoder()
            kept.child, decoder.child = decoder.child, None
            self.idle.append(kept)
        self.leave(decoder, kind, error, at)

    def close(self) -> None:
        for decoder in self.idle:
            decoder.end()


if __name__ == "__main__":
    main(sys.argv[1:])
