import time

import pytest
from django.core.management import call_command

from ingestion.specimens import draw, write
from tasks.models import Answer


@pytest.fixture
def cards(in_thread, live_url, tmp_path):
    """A project “finnish-newspapers” of two drawn cards with one question."""
    write(tmp_path / "cards", draw(7, 2))
    in_thread(call_command, "ingest", "finnish-newspapers", str(tmp_path / "cards"))
    return "finnish-newspapers"


@pytest.fixture
def votes(in_thread):
    """``votes(n)`` waits until n answers stand in the database and returns their votes in the order they came."""

    def standing():
        return list(Answer.objects.filter(withdrawn_at=None).order_by("pk").values_list("vote", flat=True))

    def wait(count):
        deadline = time.monotonic() + 10
        while len(found := in_thread(standing)) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    return wait
