"""The API says what it does: an OpenAPI description that leaves nothing out, and a page made of it."""

import html
import re
import shutil
import subprocess
from collections import Counter

import pytest
from ninja import Schema

from civictasks.api import api
from tests.factories import make_task, make_workflow

DESCRIPTION = api.get_openapi_schema()
PATHS, SCHEMAS = DESCRIPTION["paths"], DESCRIPTION["components"]["schemas"]
OPERATIONS = [(method, path, operation) for path, item in PATHS.items() for method, operation in item.items()]
NAMES = [f"{method} {path}" for method, path, _operation in OPERATIONS]
EVERY_OPERATION = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)


def content_of(operation, status):
    return operation["responses"][status]["content"]


def subclasses(schema):
    for each in schema.__subclasses__():
        yield each
        yield from subclasses(each)


@EVERY_OPERATION
def test_every_operation_says_what_it_is_and_what_it_answers(method, path, operation):
    good = [reply for status, reply in operation["responses"].items() if status < 300]

    assert operation["summary"]
    assert operation["tags"]
    assert all("content" in reply for reply in good) or {201, 204} & set(operation["responses"])
    assert [parameter["name"] for parameter in operation["parameters"] if not parameter.get("description")] == []


@EVERY_OPERATION
def test_every_error_but_that_of_a_range_is_a_problem_document(method, path, operation):
    errors = [status for status in operation["responses"] if status >= 400 and status != 416]

    assert {next(iter(content_of(operation, status))) for status in errors} <= {"application/problem+json"}


@EVERY_OPERATION
def test_operations_that_change_something_say_what_the_cookie_rule_and_a_bad_body_lead_to(method, path, operation):
    names = [parameter["name"] for parameter in operation["parameters"]]

    assert ("X-CSRFToken" in names) == (method in {"post", "patch", "delete"})
    assert {401, 403, 422} <= set(operation["responses"]) or "X-CSRFToken" not in names
    assert ("requestBody" in operation) == ({400, 413} <= set(operation["responses"]))


def test_every_operation_and_every_shape_has_a_name_of_its_own():
    operations = Counter(operation["operationId"] for _method, _path, operation in OPERATIONS)
    described = [each for each in set(subclasses(Schema)) if each.__name__ in SCHEMAS]
    shapes = Counter(each.__name__ for each in described if not each.__module__.startswith("ninja"))

    assert [name for name, count in (operations + shapes).items() if count > 1] == []


def test_every_field_of_what_a_volunteers_program_sends_and_gets_is_described():
    for name in ("LeaseRequest", "LeaseReply", "Question", "AnswerRequest", "AnswerResult", "Problem"):
        plain = [
            field for field, schema in SCHEMAS[name]["properties"].items() if not {"$ref", "description"} & set(schema)
        ]
        assert (name, [field for field in plain if field != "key"]) == (name, [])


@pytest.mark.django_db
def test_the_page_tells_of_every_operation_and_each_of_its_links_leads_somewhere(client):
    page = client.get("/api/v1/docs").content.decode()
    shown = [operation["operationId"] for method, _path, operation in OPERATIONS if method != "head"]

    assert [name for name in shown if f'id="{name}"' not in page] == []
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'id="([^"]+)"', page))


@pytest.mark.django_db
def test_the_page_asks_no_other_host_for_anything(client):
    page = client.get("/api/v1/docs").content.decode()

    assert re.findall(r'(?:src|href)="(?!/|#)[^"]*"', page) == []


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl to try the example with")
def test_the_example_on_the_page_works_as_it_stands(client, in_thread, live_url, tmp_path):
    in_thread(lambda: make_task(make_workflow()))
    port = live_url.rpartition(":")[2]
    page = client.get("/api/v1/docs", headers={"Host": f"127.0.0.1:{port}"}).content.decode()
    loop = html.unescape(re.search(r'<pre id="loop">(.*?)</pre>', page, re.DOTALL)[1])

    done = subprocess.run(["bash", "-euc", loop], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)

    assert re.findall(r'"status": "(\w+)"', done.stdout) == ["counted", "withdrawn"]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "allowed"), [("put", "projects", "GET, HEAD"), ("get", "flags", "POST")])
def test_a_wrong_method_gets_a_problem_document_that_names_the_right_ones(client, method, path, allowed):
    response = getattr(client, method)(f"/api/v1/{path}")

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert (response["Allow"], response.json()["detail"]) == (allowed, f"This address takes {allowed}.")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["projects", "projects/{slug}", "datasets", "leaderboards/all", "datasets/nothing"])
def test_head_tells_what_get_would(client, path):
    address = f"/api/v1/{path.format(slug=make_task().project.slug)}"

    got, head = client.get(address), client.head(address)

    assert (head.status_code, head["Content-Type"], head.content) == (got.status_code, got["Content-Type"], b"")


def test_every_get_is_a_head_too():
    assert [path for path, item in PATHS.items() if ("get" in item) != ("head" in item)] == []


@pytest.mark.django_db
def test_a_request_that_is_too_big_gets_a_problem_document(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    response = client.post("/api/v1/answers", "x" * 101, content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")
