"""Child processes that have loaded everything already: loading takes longer than most of what the tests have them do.

``python -m tests.warm`` loads Django, reads lines of JSON, and runs the management command of each in a fork.
"""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from ingestion.containment import ROOT, Decoder
from ingestion.exchange import Limits


class Commands:
    """Runs management commands in processes of their own, which may be killed."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **env: str) -> int:
        """Run a command to its end and return its exit code, as ``subprocess`` does; ``log`` holds what it said."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([arguments, env, str(self.log)]), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


def main() -> None:
    import django
    from django.core.management import ManagementUtility, load_command_class

    django.setup()
    load_command_class("ingestion", "ingest")
    for line in sys.stdin:
        arguments, env, log = json.loads(line)
        child = os.fork()
        if not child:
            os.environ |= env
            become(ManagementUtility(["manage.py", *arguments]), Path(log))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def become(command, log: Path) -> NoReturn:
    """Run the command and end, whatever happens; nothing of the parent is cleaned up."""
    with log.open("w") as said:
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
    main()
