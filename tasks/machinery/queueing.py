"""Hint to a worker that there is work. The row's state says what has to be done; a lost hint only delays it.

RQ's word that a job is queued or running is not trusted: one that a worker took and lost stays "queued" for ever.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings
from django_rq import get_queue
from redis import Redis, RedisError
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

logger = logging.getLogger(__name__)

QUEUE = "default"
HEARTBEAT = 5  # seconds between two signs of life of a running job
DEAD_AFTER = timedelta(seconds=6 * HEARTBEAT)
ATTEMPTS = 3


class Outage:
    """Counts hints that did not arrive, and logs the first of each outage only."""

    def __init__(self) -> None:
        self.lost = 0
        self.lasting = False
        self.lock = threading.Lock()

    def began(self, error: Exception) -> None:
        with self.lock:
            self.lost += 1
            first, self.lasting = not self.lasting, True
        if first:
            logger.warning("the queue does not answer (%s): work waits for the sweeper", type(error).__name__)

    def ended(self) -> None:
        with self.lock:
            over, self.lasting = self.lasting, False
        if over:
            logger.info("the queue answers again; %s hints were lost", self.lost)


outage = Outage()


def hint(job: Callable[..., object], *ids: int) -> bool:
    """Put ``job(*ids)`` on the queue unless it waits or runs already; True when it is there now.

    Never raises for a queue that is down, and waits no longer than about a second for one that hangs.
    """
    try:
        _enqueue_once(job, ids)
    except (RedisError, OSError) as error:
        outage.began(error)
        return False
    outage.ended()
    return True


@cache
def impatient_queue() -> Queue:
    connection = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
    )
    return get_queue(QUEUE, connection=connection)


def job_id(job: Callable[..., object], ids: tuple[int, ...]) -> str:
    return "-".join([*job.__module__.split("."), job.__qualname__, *map(str, ids)])


def _enqueue_once(job: Callable[..., object], ids: tuple[int, ...]) -> None:
    queue = impatient_queue()
    name = job_id(job, ids)
    for _attempt in range(2):
        try:
            queue.enqueue_call(
                job, args=ids, job_id=name, unique=True, retry=Retry(max=ATTEMPTS), result_ttl=0, failure_ttl=86400
            )
            return
        except DuplicateJobError:
            if _is_under_way(queue, name):
                return
            _forget(queue, name)


def _is_under_way(queue: Queue, name: str) -> bool:
    try:
        known = Job.fetch(name, connection=queue.connection, serializer=JSONSerializer)
    except NoSuchJobError:
        return False
    if known.get_status(refresh=False) == JobStatus.STARTED:
        heartbeat = known.last_heartbeat
        return heartbeat is not None and datetime.now(UTC) - heartbeat.astimezone(UTC) < DEAD_AFTER
    lists = (queue.key, queue.intermediate_queue_key)
    return any(queue.connection.lpos(key, name) is not None for key in lists)


def _forget(queue: Queue, name: str) -> None:
    try:
        Job.fetch(name, connection=queue.connection, serializer=JSONSerializer).delete()
    except NoSuchJobError:
        pass
