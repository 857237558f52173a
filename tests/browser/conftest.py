import time
from functools import cache

import pytest
from django.core.management import call_command

from ingestion.specimens import draw, write
from tasks.models import Answer


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """``drawn(n)``: a folder of n drawn cards; a number is drawn once."""
    folder = tmp_path_factory.mktemp("drawn")

    @cache
    def cards(count):
        write(folder / str(count) / "cards", draw(7, count))
        return folder / str(count) / "cards"

    return cards


@pytest.fixture
def cards(in_thread, live_url, drawn):
    """A project “finnish-newspapers” of two drawn cards with one question."""
    in_thread(call_command, "ingest", "finnish-newspapers", str(drawn(2)))
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
