"""A volunteer's program that talks to a real server, and talks again when it goes away."""

import http.client
import json
import time
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

PATIENCE = 30  # seconds for which a server may be away
GONE = (OSError, http.client.HTTPException)


class Player:
    """Plays one project. ``acknowledged`` holds the result of every answer under its key, as the server gave it."""

    def __init__(self, url: str, project: str) -> None:
        self.address = url.removeprefix("http://")
        self.project = project
        self.connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        self.cookies: dict[str, str] = {}
        self.posted: dict[str, dict[str, Any]] = {}
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.sent_again = 0

    def play(self) -> bool:
        """Lease one task and answer it; False when nothing is left."""
        leases = self.post(f"projects/{self.project}/leases", {"count": 1})["leases"]
        for lease in leases:
            key = str(uuid4())
            value = {"text": f"Line {lease['task']['id']}"}
            self.posted[key] = {"lease": lease["lease"], "key": key, "value": value, "elapsed_ms": 900}
            self.acknowledged[key] = self.answer_again(key)
        return bool(leases)

    def answer_again(self, key: str) -> dict[str, Any]:
        [result] = self.post("answers", {"answers": [self.posted[key]]})["results"]
        return result

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post until there is a reply; a server that was killed may have done the work all the same."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._post(path, json.dumps(body))
            except GONE:
                self.connection.close()
                if time.monotonic() > deadline:
                    raise
                self.sent_again += 1
                time.sleep(0.02)

    def _post(self, path: str, body: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request("POST", f"/api/v1/{path}", body, headers)
        response = self.connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        assert response.status == 200, content.decode()
        return json.loads(content)

    def close(self) -> None:
        self.connection.close()
