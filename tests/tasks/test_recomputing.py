"""A project is weighed again from its answers alone: whatever their order, and nothing changes silently."""

import json
import random

import pytest
from django.core.management import CommandError, call_command

from tasks.enums import TaskState
from tasks.errors import FitLost
from tasks.models import Decision, Fit, ProjectSecret, Skill, Task
from tasks.refitting import doubting, refit
from tasks.refitting.claiming import Claim
from tasks.review.reviewing import settle
from tests.factories import NOON, make_page, make_project, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
POLICY = {"minimum": 3, "maximum": 3, "confidence": 0.5}
SAID = {"verify": [{"matches": True}, {"matches": False}], "transcribe": [{"text": "Oulu 1889"}, {"text": "Oula 1888"}]}


def play_in(order: random.Random, kind: str, tasks: int = 16):
    """Let nine people of unlike skill answer, the same answers with rows made in another order; return the workflow."""
    for _ in range(order.randrange(9)):
        make_workflow()
        make_volunteer()
    workflow = make_workflow(make_project(slug="letters"), kind=kind, policy=POLICY)
    ProjectSecret.objects.filter(project=workflow.project).update(dataset=b"s" * 32)
    people = {number: number for number in range(9)}
    for number in order.sample(range(9), 9):
        people[number] = make_volunteer(seed=bytes([number]) * 16)
    pages = {}
    for number in order.sample(range(tasks), tasks):
        pages[number] = make_page(workflow.project, sha256=f"{number:064x}")
    answers = []
    for number in order.sample(range(tasks), tasks):
        task = make_task(workflow, page=pages[number], position=1)
        luck = random.Random(number)
        answers += [(task, luck.random() > 0.08 * person, people[person]) for person in luck.sample(range(9), 3)]
    for task, right, person in order.sample(answers, len(answers)):
        post_answer(task, SAID[kind][not right], person)
    for task in Task.objects.filter(workflow=workflow, page__sha256__lt=f"{6:064x}"):
        settle(make_volunteer(), task.pk, SAID[kind][0], seen=task.decision, now=NOON)
    return workflow


def written(workflow) -> str:
    """Return all that a fit writes, in the words of nobody's row ids."""
    skills = Skill.objects.filter(workflow=workflow).exclude(right=0, wrong=0)
    records = sorted((bytes(s.volunteer.seed).hex(), s.right, s.wrong, s.prior_right, s.prior_wrong) for s in skills)
    fit = Fit.objects.get(workflow=workflow)
    doubted = Decision.objects.filter(method="refit", task__workflow=workflow)
    rows = doubted.values_list("task__page__sha256", "confidence", "agreement", "evidence")
    doubts = sorted((key, *figures, sorted(weight for _id, weight in evidence)) for key, *figures, evidence in rows)
    return json.dumps([records, fit.prior_right, fit.prior_wrong, fit.slope, fit.intercept, doubts])


@pytest.mark.parametrize("kind", SAID)
def test_the_order_of_rows_changes_no_byte_of_what_is_written(kind):
    bytes_written = []
    for seed in (1, 2):
        workflow = play_in(random.Random(seed), kind)
        refit(workflow, from_scratch=True)
        bytes_written.append(written(workflow))
        workflow.project.slug = f"letters-{seed}"
        workflow.project.save()

    assert len(json.loads(bytes_written[0])[0]) == 9
    assert bytes_written[0] == bytes_written[1]


def run(*words: str, capsys) -> tuple[int, dict]:
    try:
        call_command("recompute", "letters", "--json", *words)
    except CommandError as error:
        return error.returncode, json.loads(capsys.readouterr().out.splitlines()[-1])
    return 0, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_check_tells_what_would_go_to_review_and_writes_nothing(capsys):
    workflow = play_in(random.Random(1), "verify")

    code, told = run("--check", capsys=capsys)

    assert code == 1
    assert not Skill.objects.exists()
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.AGREED}
    found = told["questions"][workflow.slug]
    assert run(capsys=capsys) == (0, told | {"written": True})
    disputed = Task.objects.filter(state=TaskState.DISPUTED).values_list("pk", flat=True)
    assert sorted(disputed) == [changed["task"] for changed in found["changed"]] != []
    assert run("--check", capsys=capsys)[0] == 0


def test_a_check_fails_while_doubts_wait_for_reviewers(capsys, monkeypatch):
    play_in(random.Random(1), "verify")
    monkeypatch.setattr(doubting, "MOST_WAITING", 0)

    assert run(capsys=capsys)[0] == 0
    code, told = run("--check", capsys=capsys)

    [found] = told["questions"].values()
    assert (code, found["changed"], found["settled"]) == (1, [], 0)
    assert len(found["waiting"]) > 0


def test_a_recompute_that_another_process_takes_over_has_not_done_its_work(monkeypatch):
    play_in(random.Random(1), "verify", tasks=6)

    def lose(*_words, **_found):
        raise FitLost

    monkeypatch.setattr(Claim, "hold", lose)
    with pytest.raises(CommandError, match="is being weighed by another process") as refusal:
        call_command("recompute", "letters")
    assert refusal.value.returncode == 1


def test_a_project_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="There is no project “attic”") as refusal:
        call_command("recompute", "attic")
    assert refusal.value.returncode == 2
