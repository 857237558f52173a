"""Counters of the loop for whoever watches the site (``/metrics``); they say nothing of persons."""

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import Counter

ANSWERS = Counter("civictasks_answers", "Answers received, by what became of them", ["status"])
LEASES = Counter("civictasks_leases", "Seats given to volunteers, by what they asked with", ["route"])


def meter_answers(results: Iterable[Mapping[str, Any]]) -> None:
    for result in results:
        ANSWERS.labels(result["status"]).inc()


def meter_leases(route: str, number: int) -> None:
    LEASES.labels(route).inc(number)
