"""A policy is tried on recorded answers before anybody is asked; nothing is written."""

import json
from random import Random

import pytest
from django.core.management import CommandError, call_command

from tasks.aggregating.reading import read_answers
from tasks.consensus import Outcome, Policy, said, weigh_choices
from tasks.consensus.crowds.learning import ByRefitting, BySettling
from tasks.consensus.replaying import Cast, replay
from tasks.models import Answer, Decision
from tasks.predicting.forecasting import count_votes, predict
from tasks.predicting.material import AT_MOST, draw, material_of, seconds_in
from tasks.predicting.recorded import material_from
from tests.factories import make_project, make_task, make_workflow, post_answer

TOWNS = ("Oulu", "Kemi", "Pori", "Turku")
SURE = Policy(2, 5, 0.9)


@pytest.fixture
def write(tmp_path):
    def write(name, *rows):
        path = tmp_path / name
        path.write_text("".join(f"{row}\n" for row in rows))
        return path

    return write


def rows(tasks=40, people=5, wrong=()):
    """Everybody answers every task rightly, but the people in ``wrong``."""
    return [
        f"t{task},w{who},{'Lahti' if who in wrong else TOWNS[task % 4]},{1000 * (who + 1)}"
        for task in range(tasks)
        for who in range(people)
    ]


def simulate(*options):
    call_command("simulate", *map(str, options))


def told(capsys):
    return json.loads(capsys.readouterr().out)


def test_agreeing_people_settle_everything_with_the_least_answers_in_any_order(write, capsys):
    table = write("answers.csv", "task,worker,answer,elapsed_ms", *rows())
    gold = write("gold.csv", "task,answer", *(f"t{task},{TOWNS[task % 4]}" for task in range(40)))

    for kind in AT_MOST:
        simulate("--answers", table, "--gold", gold, "--kind", kind, "--policy", "maximum=5", "--orders", 2, "--json")
        [first, three, _ahead, everything] = told(capsys)["policies"]
        assert (first["answers"], first["settled"], first["error"], first["error_se"]) == (2, 1, 0, 0)
        assert (first["saved_of_maximum"], first["saved_of_three"]) == (0.6, 0.333333)
        assert (three["answers"], everything["answers"], everything["saved_of_maximum"]) == (3, 5, None)


def test_time_follows_from_the_table_and_the_pace(write, capsys):
    table = write("answers.csv", "task,worker,answer,elapsed_ms", *rows())

    simulate("--answers", table, "--kind", "text", "--volunteers-per-day", 2, "--tasks", 1200, "--json")
    planned = told(capsys)
    simulate("--answers", table, "--kind", "text", "--seconds-per-answer", 6, "--json")
    [first, *_others] = planned["policies"]

    assert (planned["seconds"], first["hours"], first["days"]) == (3, 2, 6)
    assert told(capsys)["seconds"] == 6
    assert seconds_in(write("plain.csv", "task,worker,answer", "a,b,c")) is None


def test_somebody_who_is_always_wrong_costs_answers_until_it_is_known():
    record = [[Cast(who, said("Lahti" if who == 0 else TOWNS[task % 4])) for who in range(4)] for task in range(300)]
    labels = sorted({cast.vote for casts in record for cast in casts})

    for learner in (ByRefitting(4, labels), BySettling()):
        played = list(replay(record, weigh_choices, SURE, learner, Random(1)))
        assert learner.reliability(0) < 0.1 < 0.9 < learner.reliability(1)
        assert {(p.outcome, p.vote) for p in played[-200:]} == {(Outcome.AGREED, said(town)) for town in TOWNS}
        first, last = (sum(p.answers for p in some) for some in (played[:50], played[-50:]))
        assert last <= first


