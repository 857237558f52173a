"""How a volunteer will see a question, before it is asked."""

from typing import Any

from django.templatetags.static import static

from ..kinds import KINDS
from ..models import Project, Task
from ..showing.questions import crop_url, page_url
from .wording import Wording

LOOKED_AT = 20
DRAWN = {"url": "desk/sample-line.svg", "width": 960, "height": 120, "reading": "Åbo Tidningar 1771"}


def preview_of(project: Project, wording: Wording) -> dict[str, Any]:
    """Return the context of the part ``task`` of the play page, about a line of the project or a drawn one."""
    some = Task.objects.lines().filter(project=project).select_related("page").order_by("natural_key")[:LOOKED_AT]
    line = max(some, key=lambda task: task.width / task.height, default=None)  # a number alone shows little
    shown = line_of(line) if line else drawn_line()
    reading = (line.suggestion if line else "") or DRAWN["reading"]
    task = {
        "kind": wording.kind,
        "prompt": wording.prompt,
        "hint": wording.hint,
        **shown,
        **KINDS[wording.kind].details(str(reading), wording.schema, {}),
    }
    return {"project": project, "letters": list(project.letters), "first": {"lease": "", "task": task}}


def line_of(task: Task) -> dict[str, Any]:
    return {
        "image": {"url": crop_url(task.pk), "width": task.crop_width, "height": task.crop_height},
        "page": {
            "url": page_url(task.page_id, task.page.turned),
            "width": task.page.width,
            "height": task.page.height,
            "region": list(task.region),
        },
    }


def drawn_line() -> dict[str, Any]:
    image = {"url": static(str(DRAWN["url"])), "width": DRAWN["width"], "height": DRAWN["height"]}
    return {"image": image, "page": image | {"region": [0, 0, DRAWN["width"], DRAWN["height"]]}}
