"""Many settled tasks at once, copied from a few that were really played."""

import hashlib
from itertools import count

from tasks.identity import natural_key
from tasks.models import Answer, Decision, Page, Task, Workflow
from tests.factories import make_page, settle_task

keys = count(1)


def fill(workflow: Workflow, *, pages: int, lines: int) -> None:
    """Add pages of settled lines, two equal answers each, by inserting copies of one such task."""
    model = settle_task(workflow, "Helsingin Sanomat 1904", "Helsingin Sanomat 1904")
    decision = Decision.objects.get(pk=model.decision)
    answers = list(Answer.objects.filter(task=model).order_by("pk"))
    item = make_page(workflow.project).item
    start = item.pages.count()
    added = Page.objects.bulk_create(
        Page(
            project=workflow.project,
            item=item,
            position=start + number,
            width=1000,
            height=1400,
            sha256=hashlib.sha256(f"page {next(keys)}".encode()).hexdigest(),
        )
        for number in range(pages)
    )
    tasks = Task.objects.bulk_create(task_on(model, page, line) for page in added for line in range(lines))
    given = Answer.objects.bulk_create(copy_of(answer, task) for task in tasks for answer in answers)
    weights = [weight for _answer, weight in decision.evidence]
    decisions = Decision.objects.bulk_create(
        decision_on(decision, task, [[a.pk, w] for a, w in zip(given[2 * n : 2 * n + 2], weights, strict=True)])
        for n, task in enumerate(tasks)
    )
    for task, made in zip(tasks, decisions, strict=True):
        task.decision = made.pk
    Task.objects.bulk_update(tasks, ["decision"], batch_size=500)


def fields_of(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.generated}


def task_on(model: Task, page: Page, line: int) -> Task:
    task = Task(**fields_of(model) | {"id": None, "page_id": page.pk, "position": line, "y": 40 * line})
    task.natural_key = natural_key(page.sha256, task.region, task.workflow_id)
    task.subject = next(keys)
    return task


def copy_of(answer: Answer, task: Task) -> Answer:
    key = hashlib.sha256(f"{task.pk} {answer.pk}".encode()).hexdigest()[:32]
    return Answer(**fields_of(answer) | {"id": None, "task_id": task.pk, "subject": task.subject, "key": key})


def decision_on(decision: Decision, task: Task, evidence: list[list]) -> Decision:
    return Decision(**fields_of(decision) | {"id": None, "task_id": task.pk, "evidence": evidence})
