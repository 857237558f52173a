import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from civictasks.embedded.children import end_child, start_child

UPLOAD = "/api/v1/projects/trial/batches"
MEGABYTE = 2**20
LARGE = 64 * MEGABYTE
CHUNKED = {"Transfer-Encoding": "chunked"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.long


class Trial:
    """The trial site in a process of its own."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        fd = self.listener.fileno()
        command = [sys.executable, "-m", "tests.site.trial_site", str(fd)]
        self.process = start_child(command, log=subprocess.DEVNULL, pass_fds=[fd])

    def get(self, path: str, method: str = "GET", **options) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, **options)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def begin(self, path: str) -> socket.socket:
        """Ask for something and read nothing but its first bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**14)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        return connection

    def most_memory(self) -> int:
        """Return the most memory the process has held so far, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    site = Trial()
    site.get("/small")
    yield site
    end_child(site.process, 5)
    site.listener.close()


def wait_until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_arrives_whole_and_takes_no_memory(trial, chunked):
    body, before = os.urandom(LARGE), trial.most_memory()

    if chunked:
        pieces = (body[start : start + MEGABYTE] for start in range(0, len(body), MEGABYTE))
        status, _headers, told = trial.get(UPLOAD, "POST", body=pieces, encode_chunked=True, headers=CHUNKED)
    else:
        status, _headers, told = trial.get(UPLOAD, "POST", body=body, headers=FORM)

    assert (status, told.decode()) == (200, f"{len(body)} {hashlib.sha256(body).hexdigest()}")
    assert trial.most_memory() - before < LARGE / 2


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_too_long_for_its_address_is_not_kept_but_its_length_is_told(trial, chunked):
    pieces = (bytes(MEGABYTE) for _piece in range(3))
    headers = CHUNKED if chunked else FORM | {"Content-Length": str(3 * MEGABYTE)}

    status, _headers, told = trial.get("/body", "POST", body=pieces, encode_chunked=chunked, headers=headers)

    assert (status, told.decode()) == (200, f"{3 * MEGABYTE} {hashlib.sha256().hexdigest()}")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_long_body_from_someone_who_is_refused_is_not_kept(trial, chunked):
    pieces = (bytes(MEGABYTE) for _piece in range(40))
    headers = (CHUNKED if chunked else FORM | {"Content-Length": str(40 * MEGABYTE)}) | {"X-Stranger": "yes"}

    status, _headers, told = trial.get(UPLOAD, "POST", body=pieces, encode_chunked=chunked, headers=headers)

    assert (status, told.decode()) == (401, f"{40 * MEGABYTE} 0")


def test_a_short_body_and_none_arrive_as_they_are(trial):
    empty = hashlib.sha256().hexdigest()
    assert trial.get("/body", "POST", body=b"abc")[2].decode() == f"3 {hashlib.sha256(b'abc').hexdigest()}"
    assert trial.get("/body")[2].decode() == f"0 {empty}"


def test_each_reply_says_when_it_was_made(trial):
    dates = [parsedate_to_datetime(trial.get(path)[1]["Date"]) for path in ("/small", "/stream", "/unchanged")]
    assert all(abs(date - datetime.now(UTC)) < timedelta(minutes=5) for date in dates)


def test_a_head_request_gets_the_headers_of_a_long_response_at_once(trial):
    status, headers, body = trial.get("/stream", "HEAD")

    assert (status, headers["Content-Length"], body) == (200, str(1000 * 2**16), b"")


def test_a_stream_arrives_whole(trial):
    assert len(trial.get("/stream")[2]) == 1000 * 2**16


def test_slow_readers_cost_no_memory_and_hold_up_nobody_else(trial):
    before = trial.most_memory()
    slow = [trial.begin("/stream"), trial.begin("/stream")]
    try:
        status, headers, text = trial.get("/stream")

        assert (status, headers["Retry-After"]) == (503, "60")
        assert text == b"Several large files are being sent just now. Please try again in a minute."
        assert (headers["X-Kept"], headers["ETag"]) == ("yes", None)
        status, headers, text = trial.get("/api/stream")
        assert (status, headers["Content-Type"]) == (503, "application/problem+json; charset=utf-8")
        assert json.loads(text)["status"] == 503
        assert [trial.get("/short")[0], trial.get("/small")[2]] == [200, b"small"]
        assert trial.get("/unchanged")[0] == 304  # a script that the browser holds already is no download
        time.sleep(1)  # twice as long as it takes to send it all to nobody
        assert trial.most_memory() - before < LARGE / 2
    finally:
        closed = int(trial.get("/closed")[2]) + len(slow)
        for connection in slow:
            connection.close()
        wait_until(lambda: int(trial.get("/closed")[2]) == closed)


def test_requests_sent_ahead_wait_for_whoever_does_not_read_the_replies(trial):
    requests = 1500  # of 64 kB, in one go
    before, held = int(trial.get("/closed")[2]), trial.most_memory()
    with trial.begin("/small") as connection:
        connection.sendall(b"GET /short HTTP/1.1\r\nHost: here\r\n\r\n" * requests)
        time.sleep(0.5)
        assert trial.most_memory() - held < LARGE / 8

        connection.sendall(b"GET /small HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        length, end = 0, b""
        while data := connection.recv(2**18):
            length, end = length + len(data), (end + data)[-5:]
    assert length > requests * 2**16
    assert end == b"small"
    assert int(trial.get("/closed")[2]) == before + requests


def test_streams_that_nobody_reads_to_the_end_are_closed_and_give_their_threads_back(trial):
    before = int(trial.get("/closed")[2])

    for _pair in range(3):  # more than there are threads
        for connection in [trial.begin("/endless"), trial.begin("/endless")]:
            connection.close()
        before += 2
        wait_until(lambda closed=before: int(trial.get("/closed")[2]) == closed)

    assert len(trial.get("/stream")[2]) == 1000 * 2**16


def test_headers_that_could_pass_for_others_are_left_out_and_cookies_joined(trial):
    headers = {"X-Real-Name": "a", "X_Real_Name": "b", "X-Other": "c"}
    assert trial.get("/h%C3%A9a%20ders", headers=headers)[2] == b"HTTP_X_OTHER=c HTTP_X_REAL_NAME=a"
    connection = socket.create_connection(("127.0.0.1", trial.port), timeout=20)
    with connection:
        connection.sendall(
            b"GET /cookie HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.endswith(b"\r\n\r\na=1; b=2")


def test_a_failure_of_the_application_is_an_error_page_and_the_next_request_works(trial):
    assert trial.get("/fails")[0] == 500
    assert trial.get("/small")[2] == b"small"


def test_who_has_asked_something_is_answered_although_the_server_is_to_end():
    site = Trial()
    site.get("/small")
    try:
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n")
            site.get("/small")  # by now the server has the other request too
            site.process.terminate()

            assert connection.recv(4096).endswith(b"\r\n\r\nsmall")
        assert site.process.wait(20) == 0
    finally:
        end_child(site.process, 5)
        site.listener.close()
