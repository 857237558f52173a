from datetime import timedelta

import pytest

from tasks.models import Skill
from tasks.skills import fit_skills
from tests.factories import NOON, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(seconds=61)


def skills():
    return {skill.volunteer: (skill.right, skill.wrong) for skill in Skill.objects.select_related("volunteer")}


def test_agreed_tasks_teach_who_was_right():
    workflow = make_workflow()
    good, also_good, hasty = (make_volunteer() for _ in range(3))
    for _ in range(2):
        task = make_task(workflow)
        for volunteer, text in ((good, "Oulu"), (hasty, "Olu"), (also_good, "Oulu")):
            post_answer(task, text, volunteer)

    assert fit_skills(LATER) == 2
    assert skills() == {good: (2, 0), also_good: (2, 0), hasty: (0, 2)}


def test_a_decision_teaches_once_and_not_before_it_is_past_undoing():
    task = make_task()
    post_answer(task, "Oulu")
    post_answer(task, "Oulu")

    assert fit_skills(NOON + timedelta(seconds=59)) == 0
    assert [fit_skills(LATER), fit_skills(LATER)] == [1, 0]
    assert list(skills().values()) == [(1, 0), (1, 0)]


def test_a_disputed_task_teaches_nothing():
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 2}))
    post_answer(task, "Oulu")
    post_answer(task, "Kemi")

    assert (fit_skills(LATER), skills()) == (1, {})


def test_known_skill_decides_between_two_readings():
    task = make_task()
    good, bad = make_volunteer(), make_volunteer()
    Skill.objects.create(volunteer=good, workflow=task.workflow, right=500, wrong=1)
    Skill.objects.create(volunteer=bad, workflow=task.workflow, right=0, wrong=200)

    post_answer(task, "Oulu", good)
    post_answer(task, "Olu", bad)

    assert task.decisions.get().value == {"text": "Oulu"}
