"""Answers that came faster than a person can read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gamification.models import Ledger
from gamification.repairing import balance_task
from tasks.models import Answer
from tasks.trust.haste import Arrival, Readers, is_too_fast, least_time
from tests.factories import NOON, make_lease, make_task, make_token, make_volunteer, make_workflow, post_answer

LINE = "Helsingin Sanomat, perustettu 1889, Ludviginkatu 2-10"
SECOND = timedelta(seconds=1)


def came(typed: str, elapsed_ms: int | None, *, reader: bytes | None = None, leased_at=NOON, at=NOON) -> bool:
    return is_too_fast(Arrival(reader or uuid4().bytes, typed, elapsed_ms, leased_at, at))


@pytest.mark.parametrize(
    ("typed", "elapsed_ms", "too_fast"),
    [
        ("", 299, True),  # nobody sees and presses that soon
        ("", 300, False),
        (LINE, 400, True),
        (LINE, 820, True),
        (LINE, 900, False),  # a suggestion accepted at a glance
        (LINE, 5300, False),  # the fastest of typists
        (LINE, None, False),
        (LINE, 0, False),  # a client that does not measure
        ("x" * 2000, 20_000, True),
    ],
)
def test_nobody_answers_before_they_can_have_read(typed, elapsed_ms, too_fast):
    assert came(typed, elapsed_ms) is too_fast


def test_whatever_a_client_says_nobody_reads_more_than_fits_into_the_time_since_the_lease(settings):
    settings.READ_AHEAD = timedelta(minutes=5)
    readers, least = Readers(), least_time(LINE)
    at_once = settings.READ_AHEAD // least

    ahead = [readers.are_ahead(b"bot", NOON, least, NOON) for _ in range(at_once + 2)]

    assert ahead == [False] * at_once + [True] * 2
    assert not readers.are_ahead(b"bot", NOON, least, NOON + least)  # at a reader's pace it goes on
    assert not readers.are_ahead(b"another", NOON, least, NOON)


def test_answers_kept_while_offline_may_come_all_at_once():
    readers, hour = Readers(), 3600 * SECOND

    assert not any(readers.are_ahead(b"in the train", NOON, 20 * SECOND, NOON + hour) for _ in range(40))


def test_only_so_many_readers_are_remembered(monkeypatch):
    monkeypatch.setattr("tasks.trust.haste.MOST_READERS", 2)
    readers = Readers()

    for reader in (b"a", b"b", b"a", b"c"):
        readers.are_ahead(reader, NOON, SECOND, NOON)

    assert list(readers.busy_until) == [b"a", b"c"]


@pytest.mark.django_db
def test_an_answer_that_came_too_fast_is_counted_and_earns_and_weighs_nothing(client):
    task, bot = make_task(make_workflow()), make_volunteer()
    given = {"lease": make_lease(task, bot, now=timezone.now()), "key": str(uuid4()), "value": {"text": LINE}}
    headers = {"Authorization": f"Bearer {make_token(bot)}"}

    reply = client.post(
        "/api/v1/answers", {"answers": [given | {"elapsed_ms": 50}]}, "application/json", headers=headers
    )

    told = {"status": "counted", "points": 0, "pending": True}
    assert reply.json() == {"results": [told | {"key": given["key"]}]}
    answer = Answer.objects.get()
    assert (answer.counted, answer.weight) == (True, 0)

    first, result = (post_answer(task, LINE) for _ in range(2))
    assert first == told | {"key": first["key"]}  # nothing tells the two apart
    assert result["feedback"] == {"settled": "agreed", "agrees": True, "readers": 2}
    balance_task(task)
    assert set(Ledger.objects.values_list("volunteer", flat=True)) == set(
        Answer.objects.exclude(volunteer=bot).values_list("volunteer", flat=True)
    )
