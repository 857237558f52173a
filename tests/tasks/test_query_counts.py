"""What a loop of lease and answer costs in statements, sessions and accounts included."""

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_page_of_lines, post_answer

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 24
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
# On PostgreSQL a lease asks for a lazy commit by a statement of its own.
MORE = 1 if connection.vendor == "postgresql" else 0


class Visitor:
    """Plays over HTTP and counts the statements of each request; those that begin and end transactions apart."""

    def __init__(self, project):
        self.client = Client(enforce_csrf_checks=True)
        self.project = project.slug
        self.statements: list[str] = []

    def post(self, path, body):
        cookie = self.client.cookies.get("csrftoken")
        headers = {"X-CSRFToken": cookie.value} if cookie else {}
        with CaptureQueriesContext(connection) as captured:
            reply = self.client.post(
                f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
            )
        self.statements += [query["sql"] for query in captured]
        assert reply.status_code == 200, reply.content
        return reply.json()

    def lease(self, count):
        return self.post(f"projects/{self.project}/leases", {"count": count})["leases"]

    def answer(self, leases, **more):
        answers = [{"lease": lease["lease"], "key": str(uuid4()), "value": {"text": "Oulu"}} for lease in leases]
        return self.post("answers", {"answers": answers} | more)["results"]

    def counted(self):
        """How many statements since the last time: those that work, and those of transaction control."""
        control = sum(statement.startswith(CONTROL) for statement in self.statements)
        work, self.statements = len(self.statements) - control, []
        return work, control


@pytest.fixture
def workflow():
    return make_page_of_lines(12)


@pytest.fixture
def visitor(workflow):
    """Someone who has answered before."""
    visitor = Visitor(workflow.project)
    visitor.answer(visitor.lease(1))
    visitor.counted()
    return visitor


@pytest.mark.parametrize("count", [1, 3])
def test_leasing_takes_eight_statements_for_one_task_and_for_three(visitor, count):
    assert len(visitor.lease(count)) == count

    assert visitor.counted() == (8 + MORE, 2)


def test_an_answer_that_waits_for_others_takes_seven_statements(visitor):
    leases = visitor.lease(1)
    visitor.counted()

    assert visitor.answer(leases)[0]["pending"]

    assert visitor.counted() == (7, 2)


def test_a_loop_whose_answer_settles_the_task_stays_within_its_limit(visitor, workflow):
    for task in workflow.task_set.all():
        if not task.answered:
            post_answer(task, "Oulu")

    [result] = visitor.answer(visitor.lease(1))

    assert result["feedback"] == {"settled": "agreed", "agrees": True, "readers": 2}
    work, control = visitor.counted()
    assert (work, control) == (18 + MORE, 4)
    assert work <= MOST


def test_next_saves_the_session_with_its_account(visitor, workflow):
    leases = visitor.lease(1)
    visitor.counted()

    visitor.answer(leases, next={"project": workflow.project.slug, "count": 1})

    work, control = visitor.counted()
    assert (work, control) == (14 + MORE, 4)
    assert work <= MOST
