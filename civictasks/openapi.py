"""What holds for every operation of the API, said in its OpenAPI description: who may call it, what may go wrong."""

from collections.abc import Iterator
from functools import cached_property
from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI

from accounts.crosssite import PROBLEM, SAFE_METHODS
from tasks.schemas import MisfitProblem

Description = dict[str, Any]
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
MISFIT_SCHEMA = {"$ref": "#/components/schemas/MisfitProblem"}
SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "Set by the first POST of leases. Unsafe requests also send the header X-CSRFToken.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token with the scope that the operation needs."},
}
CSRF = {
    "in": "header",
    "name": "X-CSRFToken",
    "required": False,
    "schema": {"type": "string"},
    "description": "the value of the cookie `csrftoken`; needed with a session, not with a bearer token",
}


class DescribedAPI(NinjaAPI):
    """The API of the site, with its rules in its description."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return what stays the same while the site runs: to describe it takes as long as many requests."""
        return self.described

    @cached_property
    def described(self) -> Description:
        schema = super().get_openapi_schema()
        schema["components"]["securitySchemes"] = SECURITY
        describe_misfits(schema["components"]["schemas"])
        for path, methods in schema["paths"].items():
            schema["paths"][path] = {method: complete(method, operation) for method, operation in methods.items()}
        return schema


def describe_misfits(schemas: Description) -> None:
    described = MisfitProblem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(described.pop("$defs"))
    schemas["MisfitProblem"] = described


def complete(method: str, operation: Description) -> Description:
    """Return the operation with what its router need not repeat. GET and HEAD of one view share a description."""
    unsafe = method.upper() not in SAFE_METHODS
    responses = dict(operation["responses"]) | dict(problems_of(operation, unsafe=unsafe))
    for response in responses.values():
        if "application/json" in response.get("content", {}) and is_problem(response["content"]["application/json"]):
            response["content"] = {PROBLEM: response["content"]["application/json"]}
    completed = operation | {"responses": dict(sorted(responses.items()))}
    if unsafe:
        completed["parameters"] = [*operation["parameters"], CSRF]
    if method == "head":
        completed["operationId"] += "_head"
    return completed


def is_problem(content: Description) -> bool:
    return content["schema"].get("$ref") == PROBLEM_SCHEMA["$ref"]


def problems_of(operation: Description, *, unsafe: bool) -> Iterator[tuple[int, Description]]:
    if "requestBody" in operation:
        yield 400, problem_response(400)
        yield 413, problem_response(413)
    if unsafe:
        yield 403, problem_response(403)
    if "requestBody" in operation or any(is_checked(parameter) for parameter in operation["parameters"]):
        yield 422, problem_response(422, MISFIT_SCHEMA)


def is_checked(parameter: Description) -> bool:
    """Whether a value of this parameter may fail to fit; any text fits a string."""
    return parameter["schema"].get("type") != "string" or "format" in parameter["schema"]


def problem_response(status: int, schema: Description = PROBLEM_SCHEMA) -> Description:
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": schema}}}
