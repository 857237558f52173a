"""The public API: each app brings its router, the site puts them together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from ninja import Router
from ninja.parser import Parser

from exports.api import router as exports_router
from gamification.api import router as gamification_router
from ingestion.api import router as ingestion_router
from tasks.api import router as tasks_router

from . import problems
from .openapi import DescribedAPI

FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}


class JSONAlone(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raise ``RawPostDataException`` for a form: an operation that takes JSON takes nothing else."""
        if request.content_type in FORMS:
            raise RawPostDataException
        return super().parse_body(request)


api = DescribedAPI(
    parser=JSONAlone(),
    title="Civic Tasks",
    version="1",
    description=(
        "Lease tasks, answer them, read boards and download datasets. The first POST of leases sets a session and a "
        "`csrftoken` cookie; with a session every unsafe request sends that cookie's value as `X-CSRFToken`. Programs "
        "send `Authorization: Bearer TOKEN` instead. Errors are problem documents (RFC 9457)."
    ),
    docs_url=None,
    openapi_extra={"security": [{}, {"session": []}, {"bearer": []}]},
)


def answer_head(router: Router) -> None:
    """Let every GET answer HEAD too, as RFC 9110 asks; the server leaves the body out."""
    for view in router.path_operations.values():
        for operation in view.operations:
            if "GET" in operation.methods and "HEAD" not in operation.methods:
                operation.methods.append("HEAD")


for router in (tasks_router, gamification_router, ingestion_router, exports_router):
    answer_head(router)
    api.add_router("", router)
problems.install(api)


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.not_found()
