"""What asking others which reading is right costs and saves is part of what a policy is predicted to take."""

import json
from random import Random

import pytest
from django.core.management import CommandError, call_command

from tasks.consensus import UNREADABLE, Policy, merge_readings, said
from tasks.consensus.replaying import Cast, play
from tasks.models import Answer, Task
from tasks.predicting.choosing import NONE, USUAL, Company, Likely, presume
from tasks.predicting.forecasting import predict
from tasks.predicting.material import Material
from tasks.predicting.recorded import habit_of, material_from
from tasks.predicting.usual import CONFIDENCES, predict_usual
from tests.factories import make_workflow, post_answer

from .competing import POLICY, choose, competing_line

TYPING, CHOOSING = Policy(2, 5), Policy(2, 5, adjudicate=True)
OULU, KEMI, PORI, TURKU = map(said, ("Oulu", "Kemi", "Pori", "Turku"))


def casts(*votes):
    return [Cast(number, vote) for number, vote in enumerate(votes)]


def played(votes, *picks, people=20, policy=CHOOSING):
    """Play one line; those who are asked pick one after the other, the last pick ever again."""
    asked, given = [], list(picks)

    def pick(volunteer, _task, offered):
        asked.append((volunteer, *offered))
        return given.pop(0) if len(given) > 1 else given[0]

    company = Company(people, pick, Random(1))
    found = play(0, casts(*votes), company.learner, merge_readings, policy, company.about(0))
    return found, asked


def test_two_who_choose_the_same_settle_a_line_that_two_typed_differently():
    found, asked = played([OULU, KEMI, OULU], OULU)

    assert (found.vote, found.answers, found.rounds, found.by_choosing) == (OULU, 2, ((2, 2),), True)
    assert {offered for _who, *offered in map(tuple, asked) for offered in [tuple(offered)]} == {(OULU, KEMI)}


def test_nobody_judges_their_own_reading_or_chooses_twice():
    _found, asked = played([OULU, KEMI, PORI, TURKU, TURKU], OULU, KEMI, NONE, NONE, people=9)

    people = [who for who, *_offered in asked]
    assert not {0, 1} & set(people)
    assert len(people) == len(set(people))


@pytest.mark.parametrize(
    ("votes", "picks", "people", "told"),
    [
        ([OULU, KEMI, PORI, PORI, PORI], [NONE], 20, (5, ((2, 2), (3, 2)), "agreed")),
        ([OULU, KEMI, OULU], [OULU, KEMI, NONE, UNREADABLE], 20, (2, ((2, 4),), "disputed")),
        ([OULU, KEMI, OULU], [OULU], 3, (3, (), "agreed")),
        ([OULU, KEMI], [NONE], 20, (2, ((2, 2),), "wait")),
        ([OULU, OULU], [KEMI], 20, (2, (), "agreed")),
    ],
    ids=[
        "none of them is right: typed again, and asked once more where that gives a new reading",
        "they cannot agree: a reviewer decides",
        "there is nobody to ask",
        "the record ends where it would be typed again",
        "there is nothing to choose",
    ],
)
def test_a_line_goes_on_as_it_would_for_people(votes, picks, people, told):
    found, _asked = played(votes, *picks, people=people)

    assert (found.answers, found.rounds, found.outcome.value) == told


def test_people_choose_what_is_right_or_say_that_it_is_not_there():
    record = [casts(OULU, KEMI, PORI), casts(KEMI, KEMI, PORI)]
    always = Likely(record, [OULU, OULU], 1.0, Random(1))
    seldom = Likely(record, [OULU, OULU], 1e-9, Random(1))

    assert {always(0, 0, [OULU, KEMI]) for _ in range(50)} == {OULU}
    assert {always(0, 0, [KEMI, PORI]) for _ in range(50)} == {NONE}
    assert {seldom(0, 0, [OULU, KEMI]) for _ in range(50)} == {KEMI, NONE}
    assert {always(0, 1, [OULU, KEMI]) for _ in range(50)} == {OULU, KEMI}  # what two misread can be misread


def test_without_known_lines_what_all_say_together_is_taken_for_right():
    lines = [casts(OULU, OULU, KEMI), casts(PORI, PORI, TURKU), [], casts(KEMI, UNREADABLE, UNREADABLE)]

    assert presume(lines, merge_readings) == [OULU, PORI, "!blank", UNREADABLE]


