"""The embedded shape as the demo runs it, on a port and a data folder of its own, and what its processes cost."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from civictasks.embedded.children import end_child, manage, start_child
from civictasks.embedded.valkey import Valkey, socket_path
from civictasks.environment import embedded_redis_url

TICK = os.sysconf("SC_CLK_TCK")
BESIDES = ("work", "sweep")  # what the demo runs beside the web server


@dataclass(frozen=True)
class Site:
    port: int
    log: Path
    processes: list[int]

    def cpu(self) -> float:
        """Seconds of processor time that all server processes have used so far."""
        return sum(self.cpu_of(process) for process in self.processes)

    def cpu_of(self, process: int) -> float:
        try:
            stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            stat = ["Z"]
        if stat[0] == "Z":
            raise SystemExit(f"A server process has ended:\n{self.log.read_text()[-3000:]}")
        user, system = stat[11:13]
        return (int(user) + int(system)) / TICK


@contextmanager
def serving(data: Path) -> Iterator[Site]:
    port = free_port()
    env = os.environ | {"CIVICTASKS_DATA": str(data)}
    path = socket_path(embedded_redis_url(data))
    assert path
    valkey = Valkey(path, data / "valkey")
    valkey.start()
    assert valkey.process
    commands = [manage("serve", "--port", str(port)), *map(manage, BESIDES)]
    with (data / "log").open("ab") as log:
        children = [start_child(command, env=env, log=log) for command in commands]
    try:
        wait_for(port, children[0], data / "log")
        yield Site(port, data / "log", [valkey.process.pid, *(child.pid for child in children)])
    finally:
        for child in children:
            end_child(child, 10)
        valkey.stop()


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
