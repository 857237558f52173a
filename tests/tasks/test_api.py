import json
from uuid import uuid4

import pytest
from django.test import Client

from tasks.models import Flag, Lease
from tasks.schemas import AnswersReply, LeasesReply, WithdrawalReply
from tests.factories import make_project, make_task, make_workflow

pytestmark = pytest.mark.django_db


class Browser:
    """A volunteer's browser: it keeps cookies and sends the CSRF token."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)

    def send(self, method, path, body=None):
        cookie = self.client.cookies.get("csrftoken")
        headers = {"X-CSRFToken": cookie.value} if cookie else {}
        data = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(self.client, method)(f"/api/v1/{path}", headers=headers, **data)

    def lease(self, project, count=1):
        return self.send("post", f"projects/{project.slug}/leases", {"count": count}).json()

    def answer(self, *leases, value=None, **more):
        value = value or {"text": "Oulu"}
        answers = [
            {"lease": lease["lease"], "key": str(uuid4()), "value": value, "elapsed_ms": 900} for lease in leases
        ]
        return self.send("post", "answers", {"answers": answers} | more)


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def project():
    workflow = make_workflow()
    for _ in range(3):
        make_task(workflow)
    return workflow.project


def test_leasing_and_answering_over_http_follows_the_documented_shapes(browser, project):
    leased = browser.lease(project, 2)
    reply = browser.answer(*leased["leases"]).json()

    LeasesReply.model_validate(leased)
    AnswersReply.model_validate(reply)
    assert [result["status"] for result in reply["results"]] == ["counted", "counted"]
    assert set(reply) == {"results"}


def test_next_leases_in_the_same_request(browser, project):
    [first] = browser.lease(project)["leases"]

    reply = browser.answer(first, next={"project": project.slug, "count": 1}).json()

    assert (reply["exhausted"], len(reply["leases"])) == (False, 1)
    assert reply["leases"][0]["task"]["id"] != first["task"]["id"]


def test_answers_are_kept_when_the_project_closes_meanwhile(browser, project):
    [lease] = browser.lease(project)["leases"]
    type(project).objects.update(state="closed")

    reply = browser.answer(lease, next={"project": project.slug, "count": 1}).json()

    assert [result["status"] for result in reply["results"]] == ["counted"]
    assert (reply["leases"], reply["exhausted"]) == ([], True)


def test_an_empty_list_of_answers_only_asks_for_the_next(browser, project):
    browser.lease(project)

    reply = browser.answer(next={"project": project.slug, "count": 1}).json()

    assert (reply["results"], len(reply["leases"])) == ([], 1)


def test_when_nothing_is_left_the_reply_says_exhausted(browser, project):
    browser.answer(*browser.lease(project, 3)["leases"])

    assert browser.lease(project) == {"leases": [], "exhausted": True}


def test_a_lease_taken_back_serves_the_same_token_again(browser, project):
    [lease] = browser.lease(project)["leases"]
    key = browser.answer(lease).json()["results"][0]["key"]

    reply = browser.send("delete", f"answers/{key}").json()
    again = browser.answer(lease).json()["results"][0]

    WithdrawalReply.model_validate(reply)
    assert reply["lease"]["task"]["id"] == lease["task"]["id"]
    assert again["status"] == "counted"


def test_an_answer_needs_a_session_or_token(browser):
    response = browser.send("post", "answers", {"answers": []})

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


def test_a_skipped_lease_frees_its_seat(browser, project):
    [lease] = browser.lease(project)["leases"]

    assert browser.send("post", "leases/release", {"leases": [lease["lease"], "unknown"]}).json() == {"released": 1}
    assert Lease.objects.live().count() == 0


def test_a_page_is_reported_by_whoever_holds_it(browser, project):
    [lease] = browser.lease(project)["leases"]

    good = browser.send("post", "flags", {"lease": lease["lease"], "reason": "upside down"})
    forged = browser.send("post", "flags", {"lease": "forged", "reason": "upside down"})

    assert [good.status_code, forged.status_code] == [201, 404]
    assert Flag.objects.get().reason == "upside down"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("projects/nowhere/leases", {"count": 1}, 404),
        ("projects/{slug}/leases", {"count": 0}, 422),
        ("projects/{slug}/leases", {"count": 21}, 422),
        ("projects/{slug}/leases", {"count": 1, "workflow": 999999}, 404),
        ("projects/{slug}/leases", None, 415),
        ("nothing", {}, 404),
    ],
)
def test_bad_requests_get_a_problem_document(browser, project, path, body, status):
    response = browser.send("post", path.format(slug=project.slug), body)

    problem = response.json()
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["title"] != "", problem["detail"] != "") == (status, True, True)


def test_projects_are_listed_by_slug_page_by_page(browser):
    for slug in ("b", "a", "c"):
        make_project(slug=slug)
    make_project(slug="hidden", state="draft")

    first = browser.client.get("/api/v1/projects?limit=2").json()
    second = browser.client.get(first["next"]).json()

    assert [item["slug"] for item in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next"] is None


def test_a_project_tells_its_questions(browser, project):
    detail = browser.client.get(f"/api/v1/projects/{project.slug}").json()

    assert [(w["kind"], w["prompt"]) for w in detail["workflows"]] == [("transcribe", "What does this line say?")]
    assert browser.client.get("/api/v1/projects/nowhere").status_code == 404