def test_choosing_saves_answers_and_its_own_time_counts():
    rng = Random(1)
    record = [casts(*(OULU if rng.random() < 0.7 else said(f"slip {n}") for n in range(8))) for _line in range(150)]
    known = dict.fromkeys(range(150), OULU)
    material = Material(record, 8, [], merge_readings, known, 9.0, 150)

    typing, choosing = (predict(material, policy, orders=1) for policy in (TYPING, CHOOSING))

    assert (typing.choices, choosing.choices > 0.3) == (0, True)
    assert choosing.answers < typing.answers
    assert choosing.disputed < typing.disputed
    assert material.company(rng).people == 8


def test_a_choice_between_labels_is_never_asked_about():
    labels = Material([casts(OULU, KEMI, OULU)] * 9, 9, [OULU, KEMI], merge_readings, {}, 4.0, 9)

    assert predict(labels, CHOOSING, orders=1) == predict(labels, TYPING, orders=1)


def test_the_usual_crowd_chooses_too_unless_the_first_doubt_is_the_last_answer():
    for confidence in CONFIDENCES[:-1]:
        typing, choosing = (predict_usual("transcribe", Policy(2, 6, confidence, wants)) for wants in (False, True))
        assert choosing.answers <= typing.answers
        assert typing.choices == 0
    last = predict_usual("transcribe", Policy(2, 2, adjudicate=True))

    assert predict_usual("transcribe", CHOOSING).choices > 0.3
    assert last == predict_usual("transcribe", Policy(2, 2))


def test_the_command_sets_both_ways_beside_one_another(tmp_path, capsys):
    rng = Random(2)
    rows = [f"t{n},w{who},{'Oulu' if rng.random() < 0.7 else 'slip' + str(who)}" for n in range(60) for who in range(8)]
    table = tmp_path / "answers.csv"
    table.write_text("\n".join(["task,worker,answer", *rows]))
    options = ["--kind", "text", "--policy", "maximum=5", "--policy", "maximum=5,adjudicate=yes", "--json"]

    call_command("simulate", "--answers", table, *options)
    [typing, choosing] = json.loads(capsys.readouterr().out)["policies"][:2]

    assert choosing["name"] == "minimum=2,maximum=5,confidence=0.9,adjudicate=yes"
    assert (typing["choices"], typing["policy"]["adjudicate"]) == (0, False)
    assert choosing["choices"] > 0
    spent = choosing["answers"] * 9 + choosing["choices"] * USUAL.seconds
    assert choosing["hours"] == pytest.approx(spent * 60 / 3600, abs=1e-5)
    with pytest.raises(CommandError, match="adjudicate=perhaps is no policy"):
        call_command("simulate", "--answers", str(table), "--kind", "text", "--policy", "adjudicate=perhaps")


@pytest.mark.django_db
def test_how_a_projects_own_people_choose_is_taken_from_their_choices(monkeypatch):
    monkeypatch.setattr("tasks.predicting.recorded.CHOICES_AT_LEAST", 3)
    workflow = make_workflow()
    assert habit_of(workflow) == USUAL
    line, child = competing_line("Oulu", "Kemi")
    choose(child, "Oulu")
    choose(child, "Kemi")
    choose(child, "Oulu")
    choose(child, "Oulu")
    line.refresh_from_db()
    Answer.objects.filter(task=child).update(elapsed_ms=7000)

    habit = habit_of(line.workflow)

    assert (habit.rightly, habit.seconds) == (pytest.approx((3 + 9.3) / 14), 7)
    assert material_from(line.workflow).right == [OULU]
    assert POLICY["adjudicate"]


@pytest.mark.django_db
def test_without_a_policy_the_projects_own_is_tried_and_choices_are_no_lines(capsys):
    line, child = competing_line("Oulu", "Kemi")
    choose(child, "Oulu")
    choose(child, "Oulu")

    call_command("simulate", line.project.slug, "--predict", "--json")
    own = json.loads(capsys.readouterr().out)["policies"][0]

    assert own["policy"] == {"minimum": 2, "maximum": 5, "confidence": 0.9, "adjudicate": True}
    assert own["hours"] == pytest.approx((own["answers"] * 9 + own["choices"] * USUAL.seconds) / 3600, abs=1e-5)


@pytest.mark.django_db
def test_who_says_that_none_is_right_is_right_where_the_right_reading_was_not_offered(monkeypatch):
    monkeypatch.setattr("tasks.predicting.recorded.CHOICES_AT_LEAST", 2)
    line, child = competing_line("Oulu", "Kemi")
    for _person in range(2):
        choose(child, "None of these")
    post_answer(line, "Turku")
    for _person in range(2):
        choose(Task.objects.filter(parent=line).latest("pk"), "Turku")

    assert habit_of(line.workflow).rightly == pytest.approx((4 + 9.3) / 14)
