"""The site as the demo runs it, or in the server shape, on a port and a data folder of its own, and what it costs."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from civictasks.embedded.children import end_child, manage, start_child
from civictasks.embedded.valkey import Valkey, socket_path
from civictasks.environment import embedded_redis_url
from tests.postgres import Postgres

TICK = os.sysconf("SC_CLK_TCK")
THREADS = 4  # of each of granian's two processes
BESIDES = ("work", "sweep")  # what the demo runs beside the web server


@dataclass(frozen=True)
class Site:
    """Where it answers, and where its sockets are."""

    port: int
    sockets: int
    log: Path
    processes: list[int]

    def cpu(self) -> float:
        """Seconds of processor time that all server processes and their children have used so far."""
        used, children = {}, defaultdict(list)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it ended meanwhile
                fields = stat.read_text().rpartition(")")[2].split()
                pid = int(stat.parent.name)
                children[int(fields[1])].append(pid)
                used[pid] = 0 if fields[0] == "Z" else sum(map(int, fields[11:15])) / TICK  # with children that ended
        if ended := [process for process in self.processes if not used.get(process)]:
            raise SystemExit(f"Server processes have ended: {ended}\n{self.log.read_text()[-3000:]}")
        family = list(self.processes)
        for process in family:
            family += children[process]
        return sum(used[process] for process in family)


def daphne(port: int) -> list[str]:
    return manage("serve", "--port", str(port))


def granian(port: int) -> list[str]:
    """The command of docs/operations.md, on a port."""
    options = f"--interface wsgi --workers 2 --blocking-threads {THREADS} --port {port}"
    return [sys.executable, "-m", "granian", *options.split(), "civictasks.wsgi:application"]


@contextmanager
def serving(data: Path, postgres: Postgres | None = None) -> Iterator[Site]:
    """Run the embedded shape on the SQLite database in ``data``, or the server shape on a PostgreSQL that runs."""
    port, sockets = free_port(), free_port()
    players = {"CIVICTASKS_DATA": str(data), "READ_AHEAD_MINUTES": "100000"}  # who never read
    env = os.environ | players | ({"DATABASE_URL": postgres.url} if postgres else {})
    path = socket_path(embedded_redis_url(data))
    assert path
    valkey = Valkey(path, data / "valkey")
    valkey.start()
    assert valkey.process
    web = [granian(port), daphne(sockets)] if postgres else [daphne(port)]
    commands = [*web, *map(manage, BESIDES)]
    with (data / "log").open("ab") as log:
        children = [start_child(command, env=env, log=log) for command in commands]
    databases = [postgres.process.pid] if postgres and postgres.process else []
    try:
        wait_for(port, children[0], data / "log")
        if postgres:
            wait_for(sockets, children[1], data / "log")
        yield Site(
            port,
            sockets if postgres else port,
            data / "log",
            [valkey.process.pid, *databases, *(child.pid for child in children)],
        )
    finally:
        for child in children:
            end_child(child, 10)
        valkey.stop()


@contextmanager
def on_postgresql(data: Path) -> Iterator[Postgres]:
    """Run a PostgreSQL server, durable as in production, that holds what the SQLite database in ``data`` holds."""
    postgres = Postgres(Path(tempfile.mkdtemp(prefix="civictasks-postgres-")), durable=True)
    env = os.environ | {"CIVICTASKS_DATA": str(data)}
    try:
        postgres.start()
        subprocess.run(manage("backup", str(data / "site.tar")), env=env, check=True, stdout=subprocess.DEVNULL)
        env["DATABASE_URL"] = postgres.url
        for command in (["migrate", "--verbosity=0"], ["restore", str(data / "site.tar")]):
            subprocess.run(manage(*command), env=env, check=True, stdout=subprocess.DEVNULL)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            for [table] in connection.execute(
                "SELECT relname FROM pg_stat_user_tables WHERE n_live_tup > 0"
            ).fetchall():
                connection.execute(f'VACUUM ANALYZE "{table}"')  # never an empty one: neither does the server by itself
        yield postgres
    finally:
        postgres.forget()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int, web: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(600):
        if web.poll() is not None:
            break
        with suppress(OSError):
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/projects", timeout=5).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"The server does not start:\n{log.read_text()[-3000:]}")
