"""Disputes and those who settle them."""

from accounts.enums import Role
from accounts.models import Membership, Volunteer
from gamification.models import Ledger
from tasks.enums import TaskState
from tasks.models import Answer, Project, Task, Workflow
from tests.factories import make_task, make_volunteer, make_workflow, post_answer


def make_reviewer(project: Project, role: Role = Role.REVIEWER) -> Volunteer:
    reviewer = make_volunteer(password="usable")  # as far as the gate can see
    Membership.objects.create(organisation=project.organisation, volunteer=reviewer, role=role)
    return reviewer


def make_dispute(*values, workflow: Workflow | None = None, people=(), **fields) -> Task:
    """Make a task that takes as many answers as there are values, which are too different to agree."""
    values = values or ("Oulu", "Kemi")
    policy = {"minimum": len(values), "maximum": len(values)}
    page = fields.get("page")
    workflow = workflow or make_workflow(page.project if page else None, policy=policy)
    task = make_task(workflow, wanted=len(values), maximum=len(values), **fields)
    for value, person in zip(values, people or [make_volunteer() for _ in values], strict=True):
        post_answer(task, value, person)
    assert task.state == TaskState.DISPUTED
    return task


def standing(task: Task) -> list[set[str]]:
    """Return the rules that hold for each answer of a task, by the order in which they were given."""
    found = {}
    for answer, rule in Ledger.objects.order_by("pk").values_list("answer", "rule"):
        name = rule.removesuffix(":reversed").partition("#")[0]
        sums = found.setdefault(answer, {})
        sums[name] = sums.get(name, 0) + (-1 if rule.endswith(":reversed") else 1)
    mine = Answer.objects.filter(task=task).order_by("pk").values_list("pk", flat=True)
    return [{name for name, count in found.get(answer, {}).items() if count} for answer in mine]
