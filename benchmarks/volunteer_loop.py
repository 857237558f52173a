"""How many tasks a second volunteers can play over HTTP, and what one costs.

The server is the embedded shape as ``manage.py demo`` runs it: SQLite with ``synchronous=FULL``, Daphne with its
bridge, worker, sweeper and Valkey, on a free port with a data folder of its own that goes away. ``--shape server``
measures granian on PostgreSQL instead, started from its wheel with ``fsync`` on; processor time is then that of server
and database together. Each run begins with a fresh copy of the database.
"""

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))  # a script's own folder is on the path, the site's is not

from benchmarks.filling import DATABASE, PROJECT, Shelf
from benchmarks.player import Player, Times
from tests.postgres import Postgres

WARM_UP = 1.0  # seconds before the clock starts: imports, caches, sessions

OVERSHOOT = """
SELECT count(*) FROM tasks_task WHERE wanted <
  (SELECT count(*) FROM tasks_answer WHERE task_id = tasks_task.id AND counted AND withdrawn_at IS NULL)
  AND id IN (SELECT task_id FROM tasks_answer)
"""


@dataclass(frozen=True)
class Result:
    """One line of the table; ``lease``, ``answer`` and ``whole`` are p50, p95 and p99 in milliseconds."""

    tasks: int
    clients: int
    loop: str
    loops: int
    rate: float
    lease: tuple[float, ...]
    answer: tuple[float, ...]
    whole: tuple[float, ...]
    cpu_ms: float
    generator_ms: float
    overshoot: int
    wasted: int


class Stage:
    """Threads that play in step: all warm up, then all are measured."""

    def __init__(self, port: int, clients: int, *, ask: bool, project: str = PROJECT) -> None:
        self.players = [Player(port, project) for _ in range(clients)]
        self.ask = ask
        self.over = threading.Event()
        self.failures: list[Exception] = []

    def play(self, player: Player) -> None:
        try:
            while not self.over.is_set():
                if not player.loop(ask=self.ask):
                    self.over.set()  # nothing is left: the rate is that of the time until now
        except Exception as error:
            self.failures.append(error)
            self.over.set()

    def run(self, seconds: float) -> float:
        """Play for so many seconds at most; return how many it was."""
        self.over.clear()
        for player in self.players:
            player.times = Times()
        threads = [threading.Thread(target=self.play, args=[player]) for player in self.players]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        self.over.wait(seconds)
        self.over.set()
        lasted = time.perf_counter() - begun
        for thread in threads:
            thread.join()
        if self.failures:
            raise SystemExit(f"A request failed: {self.failures[0]}")
        return lasted

    def times(self) -> Times:
        together = Times()
        for player in self.players:
            together.add(player.times)
        return together


@contextmanager
def database_of(shape: str, data: Path) -> Iterator[tuple[Postgres | None, Callable[[str], int]]]:
    """Yield the PostgreSQL server of the shape, if any, and how to ask the database for a number."""
    from benchmarks.serving import on_postgresql  # Django must be set up first

    if shape == "server":
        with on_postgresql(data) as postgres, psycopg.connect(postgres.url, autocommit=True) as connection:
            yield postgres, lambda sql: connection.execute(sql).fetchone()[0]
    else:
        with closing(sqlite3.connect(data / DATABASE)) as db:
            yield None, lambda sql: db.execute(sql).fetchone()[0]


def measure(shelf: Shelf, tasks: int, clients: int, loop: str, chosen: argparse.Namespace) -> Result:
    data = shelf.copy(tasks)
    with database_of(chosen.shape, data) as (postgres, ask):
        return play(data, postgres, ask, tasks, clients, loop, chosen.seconds)


