import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections
from django_rq import get_worker
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from civictasks.embedded.leash import hold
from tasks.machinery.queueing import HEARTBEAT, QUEUE


class HeldWorker(Worker):
    """A worker whose running job does not outlive it; what a job leaves half done is taken up again."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        assert self.pid
        hold(self.pid, signal.SIGKILL)
        super().main_work_horse(job, queue)


class Command(BaseCommand):
    help = "Run jobs from the queue until ended by a signal. Start as many as there are cores to spare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--burst", action="store_true", help="end when the queue is empty")

    def handle(self, *args: Any, burst: bool, **options: Any) -> None:
        # One queue only: from several a worker pops in a way that loses the job if it dies just then. With RQ's own
        # intervals a dead worker's job is taken up after a quarter of an hour, with these after 80 seconds.
        worker = get_worker(
            QUEUE,
            worker_class=HeldWorker,
            serializer=JSONSerializer,
            worker_ttl=30,
            maintenance_interval=15,
            job_monitoring_interval=HEARTBEAT,
        )
        connections.close_all()  # a job runs in a fork
        worker.work(burst=burst, logging_level="INFO")
