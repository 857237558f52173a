from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.playing.outcomes import outcomes_of
from tasks.playing.undoing import withdraw_answer
from tasks.schemas import OutcomesReply
from tests.factories import make_task, make_volunteer, make_workflow, post_answer
from tests.tasks.test_api import Browser

pytestmark = pytest.mark.django_db


def read(volunteer, *texts):
    """Let the volunteer answer first, then somebody new give each of the texts; return the volunteer's key."""
    task = make_task()
    key = post_answer(task, "Oulu", volunteer, now=None)["key"]
    for text in texts:
        post_answer(task, text, now=None)
    return key


@pytest.mark.parametrize(
    ("others", "points", "feedback"),
    [
        ([], 0, None),
        (["Oulu"], 3, {"settled": "agreed", "agrees": True}),
        (["Turku", "Turku"], 1, {"settled": "agreed", "agrees": False}),
        (["Turku", "Vaasa", "Kemi", "Pori"], 1, {"settled": "disputed"}),
    ],
    ids=["nobody", "one who agrees", "two who differ", "four who differ"],
)
def test_what_others_made_of_an_answer_is_told_once_they_have(others, points, feedback):
    volunteer = make_volunteer()
    key = read(volunteer, *others)

    [outcome] = outcomes_of(volunteer.pk, [key])

    told = {"key": key, "status": "counted", "points": points, "pending": feedback is None}
    assert outcome == told | ({"feedback": feedback} if feedback else {})


def test_only_standing_answers_of_ones_own_are_told():
    me, other = make_volunteer(), make_volunteer()
    mine, taken_back, theirs = read(me), read(me), read(other)
    withdraw_answer(me.pk, taken_back)

    assert [o["key"] for o in outcomes_of(me.pk, [mine, taken_back, theirs, uuid4()])] == [mine]


def test_one_answer_and_ten_take_four_queries():
    volunteer = make_volunteer()
    keys = [read(volunteer, "Oulu") for _ in range(10)]

    for asked in (keys[:1], keys):
        with CaptureQueriesContext(connection) as queries:
            assert len(outcomes_of(volunteer.pk, asked)) == len(asked)
        assert len(queries) == 4


def test_outcomes_over_http_follow_the_documented_shape():
    browser, task = Browser(), make_task(make_workflow())
    [lease] = browser.lease(task.project)["leases"]
    key = browser.answer(lease).json()["results"][0]["key"]

    reply = browser.send("get", f"answers?key={key}&key={uuid4()}").json()

    OutcomesReply.model_validate(reply)
    assert reply == {"items": [{"key": key, "status": "counted", "points": 0, "pending": True}], "next": None}
    assert Browser().send("get", f"answers?key={key}").status_code == 401
