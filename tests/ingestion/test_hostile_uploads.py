"""Files made to do harm, of every kind, sent as an archive would send them: by upload, to a site that goes on."""

import http.client
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from civictasks.embedded.children import end_child, manage, start_child
from ingestion.models import File
from tasks.enums import BatchState
from tasks.models import Batch, Page
from tests.factories import make_workflow
from tests.live import child_environment

from .drawing import SHARED, page_bytes
from .sending import Sender, send_some, told

OWN = SHARED / "public" / "nasty" / "own"
PATIENCE = 120  # seconds
# What becomes of each, by NASTY.csv; of archives, what becomes of the files in them.
HOSTILE = {
    "images/bomb_1bit_60000x60000.png": {"refused"},
    "images/bomb_g4_60000x60000.tif": {"refused"},
    "images/ifd_loop.tif": {"refused"},
    "images/2000_pages.tif": {"refused"},
    "images/truncated_50pct.jpg": {"refused"},
    "images/html_named.png": {"refused"},
    "images/exif_orientation_6.jpg": {"done"},
    "polyglot/jpeg_plus_zip.jpg": {"done"},
    "svg/xxe.svg": {"refused"},
    "xml/billion_laughs_alto.xml": {"refused"},
    "xml/xxe_page.xml": {"refused"},
    "zip/zip_slip.zip": {"done", "refused"},  # one of its entries stays inside
    "zip/symlinks.zip": {"refused"},
    "zip/bomb_flat.zip": {"refused"},
    "zip/encrypted_flag.zip": {"refused"},
    "pdf/10000_pages.pdf": {"refused"},
    "pdf/encrypted_user_password.pdf": {"refused"},
    "pdf/bomb_image.pdf": {"refused"},
    "pdf/attachment.pdf": {"done"},
    "csv/formula_injection.csv": {"refused"},
    "iiif/ssrf_images.json": {"refused"},
}
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SHARED.exists(), reason="the sample scans do not lie beside this checkout"),
]


@pytest.fixture
def worker(valkey):
    """A worker process beside the site."""
    process = start_child(manage("work"), env=child_environment(), log=subprocess.DEVNULL)
    yield process
    end_child(process, 10)


def uploaded(host: str, sender: Sender, files: dict[str, bytes]) -> int:
    begun = sender.begin(*(told(name, content) for name, content in files.items())).json()
    for upload in begun["uploads"]:
        content = files[upload["name"]]
        if content:
            send_some(host, upload["url"], sender.headers, 0, content, len(content))
    assert sender.finish(begun["batch"]).status_code == 202
    return begun["batch"]


def answers(host: str) -> int:
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


def test_twenty_hostile_files_end_as_they_should_and_the_site_answers_meanwhile(live_url: str, client: Client, worker):
    host, sender = urlsplit(live_url).netloc, Sender(client, make_workflow().project)
    files = {name: (OWN / name).read_bytes() for name in HOSTILE} | {"honest.jpg": page_bytes()}
    number = uploaded(host, sender, files)
    statuses, until = [], time.monotonic() + PATIENCE
    while Batch.objects.get(pk=number).state != BatchState.DONE:
        assert time.monotonic() < until
        statuses.append(answers(host))
        time.sleep(0.2)

    assert set(statuses) == {200}
    assert outcomes(files) == {name: HOSTILE.get(name, {"done"}) for name in files}
    assert Page.objects.count() == File.objects.filter(state="done").count()
    unexplained = File.objects.refused().filter(reason="") | File.objects.refused().filter(step="")
    assert list(unexplained.values_list("path_label", flat=True)) == []
    assert list(Path(settings.FILES).rglob("evil*")) == []


def outcomes(files: dict[str, bytes]) -> dict[str, Any]:
    """Return the states of each file's rows: those of an archive's entries count as its own."""
    rows = list(File.objects.values_list("path_label", "state"))
    return {name: {state for label, state in rows if label == name or label.startswith(f"{name}/")} for name in files}
