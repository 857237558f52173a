import time
from functools import cache
from itertools import cycle

import pytest
from django.core.management import call_command

from ingestion.specimens import draw, write
from tasks.models import Answer

from .looking import DAY, NIGHT, faults_in


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


@pytest.fixture
def faults(size):
    """``faults(page)``: what is wrong with it, seen by night and by day at full size, else a test's pages by turns."""
    turns = cycle([NIGHT, DAY])

    def look(page, repeated=None):
        return faults_in(page, size([next(turns)], [NIGHT, DAY]), repeated)

    return look
