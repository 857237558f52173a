"""A program that sends files in pieces."""

import hashlib
import http.client
import json
from typing import Any
from uuid import uuid4

from django.test import Client

from accounts.enums import Role, Scope
from accounts.models import Membership
from ingestion.uploading import uploaded_files
from tasks.models import Batch, Project
from tests.factories import make_token, make_volunteer

PIECE = "application/offset+octet-stream"


class Sender:
    """A program with a token, by way of the test client."""

    def __init__(self, client: Client, project: Project, role: str = Role.ARCHIVIST) -> None:
        self.client, self.project = client, project
        volunteer = make_volunteer(username=f"u-{uuid4().hex[:12]}")
        Membership.objects.create(organisation=project.organisation, volunteer=volunteer, role=role)
        self.headers = {"Authorization": f"Bearer {make_token(volunteer, Scope.INGEST)}"}

    def post(self, path: str, body: Any = None) -> Any:
        return self.client.post(
            f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json", headers=self.headers
        )

    def begin(self, *files: dict[str, Any], name: str = "Box 1") -> Any:
        return self.post(f"projects/{self.project.slug}/batches/uploads", {"name": name, "files": files})

    def send(self, upload: dict[str, Any], at: int, content: bytes, **headers: str) -> Any:
        known = self.headers | {"Upload-Offset": str(at)} | headers
        return self.client.patch(upload["url"], content, content_type=PIECE, headers=known)

    def offset(self, upload: dict[str, Any]) -> int:
        return int(self.client.head(upload["url"], headers=self.headers)["Upload-Offset"])

    def finish(self, batch: int) -> Any:
        return self.post(f"batches/{batch}/finish")


def told(name: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {"name": name, "size": len(content)} | more


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def contents(batch: int) -> dict[str, bytes]:
    return {name: path.read_bytes() for path, name in uploaded_files(Batch.objects.get(pk=batch)).items()}


def send_some(host: str, url: str, headers: dict[str, str], at: int, part: bytes, sent: int) -> None:
    """Promise all of ``part``, send ``sent`` bytes of it and hang up."""
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.putrequest("PATCH", url)
    for name, value in (headers | {"Content-Type": PIECE, "Upload-Offset": str(at)}).items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(part)))
    connection.endheaders()
    connection.send(part[:sent])
    if sent == len(part):
        assert connection.getresponse().status == 204
    connection.close()