def test_a_vote_that_leads_by_three_ends_the_counting_where_it_ever_does(write):
    table = write("answers.csv", "task,worker,answer", *(f"a,{n},Oulu" for n in range(5)), "b,1,Oulu", "b,2,Kemi")
    material = material_of(read_answers(table), {0: "Kemi"}, "text")

    ahead = count_votes(material, None, 2, lead=3)

    assert (ahead.answers, ahead.settled, ahead.open, ahead.error) == (2.5, 0.5, 0.5, 1)


def test_a_large_table_is_played_with_tasks_drawn_at_random(write):
    answers = read_answers(write("answers.csv", "task,worker,answer,elapsed_ms", *rows()))

    assert draw(answers, 1000) == list(range(40))
    assert len(draw(answers, 50)) == 10
    assert len(material_of(answers, {0: "Oulu"}, "choice").record) == 40


def test_a_record_that_ends_too_early_says_so_and_errors_are_expected_without_known_answers(write, capsys):
    table = write("answers.csv", "task,worker,answer", "a,1,Oulu", "a,2,Kemi", "b,1,Oulu", "b,2,Oulu")

    simulate("--answers", table, "--kind", "text", "--orders", 1, "--json")
    said_so = told(capsys)
    simulate("--answers", table, "--kind", "text", "--orders", 1)
    printed = capsys.readouterr().out

    assert (said_so["policies"][0]["open"], said_so["policies"][0]["measured"]) == (0.5, False)
    assert 0 < said_so["policies"][0]["error"] < 0.1
    assert "minimum=2,maximum=5,confidence=0.9     2.00     0.00    50.0%" in printed
    assert "nobody has checked them" in printed
    assert "too few answers" in printed


@pytest.mark.django_db
def test_a_project_predicts_from_its_own_answers_or_from_others_and_nothing_is_written(capsys):
    workflow = make_workflow()
    for _task in range(3):
        task = make_task(workflow)
        for _reader in range(2):
            post_answer(task, "Oulu")
    before = Answer.objects.count(), Decision.objects.count()
    planned = make_task(make_workflow(make_project(slug="planned"))).project

    simulate(workflow.project.slug, "--predict", "--policy", "minimum=2", "--orders", 1, "--json")
    own = told(capsys)
    simulate("planned", "--like", workflow.project.slug, "--orders", 1, "--seconds-per-answer", 1800, "--json")
    like = told(capsys)["policies"][0]

    assert (own["tasks"], own["policies"][0]["answers"], own["policies"][0]["settled"]) == (3, 2, 1)
    assert (like["answers"], like["hours"]) == (2, 1)
    assert (Answer.objects.count(), Decision.objects.count()) == before
    with pytest.raises(CommandError, match="no answers to settled tasks yet"):
        simulate(planned.slug, "--predict")


@pytest.mark.django_db
def test_what_is_recorded_of_a_question_takes_the_same_statements_for_one_task_and_for_three(
    django_assert_num_queries,
):
    workflow = make_workflow()
    for tasks in (1, 3):
        while workflow.task_set.count() < tasks:
            task = make_task(workflow)
            for _reader in range(2):
                post_answer(task, "Oulu")
        with django_assert_num_queries(5):
            assert predict(material_from(workflow), SURE, orders=1).answers == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        ([], "Name a project, or a table of answers", 2),
        (["cards"], "There is no project “cards”", 1),
        (["--answers", "nothing.csv"], "Say what the answers are", 2),
        (["--answers", "nothing.csv", "--kind", "text"], "nothing.csv cannot be read", 1),
        (["--answers", "{short}", "--kind", "text"], "Line 3 of .* has 2 cells where the first line has 3", 1),
        (["--answers", "{fine}", "--kind", "text", "--orders", "0"], "more than nothing", 2),
    ],
)
def test_what_cannot_be_predicted_is_said(write, options, said, code):
    head = "task,worker,answer"
    paths = {"short": write("short.csv", head, "a,b,c", "a,b"), "fine": write("fine.csv", head, "a,b,c")}

    with pytest.raises(CommandError, match=said) as refused:
        simulate(*(option.format(**paths) for option in options))
    assert refused.value.returncode == code
