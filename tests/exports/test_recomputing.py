"""Anyone can compute the values again: by the script that lies in a release, which has nothing of ours."""

import csv
import math
import shutil
import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest

from exports.releasing import SCRIPT, release
from tasks.consensus import estimate_reliability
from tasks.enums import TaskState
from tasks.gold.knowing import mark
from tasks.models import Answer, Decision, Fit, Skill, Task, WorkflowVersion
from tasks.playing.undoing import withdraw_answer
from tasks.refitting.doubting import METHOD, METHOD_VERSION
from tasks.review.reviewing import settle
from tests.factories import (
    NOON,
    make_crowd,
    make_page,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

from .conftest import LATER
from .reading import table

pytestmark = pytest.mark.django_db
POLICY = {"minimum": 2, "maximum": 4, "confidence": 0.9}
BLANK, UNREADABLE, YES, NO = {"blank": True}, {"unreadable": True}, {"matches": True}, {"matches": False}
LINES = (
    ["Turku", "turku"],
    ["Turku", "Åbo", "turku"],
    ["Turku", "Turkn", "Tarku", "Turka"],
    ["=1+1", "=1+1"],
    [BLANK, "Turku", BLANK],
    [UNREADABLE, UNREADABLE],
    ["Turku", UNREADABLE, BLANK, "Abo"],
    ["St. Louis, 9. June 1904", "St Louis 9 June 1904", "Saint Lewis, 9. June 1904", "St. Louis 9. Jane 1904"],
    ["l'Avenir; 12-ten", "lAvenir 12 — ten", "l’Avenir 12-tan", "Avenir; 12-ten x"],
    ["9. June 1904", "1904-06-09"],
    ["😀 ölç שלום", "😀 olc שלום", "x 😀 ölç", "ölç"],
)
UNKNOWN = (
    "Not looked at: 1, as this script does not know method identical-readings, version 99. "
    "The script of a later release may."
)
RULES = {"ignore_case": True, "same_dates": True, "abbreviations": [["St.", "Saint"]]}


def run_script(folder: Path) -> tuple[int, list[str]]:
    """Run a release's script by a Python that finds no package, from the release's own folder."""
    command = [sys.executable, "-I", "-S", "recompute.py"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60)
    return ended.returncode, (ended.stdout + ended.stderr).splitlines()


def compute_again(folder: Path, capsys) -> tuple[int, str]:
    """Run the script without a process of its own, which takes a third of a second."""
    code = run_path(str(folder / "recompute.py"))["main"](folder)
    told = capsys.readouterr()
    return code, told.out + told.err


def play(task, values, people) -> None:
    """Let one person after the other answer until the task is settled; the last value is what the rest say too."""
    for value, person in zip([*values, *values[-1:] * len(people)], people, strict=False):
        task.refresh_from_db()
        if task.settled_at is None:
            post_answer(task, value, person)


def play_all():
    """Settle tasks in every way there is, by people of every kind; return their project."""
    lines = make_workflow(policy=POLICY, schema={"normalisation": RULES})
    Fit.objects.create(workflow=lines, slope=0.9, intercept=0.25, prior_right=9, prior_wrong=1)
    hasty = make_workflow(lines.project, policy={"minimum": 3, "maximum": 3, "confidence": 0.2})
    checks = make_workflow(lines.project, kind="verify", policy=POLICY)
    people = [make_volunteer() for _ in range(6)]
    for person, right, trust, ring in zip(
        people, (1, 5, 40, 0, 3, 3), (1, 0.7, 1, 0.01, 1, 1), (None, b"r", b"r", None, None, None), strict=True
    ):
        for workflow in (lines, checks):
            Skill.objects.create(volunteer=person, workflow=workflow, right=right, wrong=2, trust=trust, ring=ring)
    for values in LINES:
        play(make_task(lines), values, people)
    play(make_task(hasty), ["9. June 1904", "9 June 1904", "9. Juni 1904"], people)
    for values in ([YES, YES], [NO, NO], [YES, NO, NO], [YES, NO, BLANK, UNREADABLE]):
        play(make_task(checks), values, people)
    for workflow, values, said in ((lines, ["Oulu", "Kemi"], {"text": "KEMI"}), (checks, [YES, BLANK], NO)):
        reviewed = make_task(workflow, maximum=2)
        play(reviewed, values, people)
        reviewed.refresh_from_db()
        settle(make_volunteer(), reviewed.pk, said, seen=reviewed.decision, now=NOON)
    choose_between(make_workflow(lines.project, policy=POLICY | {"adjudicate": True}), people)
    mark(make_volunteer(), make_task(lines).pk, {"text": "Hanko"}, now=NOON)
    doubt(settle_task(lines))
    regret(make_workflow(lines.project, policy={"minimum": 3}), people)
    return lines.project


def choose_between(workflow, people) -> None:
    """Let two read a line otherwise, and others say which of them is right."""
    make_crowd(workflow)
    task = make_task(workflow)
    play(task, ["Oulu", "Kemi"], people[:2])
    child = Task.objects.get(parent=task)
    [oulu] = [choice["id"] for choice in child.payload["choices"] if choice["text"] == "Oulu"]
    play(child, [{"choice": oulu}, {"choice": "none"}, {"choice": oulu}], people[2:])


def doubt(task) -> None:
    """Leave the task as a fit of all answers leaves it that has changed its mind."""
    nothing = {"value": None, "vote": "", "parameters": {}, "parameters_hash": ""}
    as_doubted = {"state": TaskState.DISPUTED, "method": METHOD, "method_version": METHOD_VERSION}
    Decision.objects.filter(pk=task.decision).update(**nothing, **as_doubted, confidence=0.7)
    Task.objects.filter(pk=task.pk).update(state=TaskState.DISPUTED)


def regret(workflow, people) -> None:
    """Let three agree, then take one answer back that the decision does not need."""
    task = make_task(workflow)
    play(task, ["Oulu"], people)
    WorkflowVersion.objects.filter(workflow=workflow).update(policy={"minimum": 2})
    taken_back = Answer.objects.filter(task=task).earliest("pk")
    withdraw_answer(taken_back.volunteer_id, taken_back.key, now=NOON)


def test_every_row_follows_from_the_release_alone():
    made = release(play_all(), now=LATER)

    rows = table(made)
    assert {(row["method"], row["status"]) for row in rows} == {
        ("identical-readings", "agreed"),
        ("columns", "agreed"),
        ("columns", "disputed"),
        ("mark", "agreed"),
        ("mark", "unreadable"),
        ("weighted-choice", "agreed"),
        ("weighted-choice", "disputed"),
        ("reviewer", "agreed"),
        ("known", "agreed"),
        ("refit", "disputed"),
    }
    assert {row["decided_by"] for row in rows} == {"rule", "adjudication", "reviewer", "gold"}
    assert run_script(made.folder) == (
        0,
        [
            "22 of 22 rows computed again, 0 differ",
            "3 of them a person decided: of these only the share of agreement follows from answers",
            "1 of them a later look at all answers together put in doubt: these have no value",
        ],
    )


def change(path: Path, number: int, column: str, text: str | None) -> dict[str, str]:
    """Write another text into a cell, or leave the row out; return what the row was."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = reader.fieldnames, list(reader)
    before = dict(rows[number])
    if text is None:
        del rows[number]
    else:
        rows[number][column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return before


def test_every_cell_that_says_something_else_is_noticed(tmp_path):
    workflow = make_workflow(policy={"minimum": 2, "maximum": 2})
    page = make_page(workflow.project)
    tasks = [settle_task(workflow, "Oulu", "Oulu", page=page, position=position) for position in range(8)]
    by_reviewer = settle_task(workflow, "Oulu", "Kemi", page=page, position=8)
    settle(make_volunteer(), by_reviewer.pk, {"text": "Kemi"}, seen=by_reviewer.decision, now=NOON)
    Decision.objects.filter(pk=tasks[7].decision).update(method_version="99")
    made = release(workflow.project, now=LATER)
    ids = [row["id"] for row in table(made)]
    folder = shutil.copytree(made.folder, tmp_path / "copy")
    data, answers = folder / "data.csv", folder / "answers.csv"
    change(data, 0, "value", "Ouli")
    change(data, 1, "confidence", "0.999000")
    change(data, 2, "status", "disputed")
    change(data, 8, "agreement", "1.000000")
    change(answers, 6, "weight", "0.010000")
    voter = change(answers, 8, "vote", "Kemi")["volunteer"]
    change(answers, 10, "id", None)

    code, said = run_script(folder)

    assert code == 1
    assert said == [
        f"{ids[0]}: value is 'Ouli', but 'Oulu' follows from the answers",
        f"{ids[1]}: confidence is 0.999000, but 0.987925 follows from the answers",
        f"{ids[2]}: value is 'Oulu', but '' follows from the answers",
        f"{ids[3]}: confidence is 0.987925, but 0.742871 follows from the answers",
        f"{ids[4]}: the vote of {voter} does not follow from what they answered",
        f"{ids[5]}: answers is 2, but answers.csv has 1 with a weight",
        f"{ids[8]}: agreement is 1.000000, but 0.500000 follows from the answers",
        UNKNOWN,
        "8 of 9 rows computed again, 7 differ",
        "1 of them a person decided: of these only the share of agreement follows from answers",
    ]


@pytest.mark.parametrize(
    ("file", "column", "text", "sentence"),
    [
        ("data.csv", "status", "sure", "status is 'sure', which no row can have"),
        ("data.csv", "decided_by", "reviewer", "decided_by is 'reviewer', but the method is identical-readings"),
        ("data.csv", "question_version", "7", "question_version is '7', which datapackage.json does not have"),
        ("data.csv", "parameters", "f", "parameters is 'f', which datapackage.json does not have for this method"),
        ("answers.csv", "counted", "false", "the answer of {volunteer} has a weight, but did not count"),
    ],
)
def test_what_does_not_go_together_is_noticed(tmp_path, capsys, file, column, text, sentence):
    made = release(settle_task(make_workflow()).project, now=LATER)
    folder = shutil.copytree(made.folder, tmp_path / "copy")

    before = change(folder / file, 0, column, text)

    code, said = compute_again(folder, capsys)
    assert code == 1
    assert said == f"{before['id']}: {sentence.format(**before)}\n1 of 1 rows computed again, 1 differ\n"


@pytest.mark.parametrize(
    ("file", "column", "text", "sentence"),
    [
        ("data.csv", "confidence", "", "confidence of {id} is '', which is no number"),
        ("answers.csv", "weight", "much", "weight of {id} is 'much', which is no number"),
        ("answers.csv", "id", "none", "answers.csv has answers to none where data.csv has no such row"),
    ],
)
def test_cells_that_no_release_has_are_named(tmp_path, capsys, file, column, text, sentence):
    made = release(settle_task(make_workflow()).project, now=LATER)
    folder = shutil.copytree(made.folder, tmp_path / "copy")

    before = change(folder / file, 0, column, text)

    code, said = compute_again(folder, capsys)
    assert code == 2
    assert said.endswith(f"This is not a release as it was published: {sentence.format(**before)}\n")


def test_a_folder_that_is_no_release_is_refused_in_a_sentence(tmp_path):
    shutil.copy(SCRIPT, tmp_path)

    code, [said] = run_script(tmp_path)

    assert code == 2
    assert said.startswith("This is not a release as it was published: ")
    assert "datapackage.json" in said


def test_a_weight_is_the_evidence_of_its_volunteers_record():
    workflow = make_workflow()
    people = [make_volunteer(), make_volunteer()]
    Skill.objects.create(volunteer=people[0], workflow=workflow, right=30, wrong=0)
    play(make_task(workflow), ["Turku", "Turku"], people)

    made = release(workflow.project, now=LATER)

    light, heavy = sorted(float(row["weight"]) for row in table(made, "answers.csv"))
    nats = [math.log(10 * p / (1 - p)) for p in (estimate_reliability(), estimate_reliability(30))]
    added = 2 / 1.1 - 1  # the second of two answers adds less, as their errors are a little alike
    assert heavy / light == pytest.approx(nats[1] / (nats[0] * added), rel=1e-5)
