"""What a volunteer is shown of a task: the reply's ``task`` object of the API."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.prepared import Selection, each

from ..kinds import KINDS
from ..models import Task
from .asking import WORDS, words_of_task
from .opaque import opaque

CROP, PAGE = "crop", "page"
FIELDS = (
    "id",
    "page_id",
    "x",
    "y",
    "width",
    "height",
    "crop_width",
    "crop_height",
    "suggestion",
    "page__width",
    "page__height",
    "page__turned",
    "version__kind",
    "workflow_id",
    "payload",
)


def crop_url(task: int) -> str:
    return f"/scans/{opaque(task, CROP)}.jpg"


def page_url(page: int, turned: int = 0) -> str:
    """Return the address of a page's picture; after a turn it is another one, for browsers keep what they have."""
    return f"/scans/pages/{opaque(page, PAGE)}.jpg" + (f"?turned={turned}" if turned else "")


def questions_of(tasks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return ``{task id: task object}`` in one query."""
    return ask_questions(tasks)()


def ask_questions(tasks: Iterable[int]) -> Callable[[], dict[int, dict[str, Any]]]:
    """Ask for ``{task id: task object}``; call what is returned to have it."""
    rows = shown.ask(tasks=list(tasks))
    return lambda: {row[0]: question_of(dict(zip((*FIELDS, *WORDS), row, strict=True))) for row in rows()}


@Selection
def shown(tasks):
    asked = Task.objects.filter(pk__in=each("tasks", tasks)).annotate(**words_of_task())
    return asked.values_list(*FIELDS, *WORDS)


def question_of(row: dict[str, Any]) -> dict[str, Any]:
    kind = row["version__kind"]
    return {
        "id": opaque(row["id"], "task"),
        "kind": kind,
        "workflow": row["workflow_id"],
        "prompt": row["prompt"],
        "hint": row["hint"],
        "image": {"url": crop_url(row["id"]), "width": row["crop_width"], "height": row["crop_height"]},
        "page": {
            "url": page_url(row["page_id"], row["page__turned"]),
            "width": row["page__width"],
            "height": row["page__height"],
            "region": [row["x"], row["y"], row["width"], row["height"]],
        },
        **KINDS[kind].details(row["suggestion"], row["schema"], row["payload"]),
    }
