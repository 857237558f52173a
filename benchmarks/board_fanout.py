"""How soon a change of a board reaches many open pages while answering goes on, and what that costs the answering.

    uv run python -m benchmarks.board_fanout --sockets 500
    uv run python -m benchmarks.board_fanout --url http://127.0.0.1:8000 --project finnish-newspapers

Without ``--url`` it starts the embedded shape, or the server shape, on a data folder of its own. Volunteers answer
without pause, first with no board open, then with all of them, in turn. Beside them one more answers now and then: from
the reply that acknowledges this answer to the message of a version that holds it is the delay, taken at every socket.
Which version that is, the board tells right after the reply: the one it stands at, if this volunteer's points are in
it, else the next. ``--fetch``: each socket also asks for the table at each message, like a browser.
"""

import argparse
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script's own folder is on the path, the site's is not

from benchmarks.filling import PROJECT, Shelf
from benchmarks.listeners import Heard, Log, Target, listening
from benchmarks.player import Player
from benchmarks.volunteer_loop import WARM_UP, Stage

TASKS = 100_000
PAUSE = 0.7  # seconds between two answers whose way is followed
BOARD = "all"
LATEST = 1.0  # seconds
SETTLE = 2.5  # seconds after the last answer, for what is still on its way

type Cpu = Callable[[], float]


@dataclass(frozen=True)
class Probe:
    """An answer was acknowledged at ``at`` and stands on the board from ``version`` on."""

    at: float
    version: int


class Stranger(Player):
    """Reads what nobody else does: each answer earns the one point for taking part and nothing later."""

    def reading(self, lease: dict[str, Any]) -> str:
        return f"nobody reads this {uuid4()}"


class Prober(threading.Thread):
    """A volunteer whose answers are followed."""

    def __init__(self, port: int, project: str) -> None:
        super().__init__(daemon=True)
        self.player, self.port = Stranger(port, project), port
        self.probes: list[Probe] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(PAUSE):
            self.player.loop(ask=True)
            at = time.monotonic()
            board = self.board()
            held = board.get("me", {}).get("points", 0) > len(self.probes)
            self.probes.append(Probe(at, board["version"] + (not held)))

    def board(self) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.player.cookies.items())
        connection.request("GET", f"/api/v1/leaderboards/{BOARD}?period=today", headers={"Cookie": cookies})
        found = json.loads(connection.getresponse().read())
        connection.close()
        return found

    def stop(self) -> list[Probe]:
        self.over.set()
        self.join()
        self.player.close()
        return self.probes


@dataclass(frozen=True)
class Half:
    """Loops a second, and milliseconds of processor time that all server processes used for each (0: not known)."""

    rate: float
    cpu_ms: float


@dataclass(frozen=True)
class Round:
    """Without and with open boards; what the clients themselves used of a processor, 1 is all of it."""

    alone: Half
    together: Half
    players_cpu: float
    sockets_cpu: float
    probes: list[Probe]
    heard: Heard


def measure(options: argparse.Namespace, port: int, sockets: int, cpu: Cpu) -> Round:
    stage = Stage(port, options.clients, ask=True, project=options.project)
    prober = Prober(port, options.project)
    stage.run(WARM_UP)
    prober.start()
    alone = half(stage, options.seconds, cpu)
    reports: list[Heard] = []
    with listening(Target("127.0.0.1", sockets, BOARD, options.fetch), options.sockets, reports):
        begun, own = time.monotonic(), time.process_time()
        together = half(stage, options.seconds, cpu)
        players_cpu = (time.process_time() - own) / (time.monotonic() - begun)
        probes = [probe for probe in prober.stop() if probe.at > begun]
        time.sleep(SETTLE)
    for player in stage.players:
        player.close()
    [heard] = reports
    return Round(alone, together, players_cpu, heard.cpu / options.seconds, probes, heard)


def half(stage: Stage, seconds: float, cpu: Cpu) -> Half:
    used = cpu()
    lasted = stage.run(seconds)
    loops = max(len(stage.times().loop), 1)
    return Half(loops / lasted, 1000 * (cpu() - used) / loops)


def delays(probes: Sequence[Probe], logs: Sequence[Log]) -> Iterator[float]:
    """Yield how long each socket waited for each probe; infinity where it heard nothing of it."""
    for log in logs:
        versions = [version for _at, version in log]
        for probe in probes:
            place = bisect_left(versions, probe.version)
            yield max(log[place][0] - probe.at, 0) if place < len(log) else float("inf")


def spans(name: str, found: Sequence[float]) -> str:
    ordered = sorted(found)
    if not ordered:
        return f"{name}: nothing measured"
    p50, p95 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.95))
    late = sum(delay > LATEST for delay in ordered)
    share = f"{late} of {len(ordered)} later than {LATEST:g} s"
    return f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {1000 * ordered[-1]:.0f} ms, {share}"


def report(rounds: Sequence[Round], options: argparse.Namespace) -> None:
    for each in rounds:
        print(
            f"{each.alone.rate:6.1f} loops/s, {each.alone.cpu_ms:.1f} ms CPU each, alone; "
            f"{each.together.rate:6.1f}, {each.together.cpu_ms:.1f} ms with {options.sockets} sockets "
            f"and {len(each.heard.messages[0])} messages to each; "
            f"clients' own CPU {each.players_cpu:.2f} answering, {each.sockets_cpu:.2f} listening"
        )
    ratio = statistics.median(each.together.rate / each.alone.rate for each in rounds)
    print(f"rate with open boards, median of {len(rounds)} rounds: {ratio:.2f} of the rate without")
    print(spans("told", [d for each in rounds for d in delays(each.probes, each.heard.messages)]))
    if options.fetch:
        print(spans("table fetched", [d for each in rounds for d in delays(each.probes, each.heard.tables)]))


@contextmanager
def site(options: argparse.Namespace) -> Iterator[tuple[int, int, Cpu]]:
    """Yield the port of the site to measure, that of its sockets, and a function that tells the processor time it has
    used."""
    if options.url:
        port = urlsplit(options.url).port or 80
        yield port, port, lambda: 0.0
        return
    folder = Path(tempfile.mkdtemp(prefix="civictasks-benchmark-"))
    try:
        shelf = Shelf(folder)
        from benchmarks.serving import on_postgresql, serving  # Django must be set up first

        data = shelf.copy(TASKS)
        database = on_postgresql(data) if options.shape == "server" else nullcontext()
        with database as postgres, serving(data, postgres) as served:
            yield served.port, served.sockets, served.cpu
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a running site on this machine, over plain HTTP")
    parser.add_argument("--shape", choices=["embedded", "server"], default="embedded", help="what runs the site")
    parser.add_argument("--project", default=PROJECT, help="where the volunteers answer; it needs many open tasks")
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--clients", type=int, default=8, help="volunteers who answer without pause")
    parser.add_argument("--seconds", type=float, default=10, help="length of each half of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fetch", action="store_true", help="each socket fetches the table too")
    options = parser.parse_args()
    with site(options) as (port, sockets, cpu):
        report([measure(options, port, sockets, cpu) for _round in range(options.rounds)], options)


if __name__ == "__main__":
    main()
