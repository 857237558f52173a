"""The server shape as docs/operations.md describes it: nginx, granian, daphne, PostgreSQL and Valkey, over HTTPS."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import Membership
from civictasks.embedded.children import end_child, manage, start_child
from civictasks.settings_test import data_folder
from exports.releasing import release
from tasks.models import Answer, Batch, Page
from tasks.showing.opaque import opaque
from tasks.showing.questions import PAGE
from tests.factories import make_lease, make_page, make_task, make_token, make_volunteer, make_workflow, settle_task
from tests.live import child_environment

CONFIGURATION = settings.BASE_DIR / "docs" / "operations" / "nginx.conf"
NGINX = shutil.which("nginx")
HOST = "civictasks.example.org"
SCAN = b"\xff\xd8" + os.urandom(3_000_000)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
if connection.vendor != "postgresql":
    pytestmark.append(pytest.mark.skip(reason="the server shape needs PostgreSQL: DATABASE=postgresql"))


class Shape:
    """All processes of the shape, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sockets = free_port(), free_port()
        self.log = folder / "access.log"
        self.errors = folder / "error.log"
        self.env = child_environment() | {
            "ALLOWED_HOSTS": HOST,
            "FILES_BY_PROXY": "/files-of-the-site/",
            "HASHED_STATIC_FILES": "1",
            "HTTPS": "1",
        }

    def commands(self) -> list[list[str]]:
        granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"]
        nginx = [str(NGINX), "-p", str(self.folder), "-c", str(self.write_configuration()), "-e", "stderr"]
        return [
            [*granian, "--uds", str(self.folder / "http.sock"), "civictasks.wsgi:application"],
            manage("serve", "--port", str(self.sockets)),
            nginx,
        ]

    def write_configuration(self) -> Path:
        """Fill our own places into the configuration of the documentation, and wrap it up as nginx wants it."""
        places = {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "/etc/ssl/civictasks": str(self.folder),
            "/run/civictasks": str(self.folder),
            "/srv/civictasks": str(settings.DATA),
            "127.0.0.1:8001": f"127.0.0.1:{self.sockets}",
            "/var/log/nginx/civictasks-access.log": str(self.log),
            "/var/log/nginx/civictasks-error.log": str(self.errors),
        }
        site = CONFIGURATION.read_text()
        for documented, ours in places.items():
            assert documented in site
            site = site.replace(documented, ours)
        (self.folder / "site.conf").write_text(site)
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};" for name in TEMPORARY)
        user = "user root;" if os.geteuid() == 0 else ""
        whole = self.folder / "nginx.conf"
        whole.write_text(
            f"{user} daemon off; pid {self.folder}/nginx.pid; events {{}} "
            f"http {{ include /etc/nginx/mime.types; {temporary} include {self.folder}/site.conf; }}"
        )
        return whole

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask through nginx, as from outside."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trusting_anybody())
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"Host": HOST} | names)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return response.status, found, response.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False


TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def trusting_anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def make_certificate(folder: Path) -> None:
    key, chain = folder / "privkey.pem", folder / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*command, "-keyout", key, "-out", chain], check=True, capture_output=True)


@pytest.fixture(scope="module")
def processes(django_db_setup, django_db_blocker, valkey_process) -> Iterator[Shape]:
    if not NGINX:
        (pytest.fail if os.environ.get("CI_NGINX_REQUIRED") == "1" else pytest.skip)("no nginx in PATH: install it")
    folder = Path(data_folder())
    with django_db_blocker.unblock():
        shape = Shape(folder)
    make_certificate(folder)
    subprocess.run(manage("collectstatic", "--noinput"), env=shape.env, check=True, capture_output=True)
    with (folder / "log").open("ab") as log:
        children = [start_child(command, env=shape.env, log=log) for command in shape.commands()]
    try:
        wait_for(shape, children)
        yield shape
    finally:
        for child in reversed(children):
            end_child(child, 10)
        shutil.rmtree(folder)


def wait_for(shape: Shape, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while not shape.answers():
        said = (shape.folder / "log").read_text()
        assert all(child.poll() is None for child in children), said
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


@pytest.fixture
def shape(processes: Shape, valkey) -> Shape:
    return processes


def test_pages_come_with_their_protection_and_ask_to_stay_with_https(shape):
    status, headers, body = shape.request("GET", "/")

    assert (status, b"Civic Tasks" in body) == (200, True)
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["x-content-type-options"], headers["server"]) == ("nosniff", "nginx")


def test_styles_are_kept_for_ever_under_names_of_their_content(shape):
    page = shape.request("GET", "/")[2].decode()
    [address] = {part.partition('"')[0] for part in page.split('href="') if part.startswith("/static/site/site.")}

    status, headers, body = shape.request("GET", address, Accept_Encoding="gzip")

    assert (status, len(body) > 500) == (200, True)
    assert (headers["cache-control"], headers["content-encoding"]) == ("public, max-age=31536000, immutable", "gzip")
    assert shape.request("GET", "/static../settings.py")[0] == 404


