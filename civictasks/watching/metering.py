"""Figures for Prometheus: what this process counts, and what the database says at the moment of asking.

The processes of the web server share their counters through files in the data folder (prometheus_client's
multiprocess mode), so that any of them can tell all. Nothing here names a person, a project or an id.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from civictasks.embedded.children import is_running
from gamification.models import Ledger
from tasks.models import Answer, Batch, Lease

from .signs import SWEEPER, age_of_sign

LOOK_AGAIN = 10.0  # seconds for which the database's figures are kept
COUNTED_TO = 10_000  # rows of a backlog; more is as bad
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

REQUESTS = Counter("civictasks_requests", "Requests, by route and class of status", ["method", "route", "status"])
DURATION = Histogram("civictasks_request_seconds", "Until the reply begins, by route", ["route"], buckets=SECONDS)


def meter_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: count requests and how long they take."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = get_response(request)
        route = route_of(request)
        DURATION.labels(route).observe(time.perf_counter() - began)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, f"{response.status_code // 100}xx").inc()
        return response

    return respond


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, never the address: there are as many of those as visitors like."""
    if match := request.resolver_match:
        return match.route or "/"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "unknown"


def forget_the_dead() -> None:
    """Drop the counters of processes that have ended: each leaves its files. Called when a web server starts."""
    for file in settings.METRICS.glob("*_*.db"):
        if not is_running(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)


class DatabaseFigures:
    """Backlogs by state: indexes that hold only what waits are counted, never the answers or tasks themselves."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.figures: list[Metric] = []
        self.looked_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        with self.lock:
            if time.monotonic() - self.looked_at > LOOK_AGAIN:
                self.figures = [look() for look in (batches, backlogs, ages, room)]
                self.looked_at = time.monotonic()
            yield from self.figures


def batches() -> Metric:
    family = GaugeMetricFamily("civictasks_batches", "Batches, by state", labels=["state"])
    for state, number in Batch.objects.values_list("state").annotate(number=Count("pk")).order_by("state"):
        family.add_metric([state], number)
    return family


def backlogs() -> Metric:
    """What waits for the sweeper; a number that grows means that it does not keep up."""
    family = GaugeMetricFamily("civictasks_backlog", "Rows that wait for the sweeper", labels=["of"])
    waiting = {
        "points_not_on_boards": Ledger.objects.unprojected(),
        "answers_without_points": Answer.objects.filter(credited_at=None),
        "expired_leases": Lease.objects.expired(timezone.now()),
    }
    for name, rows in waiting.items():
        family.add_metric([name], rows.order_by()[:COUNTED_TO].count())
    return family


def ages() -> Metric:
    """How far behind: of the boards, the oldest points they lack; of a batch, how long it has waited to be read."""
    family = GaugeMetricFamily("civictasks_age_seconds", "How old the oldest of a backlog is", labels=["of"])
    lacking = Ledger.objects.unprojected().order_by("id").values_list("created_at", flat=True).first()
    unread = Batch.objects.filter(BATCH_TO_READ).aggregate(oldest=Min("created_at"))["oldest"]
    for name, instant in (("board_lag", lacking), ("batch_to_read", unread)):
        family.add_metric([name], (timezone.now() - instant).total_seconds() if instant else 0.0)
    if sign := age_of_sign(SWEEPER):
        family.add_metric(["sweeper_seen"], sign.total_seconds())
    return family


BATCH_TO_READ = Q(state__in=["uploaded", "reading"])


def room() -> Metric:
    family = GaugeMetricFamily("civictasks_disk_free_bytes", "Room on the disk of the data folder")
    family.add_metric([], shutil.disk_usage(settings.DATA).free)
    return family


class BuildInfo:
    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily("civictasks_build", "Always 1; the label is the version", labels=["version"])
        family.add_metric([settings.VERSION], 1)
        yield family


figures = DatabaseFigures()


def exposition() -> bytes:
    """Return all figures in Prometheus's text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(settings.METRICS))
    registry.register(BuildInfo())
    registry.register(figures)
    return generate_latest(registry)
