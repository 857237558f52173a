"""What an operator watches: /healthz, /readyz and /metrics."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.models import Volunteer
from civictasks.watching import metering, readiness, signs
from civictasks.watching.chores import say_that_the_sweeper_lives
from ingestion import storing
from tasks.models import Batch, Watermark
from tests.factories import make_project, make_task, post_answer
from tests.tasks.test_query_counts import Visitor

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, str, dict[str, str]]:
    reply = client.get("/readyz")
    body = reply.json()
    return reply.status_code, body["status"], {name: part["state"] for name, part in body["parts"].items()}


@pytest.fixture(autouse=True)
def fresh_figures(monkeypatch):
    monkeypatch.setattr(metering, "figures", metering.DatabaseFigures())


def figure(client: Client, name: str) -> float:
    return figures(client, [name])[name]


def figures(client: Client, names: Iterable[str]) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    found = {name: re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE) for name in names}
    return {name: float(line[1]) if line else 0 for name, line in found.items()}


def test_a_living_process_says_so_without_asking_anybody(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        reply = client.get("/healthz", headers={"Host": "127.0.0.1:8000"})

    assert (reply.status_code, reply.content) == (200, b"alive\n")
    assert "no-store" in reply["Cache-Control"]


def test_a_site_without_its_helpers_is_degraded_and_says_what_to_start(client: Client, valkey):
    assert ready(client) == (
        200,
        "degraded",
        {"database": "well", "redis": "well", "files": "well", "worker": "wrong", "sweeper": "wrong"},
    )
    parts = client.get("/readyz").json()["parts"]
    assert parts["worker"]["do"] == "Start “manage.py work”: uploads wait for it."
    assert parts["sweeper"]["found"] == "No sweeper has been seen."


def test_a_site_with_all_its_parts_is_ready(client: Client, valkey, monkeypatch):
    say_that_the_sweeper_lives()
    monkeypatch.setitem(readiness.PARTS, "worker", lambda: readiness.seen(timedelta(seconds=9), "worker", ""))

    assert ready(client)[:2] == (200, "ready")


def test_a_sweeper_that_stood_still_is_told(client: Client):
    long_ago = timezone.now() - timedelta(minutes=5)
    Watermark.objects.create(name=signs.SWEEPER, position=int(long_ago.timestamp()))

    found = client.get("/readyz").json()["parts"]["sweeper"]

    assert (found["state"], re.sub(r"\d+", "N", found["found"])) == ("wrong", "A sweeper was seen N s ago.")


def test_without_redis_the_site_is_degraded_and_workers_are_unknown(client: Client, valkey):
    valkey.stop()
    try:
        status, word, parts = ready(client)
    finally:
        valkey.start()

    assert (status, word) == (200, "degraded")
    assert (parts["redis"], parts["worker"]) == ("wrong", "unknown")


def test_a_disk_that_is_nearly_full_is_told_before_anything_fails(client: Client, monkeypatch):
    monkeypatch.setattr(readiness, "LOW_WATER", storing.LOW_WATER * 2**30)

    found = client.get("/readyz").json()["parts"]["files"]

    assert found["state"] == "wrong"
    assert found["do"] == "Make room on the disk: uploads and releases are refused until then."


def test_a_database_that_cannot_be_written_takes_the_site_out_of_service(client: Client, monkeypatch):
    def full(name: str) -> None:
        raise DatabaseError("disk full, password hunter2")

    monkeypatch.setattr(readiness, "leave_sign", full)
    reply = client.get("/readyz")

    assert (reply.status_code, reply.json()["status"]) == (503, "not ready")
    assert reply.json()["parts"]["database"]["found"] == "The database cannot be written (DatabaseError)."
    assert b"hunter2" not in reply.content


def test_a_database_that_lacks_a_migration_is_told_which_command_to_run(client: Client, monkeypatch):
    monkeypatch.setattr(readiness, "is_migrated", lambda: False)

    reply = client.get("/readyz")

    assert reply.status_code == 503
    assert reply.json()["parts"]["database"]["do"] == "Run “manage.py migrate”."


@pytest.mark.parametrize("asked", [{"REMOTE_ADDR": "203.0.113.9"}, {"headers": {"X-Forwarded-For": "203.0.113.9"}}])
def test_everybody_hears_which_part_is_wrong_and_only_operators_why(client: Client, settings, asked):
    afar = client.get("/readyz", **asked).json()

    assert {key for part in client.get("/readyz").json()["parts"].values() for key in part} == {"state", "found", "do"}
    assert {frozenset(part) for part in afar["parts"].values()} == {frozenset({"state"})}
    assert (afar["status"], afar["parts"]["database"]["state"]) == ("degraded", "well")

    settings.METRICS_TOKEN = "a long word"
    told = {**asked, "headers": asked.get("headers", {}) | {"Authorization": "Bearer a long word"}}
    assert "found" in client.get("/readyz", **told).json()["parts"]["database"]


def test_metrics_are_for_this_machine_or_for_who_knows_the_token(client: Client, settings):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403

    settings.METRICS_TOKEN = "a long word"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer a long wor"}).status_code == 403
    asked_from_afar = {"Authorization": "Bearer a long word", "X-Forwarded-For": "203.0.113.9"}
    assert client.get("/metrics", headers=asked_from_afar).status_code == 200


COUNTED = {
    'civictasks_requests_total{method="POST",route="api/v1/projects/<slug>/leases",status="2xx"}': 1,
    'civictasks_requests_total{method="GET",route="unknown",status="4xx"}': 2,
    'civictasks_request_seconds_count{route="projects/<slug:slug>/"}': 3,
    'civictasks_answers_total{status="counted"}': 1,
    'civictasks_leases_total{route="leases"}': 1,
}


def test_requests_answers_and_seats_are_counted_by_route(client: Client):
    task = make_task()
    visitor = Visitor(task.project)
    before = figures(client, COUNTED)

    visitor.answer(visitor.lease(1))
    for path in ("/no/such/page", "/another", *[f"/projects/{task.project.slug}/"] * 3):
        client.get(path)

    after = figures(client, COUNTED)
    assert {name: after[name] - before[name] for name in COUNTED} == COUNTED


def test_backlogs_are_told_and_looked_up_once_in_a_while(client: Client, monkeypatch, django_assert_num_queries):
    Batch.objects.create(project=make_project(), name="box")
    post_answer(make_task(), "Helsinki")

    assert figure(client, 'civictasks_batches{state="uploaded"}') >= 1
    assert figure(client, 'civictasks_backlog{of="points_not_on_boards"}') >= 1
    assert figure(client, 'civictasks_age_seconds{of="board_lag"}') > 0
    with django_assert_num_queries(0):
        assert figure(client, 'civictasks_backlog{of="expired_leases"}') == 0


def test_no_figure_names_a_person_a_project_or_an_address(client: Client):
    task = make_task()
    volunteer = Volunteer.objects.create(display_name="Aino of Viborg")
    post_answer(task, "Helsinki", volunteer)
    client.get(f"/projects/{task.project.slug}/")

    text = client.get("/metrics").content.decode()

    assert [word for word in ("Aino", task.project.slug, "Helsinki", "127.0.0.1") if word in text] == []
