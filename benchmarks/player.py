"""A volunteer who plays over a raw keep-alive socket: lean, because it shares the machine with the server."""

import json
import socket
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

HEAD = "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{cookies}Content-Length: "


class ServerSaid(Exception):
    """The server answered something other than 200."""


@dataclass
class Times:
    """Seconds of each request and of each loop, and what became of the answers."""

    lease: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)
    wasted: int = 0

    def add(self, other: "Times") -> None:
        self.lease += other.lease
        self.answer += other.answer
        self.loop += other.loop
        self.wasted += other.wasted


class Player:
    def __init__(self, port: int, project: str) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lease_path = f"/api/v1/projects/{project}/leases"
        self.next = {"project": project, "count": 1}
        self.cookies: dict[str, str] = {}
        self.heads: dict[str, bytes] = {}
        self.leases: list[dict[str, Any]] = []
        self.times = Times()

    def ask(self) -> bool:
        """Lease one task; False when nothing is left."""
        begun = time.perf_counter()
        reply = self._post(self.lease_path, b'{"count": 1}')
        self.times.lease.append(time.perf_counter() - begun)
        self.leases = reply["leases"]
        return bool(self.leases)

    def answer(self, *, ask: bool) -> bool:
        """Answer the leased task and, if ``ask``, lease the next in the same request; False when nothing is left."""
        [lease] = self.leases
        value = {"text": self.reading(lease)}
        given = {"lease": lease["lease"], "key": str(uuid.uuid4()), "value": value, "elapsed_ms": 4200}
        body = {"answers": [given], "next": self.next} if ask else {"answers": [given]}
        begun = time.perf_counter()
        reply = self._post("/api/v1/answers", json.dumps(body).encode())
        self.times.answer.append(time.perf_counter() - begun)
        self.times.wasted += reply["results"][0]["status"] != "counted"
        self.leases = reply.get("leases", [])
        return bool(self.leases) or not ask

    def reading(self, lease: dict[str, Any]) -> str:
        """Everybody reads the same."""
        return f"Helsingin Sanomat {lease['task']['id']}"

    def loop(self, *, ask: bool) -> bool:
        """Play one task: in two requests, or in one that brings the ``next``; False when nothing is left."""
        begun = time.perf_counter()
        if not (self.leases or self.ask()):
            return False
        more = self.answer(ask=ask)
        self.times.loop.append(time.perf_counter() - begun)
        return more

    def close(self) -> None:
        self.connection.close()

    def _post(self, path: str, body: bytes) -> dict[str, Any]:
        self.connection.sendall(self._head(path) + b"%d\r\n\r\n" % len(body) + body)
        head, body = self._receive()
        if not head.startswith(b"HTTP/1.1 200"):
            raise ServerSaid((head.partition(b"\r\n")[0] + b" " + body[:500]).decode())
        if b"\r\nset-cookie:" in head.lower():
            self._keep_cookies(head)
        return json.loads(body)

    def _head(self, path: str) -> bytes:
        if path not in self.heads:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            token = self.cookies.get("csrftoken")
            cookies = f"Cookie: {pairs}\r\nX-CSRFToken: {token}\r\n" if token else ""
            self.heads[path] = HEAD.format(path=path, cookies=cookies).encode()
        return self.heads[path]

    def _receive(self) -> tuple[bytes, bytes]:
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end]
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        length = int(head[at:].partition(b"\r\n")[0])
        while len(data) < end + 4 + length:
            data += self._more()
        return head, data[end + 4 :]

    def _more(self) -> bytes:
        more = self.connection.recv(65536)
        if not more:
            raise ServerSaid("the server closed the connection")
        return more

    def _keep_cookies(self, head: bytes) -> None:
        for line in head.decode("latin-1").split("\r\n"):
            name, _colon, value = line.partition(":")
            if name.lower() == "set-cookie":
                cookie, _equals, content = value.partition(";")[0].strip().partition("=")
                self.cookies[cookie] = content
        self.heads.clear()
