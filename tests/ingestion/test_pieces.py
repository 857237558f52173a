"""The pieces of a file: at the right place, whole, one after the other, however often the line breaks."""

import base64
import hashlib
import http.client
from collections.abc import Callable
from io import BytesIO
from random import Random
from urllib.parse import urlsplit

import pytest

from ingestion import receiving, storing
from ingestion.models import Upload
from tasks.models import Batch
from tests.live import LiveServer

from .sending import PIECE, Sender, contents, digest, send_some, told

pytestmark = pytest.mark.django_db
KILLED_AT = 10  # cuts left


def test_a_piece_at_the_wrong_place_is_told_the_right_one(sender: Sender):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    sender.send(upload, 0, b"12")
    replies = [sender.send(upload, at, b"3") for at in (0, 3)]

    assert [(r.status_code, r["Upload-Offset"], r["Content-Type"]) for r in replies] == [
        (409, "2", "application/problem+json")
    ] * 2
    assert sender.offset(upload) == 2


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Upload-Offset": "-1"}, b"1", 422),
        ({"Upload-Offset": "9" * 40}, b"1", 422),
        ({"Upload-Offset": "x"}, b"1", 422),
        ({"Upload-Checksum": "md5 eA=="}, b"1", 422),
        ({"Upload-Checksum": "sha256 nonsense"}, b"1", 422),
        ({"Upload-Checksum": f"sha256 {base64.b64encode(bytes(32)).decode()}"}, b"1", 422),
        ({"Content-Type": "text/plain"}, b"1", 415),
        ({}, b"123456", 413),
    ],
)
def test_a_piece_that_cannot_be_right_changes_nothing(
    headers: dict[str, str], content: bytes, status: int, sender: Sender
):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    kind = headers.pop("Content-Type", PIECE)
    known = sender.headers | {"Upload-Offset": "0"} | headers
    reply = sender.client.patch(upload["url"], content, content_type=kind, headers=known)

    assert (reply.status_code, bool(reply.json()["detail"]), sender.offset(upload)) == (status, True, 0)


def test_a_checksum_that_fits_is_taken(sender: Sender):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    checksum = f"sha256 {base64.b64encode(hashlib.sha256(b'12345').digest()).decode()}"

    assert sender.send(upload, 0, b"12345", **{"Upload-Checksum": checksum}).status_code == 204


def test_a_piece_longer_than_allowed_is_refused(sender: Sender, settings):
    settings.LONGEST_CHUNK = 4
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]

    assert (sender.send(upload, 0, b"12345").status_code, sender.offset(upload)) == (413, 0)


def test_a_full_disk_takes_neither_files_nor_pieces(sender: Sender, monkeypatch: pytest.MonkeyPatch):
    [upload] = sender.begin(told("a.jpg", b"12345")).json()["uploads"]
    monkeypatch.setattr(storing, "LOW_WATER", 2**62)
    monkeypatch.setattr(receiving, "LOW_WATER", 2**62)
    replies = [sender.send(upload, 0, b"12345"), sender.begin(told("b.jpg", b"12345"))]

    assert [(r.status_code, "disk has only" in r.json()["detail"]) for r in replies] == [(507, True)] * 2
    assert (sender.offset(upload), Batch.objects.count()) == (0, 1)


def test_two_senders_of_one_file_cannot_mix_their_bytes(sender: Sender):
    [made] = sender.begin(told("a.jpg", bytes(8000))).json()["uploads"]
    upload = Upload.objects.select_related("batch").get(pk=made["id"])

    def other_sender() -> None:
        for at in (0, 4000):
            with pytest.raises(receiving.UploadRefused, match="Another piece of this file is just being written"):
                receiving.keep_piece(upload, at, BytesIO(b"b" * 4000))

    for at in (0, 4000):
        receiving.keep_piece(upload, at, Interrupted(b"a" * 4000, other_sender))
        with pytest.raises(receiving.UploadRefused, match="The next byte wanted"):
            receiving.keep_piece(upload, at, BytesIO(b"b" * 4000))

    assert receiving.place_of(upload).read_bytes() == b"a" * 8000


class Interrupted:
    """A body in whose midst something happens."""

    def __init__(self, content: bytes, happening: Callable[[], None]) -> None:
        self.content, self.happening = content, happening

    def read(self, size: int) -> bytes:
        part, self.content = self.content[:1000], self.content[1000:]
        if len(self.content) == 2000:
            self.happening()
        return part


@pytest.mark.django_db(transaction=True)
def test_an_upload_cut_off_again_and_again_arrives_byte_for_byte(
    live_url: str, live_server_process: LiveServer, sender: Sender, size
):
    """A program sends a file over connections that break at any byte, and goes on from what the site has; once the site
    itself is killed."""
    random, host = Random(7), urlsplit(live_url).netloc
    content = random.randbytes(size(3, 48) * 2**20 + 12_345)
    begun = sender.begin(told("a.bin", content, sha256=digest(content))).json()
    [upload] = begun["uploads"]
    piece, cuts = len(content) // 24, 20
    while (at := asked_offset(host, upload["url"], sender.headers)) < len(content):
        part = content[at : at + piece]
        sent = random.randrange(len(part)) if cuts else len(part)
        cuts -= bool(cuts)
        send_some(host, upload["url"], sender.headers, at, part, sent)
        if cuts == KILLED_AT and sent < len(part):
            live_server_process.kill()
            live_server_process.start()
            live_server_process.wait()
    assert (sender.finish(begun["batch"]).status_code, cuts) == (202, 0)
    assert contents(begun["batch"]) == {"a.bin": content}


def asked_offset(host: str, url: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("HEAD", url, headers=headers)
    offset = connection.getresponse().headers["Upload-Offset"]
    connection.close()
    return int(offset)
