"""A job is only a hint: whatever the queue forgets, the batch's row says what has to be done."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civictasks.sweeping import run
from ingestion import specimens
from ingestion.jobs import read_batch
from ingestion.uploading import keep_upload
from tasks.chores import CHORES
from tasks.enums import BatchState
from tasks.machinery.queueing import hint, impatient_queue
from tasks.models import Batch, Page
from tests.factories import make_volunteer, make_workflow

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = CHORES["ingestion.read_waiting_batches"]


@pytest.fixture(scope="module")
def cards(size):
    return list(specimens.draw(7, size(3, 20)))


@pytest.fixture
def uploads(cards):
    """Batches of one card each, and nobody has been told of them."""
    project, archivist = make_workflow().project, make_volunteer()
    return [
        keep_upload(project, card.name, [SimpleUploadedFile(f"{card.name}.jpg", card.image, "image/jpeg")], archivist)
        for card in cards
    ]


def read_and_done(uploads) -> tuple[int, int]:
    done = Batch.objects.filter(pk__in=[batch.pk for batch in uploads], state=BatchState.DONE)
    return Page.objects.count(), done.count()


def pop_by_hand(valkey):
    while impatient_queue().connection.lpop(impatient_queue().key):
        pass


def flush(valkey):
    valkey.flush()


def restart_empty(valkey):
    valkey.forget()
    valkey.start()


@pytest.mark.parametrize("lose", [pop_by_hand, flush, restart_empty])
def test_jobs_that_the_queue_lost_are_found_again_within_a_minute(uploads, valkey, run_jobs, lose):
    assert all(hint(read_batch, batch.pk) for batch in uploads)
    lose(valkey)
    run_jobs()
    assert read_and_done(uploads) == (0, 0)

    assert run(LOOK)
    run_jobs()

    assert read_and_done(uploads) == (len(uploads), len(uploads))
    assert timedelta(minutes=1) > LOOK.every


def test_uploads_while_the_queue_is_down_are_read_once_it_is_back(uploads, valkey, run_jobs):
    valkey.stop()
    try:
        assert not any(hint(read_batch, batch.pk) for batch in uploads)
        assert run(LOOK)
    finally:
        valkey.start()

    assert run(LOOK)
    run_jobs()

    assert read_and_done(uploads) == (len(uploads), len(uploads))


def test_a_job_that_runs_twice_makes_nothing_twice(uploads, valkey, run_jobs):
    for _time in range(2):
        assert all(hint(read_batch, batch.pk) for batch in uploads)
        run_jobs()

    assert read_and_done(uploads) == (len(uploads), len(uploads))
