"""Lines whose readings compete, and what others choose between them."""

from datetime import timedelta
from uuid import UUID

from tasks.enums import TaskState
from tasks.models import Decision, Task
from tasks.playing.undoing import withdraw_answer
from tasks.showing.questions import questions_of
from tests.factories import NOON, make_crowd, make_task, make_workflow, post_answer

SOON = NOON + timedelta(seconds=59)
POLICY = {"minimum": 2, "maximum": 5, "adjudicate": True}


def make_line(people=4, **policy):
    workflow = make_workflow(policy=POLICY | policy)
    make_crowd(workflow, people)
    return make_task(workflow)


def competing_line(*readings, **policy):
    """A line that was read in two ways, and the task that asks which one is right."""
    line = make_line(**policy)
    for reading in readings or ("Oulu", "Kemi"):
        post_answer(line, reading)
    return line, Task.objects.filter(parent=line).last()


def choose(child, text, volunteer=None):
    [id_] = [choice["id"] for choice in shown(child)["choices"] if choice["text"] == text]
    return post_answer(child, {"choice": id_}, volunteer)


def shown(task):
    return questions_of([task.pk])[task.pk]


def state_of(task):
    task.refresh_from_db()
    return (TaskState(task.state).name, task.wanted, task.answered, task.leased)


def decision_of(task):
    task.refresh_from_db()
    decision = Decision.objects.get(pk=task.decision)
    return (decision.value, decision.decided_by, decision.answers)


def take_back(result, volunteer, now=SOON):
    return withdraw_answer(volunteer.pk, UUID(result["key"]), now=now)