def play(
    data: Path,
    postgres: Postgres | None,
    ask: Callable[[str], int],
    tasks: int,
    clients: int,
    loop: str,
    seconds: float,
) -> Result:
    from benchmarks.serving import serving  # Django must be set up first

    with serving(data, postgres) as site:
        stage = Stage(site.port, clients, ask=loop == "next")
        stage.run(WARM_UP)
        server, generator = site.cpu(), time.process_time()
        lasted = stage.run(seconds)
        server, generator = site.cpu() - server, time.process_time() - generator
        for player in stage.players:
            player.close()
    times = stage.times()
    done = max(len(times.loop), 1)
    return Result(
        tasks=tasks,
        clients=clients,
        loop=loop,
        loops=len(times.loop),
        rate=len(times.loop) / lasted,
        lease=percentiles(times.lease),
        answer=percentiles(times.answer),
        whole=percentiles(times.loop),
        cpu_ms=1000 * server / done,
        generator_ms=1000 * generator / done,
        overshoot=ask(OVERSHOOT),
        wasted=times.wasted,
    )


def percentiles(seconds: Sequence[float]) -> tuple[float, ...]:
    """Return p50, p95 and p99 in milliseconds; nothing for nothing."""
    ordered = sorted(seconds)
    return tuple(1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99) if ordered)


HEADING = (
    "     tasks clients loop  loops/s   lease p50/p95/p99      answer p50/p95/p99      loop p50/p95/p99"
    "   CPU ms generator ms overshoot wasted"
)


def line(result: Result) -> str:
    spans = "  ".join(
        "/".join(f"{ms:.1f}" for ms in part).rjust(20) for part in (result.lease, result.answer, result.whole)
    )
    return (
        f"{result.tasks:>10} {result.clients:>7} {result.loop} {result.rate:>8.1f} {spans}  {result.cpu_ms:>7.2f}"
        f" {result.generator_ms:>12.2f} {result.overshoot:>9} {result.wasted:>6}"
    )


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=numbers, default=[1, 8, 32], help="volunteers at once (default: 1,8,32)")
    parser.add_argument("--tasks", type=numbers, default=[1000, 100_000, 1_000_000], help="tasks in the project")
    parser.add_argument("--seconds", type=float, default=10, help="length of a run (default: 10)")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each row, in turn; the median is shown")
    parser.add_argument("--loop", choices=["two", "next", "both"], default="both", help="requests of a loop")
    parser.add_argument("--shape", choices=["embedded", "server"], default="embedded", help="what runs the site")
    parser.add_argument("--json", action="store_true", help="print one JSON list instead of the table")
    return parser.parse_args()


def groups(chosen: argparse.Namespace, shelf: Shelf) -> Iterator[list[list[Result]]]:
    """Yield for each number of tasks and each loop the runs: a list per repetition, with a run per number of clients.

    Repetitions come in turn, because the speed of a machine drifts.
    """
    for tasks in chosen.tasks:
        for loop in ("two", "next") if chosen.loop == "both" else (chosen.loop,):
            yield [
                [measure(shelf, tasks, clients, loop, chosen) for clients in chosen.clients]
                for _repetition in range(chosen.repeat)
            ]


def in_the_middle(runs: Sequence[Result]) -> Result:
    return sorted(runs, key=lambda run: run.rate)[len(runs) // 2]


def share(group: list[list[Result]]) -> str:
    """Say how the rate with the most clients compares to the rate with the number before, run by run."""
    shares = sorted(runs[-1].rate / runs[-2].rate for runs in group)
    before, most = (run.clients for run in group[0][-2:])
    spread = f" ({shares[0]:.2f}-{shares[-1]:.2f})" if len(shares) > 1 else ""
    return f"           rate at {most} clients: {shares[len(shares) // 2]:.2f} of the rate at {before}{spread}"


def main() -> None:
    chosen = options()
    folder = Path(tempfile.mkdtemp(prefix="civictasks-benchmark-"))
    try:
        shelf = Shelf(folder)
        if chosen.json:
            runs = [run for group in groups(chosen, shelf) for repetition in group for run in repetition]
            print(json.dumps([asdict(run) for run in runs]))
            return
        print(HEADING)
        for group in groups(chosen, shelf):
            for runs in zip(*group, strict=True):
                print(line(in_the_middle(runs)), flush=True)
            if len(chosen.clients) > 1:
                print(share(group), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
