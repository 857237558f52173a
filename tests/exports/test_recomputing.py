"""Anyone can compute the values again: from the files of a release and the published methods alone."""

import math
from collections import defaultdict

import pytest

from exports.models import Release
from exports.releasing import release
from tasks.consensus import (
    BLANK,
    UNREADABLE,
    Ballot,
    Normalisation,
    Verdict,
    estimate_reliability,
    is_said,
    merge_readings,
    said,
    weigh_choices,
)
from tasks.models import Skill
from tests.factories import make_task, make_volunteer, make_workflow, post_answer

from .conftest import LATER
from .reading import datapackage, table

pytestmark = pytest.mark.django_db
MARKS = {"blank": BLANK, "unreadable": UNREADABLE}


def ballots_of(answers: list[dict[str, str]], parameters: dict) -> list[Ballot]:
    """Give each answer the reliability that its published weight comes from."""
    ballots = []
    for number, answer in enumerate(answers):
        vote = MARKS.get(answer["mark"]) or said(answer["vote"])
        choices = parameters.get("labels") or parameters["readings" if is_said(vote) else "marks"]
        reliability = 1 / (1 + (choices - 1) * math.exp(-float(answer["weight"])))
        typed = "" if answer["mark"] else answer["value"]
        ballots.append(Ballot(answer=number, vote=vote, reading=typed, reliability=reliability))
    return ballots


def verdict_of(row: dict[str, str], answers: list[dict[str, str]], parameters: dict) -> Verdict:
    ballots = ballots_of(answers, parameters)
    if row["kind"] == "verify":
        return weigh_choices(ballots, parameters["labels"], rho=0, rho_group=0)
    rules = Normalisation(parameters["ignore_case"], parameters["ignore_punctuation"])
    return merge_readings(ballots, rules, rho=0, rho_group=0)  # a weight has its discount in it


def recomputed(made: Release) -> list[tuple[str, ...]]:
    methods = {part["key"]: part["parameters"] for part in datapackage(made)["civictasks:methods"]}
    weighed = defaultdict(list)
    for answer in table(made, "answers.csv"):
        if answer["weight"]:
            weighed[answer["id"]].append(answer)
    found = []
    for row in table(made):
        verdict = verdict_of(row, weighed[row["id"]], methods[row["parameters"]])
        value = (
            verdict.reading if row["kind"] == "transcribe" else {"=yes": "true", "=no": "false"}.get(verdict.vote, "")
        )
        found.append(
            (value if row["status"] == "agreed" else "", f"{verdict.agreement:.6f}", f"{verdict.confidence:.6f}")
        )
    return found


def test_value_agreement_and_confidence_follow_from_the_release_alone():
    policy = {"minimum": 2, "maximum": 4, "confidence": 0.9}
    lines = make_workflow(policy=policy, schema={"normalisation": {"ignore_case": True}})
    checks = make_workflow(lines.project, kind="verify", policy=policy)
    people = [make_volunteer() for _ in range(4)]
    for person, right in zip(people, (1, 5, 40, 0), strict=True):
        for workflow in (lines, checks):
            Skill.objects.create(volunteer=person, workflow=workflow, right=right, wrong=2)
    blank, unreadable, yes, no = {"blank": True}, {"unreadable": True}, {"matches": True}, {"matches": False}
    for values in (
        ["Turku", "turku"],
        ["Turku", "Åbo", "turku"],
        ["Turku", "Turkn", "Tarku", "Turka"],
        ["=1+1", "=1+1"],
        [blank, "Turku", blank],
        [unreadable, unreadable],
        ["Turku", unreadable, blank, "Abo"],
    ):
        play(make_task(lines), values, people)
    for values in ([yes, yes], [no, no], [yes, no, no], [yes, no, blank, unreadable]):
        play(make_task(checks), values, people)

    made = release(lines.project, now=LATER)

    published = [(row["value"], row["agreement"], row["confidence"]) for row in table(made)]
    assert len(published) == 11
    assert {row["status"] for row in table(made)} == {"agreed", "disputed", "unreadable"}
    assert recomputed(made) == published


def play(task, values, people) -> None:
    """Let one person after the other answer until the task is settled; the last value is what the rest say too."""
    for value, person in zip([*values, *values[-1:] * len(people)], people, strict=False):
        task.refresh_from_db()
        if task.settled_at is None:
            post_answer(task, value, person)


def test_a_weight_is_the_evidence_of_its_volunteers_record():
    workflow = make_workflow()
    people = [make_volunteer(), make_volunteer()]
    Skill.objects.create(volunteer=people[0], workflow=workflow, right=30, wrong=0)
    play(make_task(workflow), ["Turku", "Turku"], people)

    made = release(workflow.project, now=LATER)

    light, heavy = sorted(float(row["weight"]) for row in table(made, "answers.csv"))
    nats = [math.log(10 * p / (1 - p)) for p in (estimate_reliability(), estimate_reliability(30))]
    added = 2 / 1.1 - 1  # the second of two answers adds less, as their errors are a little alike
    assert heavy / light == pytest.approx(nats[1] / (nats[0] * added))
