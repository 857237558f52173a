import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from tasks.machinery import queueing
from tasks.machinery.queueing import hint, impatient_queue, job_id

from . import errands
from .errands import errand, hopeless


@pytest.fixture(autouse=True)
def nothing_done(monkeypatch):
    monkeypatch.setattr(errands, "done", [])
    monkeypatch.setattr(queueing, "outage", queueing.Outage())


@pytest.fixture
def queue(valkey):
    return impatient_queue()


def known(*ids: int) -> Job:
    return Job.fetch(job_id(errand, ids), connection=impatient_queue().connection, serializer=JSONSerializer)


def test_a_hinted_job_is_run_with_its_ids(queue, run_jobs):
    assert hint(errand, 7, 8)

    run_jobs()

    assert errands.done == [(7, 8)]


def test_two_hints_make_one_job_and_two_rows_make_two(queue):
    assert [hint(errand, 1), hint(errand, 1), hint(errand, 2)] == [True] * 3

    assert queue.job_ids == [job_id(errand, (1,)), job_id(errand, (2,))]


def test_a_finished_job_can_be_hinted_again(queue, run_jobs):
    hint(errand, 1)
    run_jobs()
    hint(errand, 1)
    run_jobs()

    assert errands.done == [(1,), (1,)]


def test_a_failing_job_is_tried_again_at_once_and_can_be_hinted_again_later(queue, run_jobs):
    hint(hopeless, 1)
    run_jobs()
    first = len(errands.done)
    hint(hopeless, 1)
    run_jobs()

    assert (first, len(errands.done)) == (1 + queueing.ATTEMPTS, 2 * (1 + queueing.ATTEMPTS))


def test_a_job_that_was_popped_and_lost_is_pushed_by_the_next_hint(queue, run_jobs):
    hint(errand, 1)
    queue.connection.lpop(queue.key)
    assert known(1).get_status() == JobStatus.QUEUED

    hint(errand, 1)
    run_jobs()

    assert errands.done == [(1,)]


@pytest.mark.parametrize(
    ("silent_for", "waiting"), [(timedelta(seconds=5), 0), (queueing.DEAD_AFTER + timedelta(seconds=5), 1)]
)
def test_a_started_job_is_pushed_again_once_its_worker_gives_no_sign_of_life(queue, silent_for, waiting):
    hint(errand, 1)
    queue.connection.lpop(queue.key)
    job = known(1)
    job.last_heartbeat = datetime.now(UTC) - silent_for
    job.set_status(JobStatus.STARTED)
    job.save()

    hint(errand, 1)

    assert len(queue.job_ids) == waiting


def test_a_job_that_its_worker_has_just_taken_is_left_to_it(queue):
    hint(errand, 1)
    queue.connection.lmove(queue.key, queue.intermediate_queue_key)

    hint(errand, 1)

    assert queue.job_ids == []


def test_hints_to_a_queue_that_is_down_are_counted_and_logged_once(valkey, caplog):
    hint(errand, 1)
    valkey.stop()
    try:
        assert [hint(errand, 1), hint(errand, 2)] == [False, False]
        assert queueing.outage.lost == 2
        assert [record.levelname for record in caplog.records] == ["WARNING"]
    finally:
        valkey.start()
    assert hint(errand, 3)


def test_a_hint_to_a_queue_that_hangs_does_not_wait_for_it(valkey):
    hint(errand, 1)
    os.kill(valkey.process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert not hint(errand, 2)
        assert time.monotonic() - started < 10  # whoever waits for it waits until the end of the test
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)
    assert hint(errand, 2)