def test_a_volunteer_plays_through_the_proxy_by_secure_cookies(shape):
    workflow = make_task().workflow
    origin = {"Origin": f"https://{HOST}", "Content_Type": "application/json"}

    path = f"/api/v1/projects/{workflow.project.slug}/leases"
    status, headers, body = shape.request("POST", path, json.dumps({"count": 1}), **origin)

    assert (status, len(json.loads(body)["leases"])) == (200, 1)
    assert "Secure" in headers["set-cookie"]


def test_the_proxy_says_where_an_answer_comes_from_and_not_the_client(shape):
    task, volunteer = make_task(), make_volunteer()
    given = {"lease": make_lease(task, volunteer, now=timezone.now()), "key": str(uuid4()), "value": {"text": "Oulu"}}
    told = {"Authorization": f"Bearer {make_token(volunteer)}", "Content_Type": "application/json"}

    status, _headers, _body = shape.request(
        "POST", "/api/v1/answers", json.dumps({"answers": [given]}), X_Forwarded_For="203.0.113.7", **told
    )

    assert (status, Answer.objects.get().grp) == (200, None)  # it came from this machine


def test_an_upload_arrives_whole(shape):
    owner = make_volunteer()
    workflow = make_workflow()
    Membership.objects.create(organisation=workflow.project.organisation, volunteer=owner, role=Role.OWNER)
    token = make_token(owner, Scope.INGEST)
    part = b'Content-Disposition: form-data; name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'

    status, _headers, body = shape.request(
        "POST",
        f"/api/v1/projects/{workflow.project.slug}/batches",
        b"--between-files\r\n" + part + SCAN + b"\r\n--between-files--\r\n",
        Authorization=f"Bearer {token}",
        Content_Type="multipart/form-data; boundary=between-files",
    )

    assert status == 202, body
    source = settings.FILES / Batch.objects.get().source
    assert [path.read_bytes() == SCAN for path in source.rglob("*") if path.stat().st_size == len(SCAN)] == [True]


def test_a_body_that_is_too_long_for_its_address_is_refused(shape):
    assert shape.request("POST", "/api/v1/answers", bytes(3_000_000), Content_Type="application/json")[0] == 413


def test_downloads_go_past_the_site_in_ranges_and_only_to_who_may_have_them(shape):
    made = release(settle_task(make_workflow()).project)
    path = f"/api/v1/datasets/{made.project.slug}/releases/{made.number}/files/data.csv"
    whole = (made.folder / "data.csv").read_bytes()

    status, headers, body = shape.request("GET", path)
    part = shape.request("GET", path, Range="bytes=5-14")

    assert (status, body, headers["x-content-type-options"]) == (200, whole, "nosniff")
    assert (headers["content-disposition"], headers["cache-control"]) == (
        'attachment; filename="data.csv"',
        "public, no-cache",
    )
    assert (part[0], part[2], part[1]["content-range"]) == (206, whole[5:15], f"bytes 5-14/{len(whole)}")
    assert "x-accel-redirect" not in headers
    assert shape.request("GET", path, If_None_Match=headers["etag"])[0] == 304
    assert shape.request("GET", f"/files-of-the-site/releases/{made.project.slug}/1/data.csv")[0] == 404
    made.project.state = "draft"
    made.project.save()
    assert shape.request("GET", path)[0] == 404


def test_a_page_of_a_draft_is_not_handed_over(shape):
    page = make_page(image_key="pages/shown.jpg")
    place = settings.FILES / page.image_key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"scan")
    path = f"/scans/pages/{opaque(page.pk, PAGE)}.jpg"

    assert shape.request("GET", path)[::2] == (200, b"scan")
    Page.objects.update(withheld_at="2026-01-01T00:00Z")
    assert shape.request("GET", path)[0] == 404


def test_sockets_are_upgraded(shape):
    wish = {"Host": HOST, "Origin": f"https://{HOST}", "Upgrade": "websocket", "Connection": "Upgrade"}
    wish |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    lines = ["GET /ws/leaderboards/all/ HTTP/1.1", *[f"{name}: {value}" for name, value in wish.items()], "", ""]
    plain = socket.create_connection(("127.0.0.1", shape.port), timeout=20)
    with trusting_anybody().wrap_socket(plain) as line:
        line.sendall("\r\n".join(lines).encode())
        said = b""
        while b'"version"' not in said:
            piece = line.recv(4096)
            assert piece, said
            said += piece

    assert said.startswith(b"HTTP/1.1 101 Switching Protocols")


def test_what_the_machine_alone_may_know_is_hidden(shape):
    assert [shape.request("GET", path)[0] for path in ("/healthz", "/readyz", "/metrics")] == [200, 404, 404]


def test_no_log_knows_who_came(shape):
    shape.request("GET", "/data/?q=Aino", Referer="https://secret.example/", User_Agent="Secret/1.0")
    deadline = time.monotonic() + 5
    while '"/data/"' not in (log := shape.log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert '"/data/"' in log
    everything = log + shape.errors.read_text() + (shape.folder / "log").read_text()
    assert [word for word in ("127.0.0.1 ", "Aino", "Secret", "secret.example") if word in everything] == []
