from collections import Counter
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.db.models import Sum
from django.utils import translation

from exports.settled import Selection, settled_rows
from gamification.models import Ledger
from tasks.consensus.trust import MUTED_TRUST
from tasks.curating.spreading import questions_to_spread
from tasks.curating.withholding import show_again, withhold
from tasks.enums import DecidedBy, KindName, TaskState
from tasks.errors import TooLateToUndo
from tasks.models import Answer, Decision, Page, Skill, Task, Workflow
from tasks.playing.scheduling import lease_tasks
from tasks.playing.submission import Submission, submit_answers
from tasks.refitting import refit
from tasks.review.collating import collate
from tasks.settling.adjudicating import Reading, competing
from tasks.showing.outlook import page_map, settled_by_day
from tasks.showing.projects import count_progress, latest_versions
from tasks.showing.recalling import memories
from tests.factories import NOON, make_lease, make_task, make_volunteer, make_workflow, post_answer

from .competing import SOON, choose, competing_line, decision_of, make_line, shown, state_of, take_back

pytestmark = pytest.mark.django_db


def test_where_two_readings_compete_others_are_asked_which_one_is_right():
    line, child = competing_line()

    assert state_of(line) == ("WAITING", 2, 2, 0)
    assert (child.subject, child.region, child.shuffle, child.round) == (line.subject, line.region, line.shuffle, 1)
    assert (child.wanted, child.maximum, child.version.number) == (1, 4, line.version.number)
    question = shown(child)
    assert (question["kind"], question["prompt"]) == (KindName.CHOOSE, "Which reading is right?")
    assert sorted(choice["text"] for choice in question["choices"]) == ["Kemi", "None of these", "Oulu"]
    assert [set(choice) for choice in question["choices"]] == [{"id", "text", "parts"}] * 2 + [{"id", "text"}]
    assert shown(child) == question


def test_the_sites_own_question_is_asked_in_the_visitors_language():
    _line, child = competing_line()

    with translation.override("fi"):
        question = shown(child)

    assert (question["prompt"], question["choices"][-1]["text"]) == ("Mikä luenta on oikea?", "Ei mikään näistä")


def test_what_two_choose_settles_the_line():
    line, child = competing_line()

    choose(child, "Oulu")
    assert state_of(line) == ("WAITING", 2, 2, 0)
    result = choose(child, "Oulu")

    assert result["feedback"] == {"settled": "agreed", "agrees": True, "readers": 2}
    assert state_of(line) == ("AGREED", 2, 2, 0)
    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.ADJUDICATION, 4)
    evidence = Decision.objects.get(pk=line.decision).evidence
    assert [answer for answer, _weight in evidence] == list(Answer.objects.order_by("pk").values_list("pk", flat=True))
    assert evidence[2][1] == evidence[3][1] < evidence[0][1]


def test_three_people_type_for_nobody_would_be_left_to_choose():
    line = make_line(people=3)
    for reading in ("Oulu", "Kemi", "Oulu"):
        post_answer(line, reading)

    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.RULE, 3)


def test_a_line_that_nobody_can_tell_goes_to_a_reviewer():
    line, child = competing_line()

    for reading in ("Oulu", "Kemi", "Oulu", "Kemi"):
        choose(child, reading)

    assert state_of(child) == ("DISPUTED", 4, 4, 0)
    assert state_of(line) == ("DISPUTED", 2, 2, 0)
    assert list(Task.objects.disputed()) == [line]


def test_where_none_is_right_the_line_is_typed_once_more():
    line, child = competing_line()

    for _chooser in range(2):
        choose(child, "None of these")
    assert state_of(line) == ("OPEN", 3, 2, 0)
    post_answer(line, "Tornio")

    second = Task.objects.get(parent=line, round=2)
    assert sorted(choice["text"] for choice in shown(second)["choices"]) == ["Kemi", "None of these", "Oulu", "Tornio"]
    for _chooser in range(2):
        choose(second, "Tornio")
    assert decision_of(line) == ({"text": "Tornio"}, DecidedBy.ADJUDICATION, 5)


def test_who_is_muted_takes_no_choice_from_others():
    line, child = competing_line()
    for _spammer in range(3):
        spammer = make_volunteer()
        Skill.objects.create(volunteer=spammer, workflow=child.workflow, trust=MUTED_TRUST)
        choose(child, "None of these", spammer)
    for _chooser in range(2):
        choose(child, "Oulu")

    assert state_of(child) == ("AGREED", 5, 5, 0)
    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.ADJUDICATION, 4)


def test_where_none_is_right_and_nobody_else_may_be_asked_a_reviewer_decides():
    line, child = competing_line(maximum=3)
    for _chooser in range(2):
        choose(child, "None of these")
    post_answer(line, "Tornio")

    assert state_of(line) == ("DISPUTED", 3, 3, 0)
    assert Task.objects.filter(parent=line).count() == 1
    told = "Asked which reading is right, volunteers chose “None of these readings” (2)."
    assert collate(line).choices == (told,)


@pytest.mark.parametrize("mark", [{"unreadable": True}, {"blank": True}])
def test_who_chooses_may_find_nothing_to_read(mark):
    line, child = competing_line("Oulu", mark, "Kemi")

    for _chooser in range(2):
        post_answer(child, mark)

    assert Decision.objects.get(pk=Task.objects.get(pk=child.pk).decision).value == mark
    assert state_of(line) == ("OPEN", 4, 3, 0)


@pytest.mark.parametrize(
    ("readings", "texts"),
    [
        (["Oulu", "Oulu"], set()),
        (["Oulu", "Kemi"], {"Oulu", "Kemi"}),
        (["oulu", "Kemi", "Oulu", "Oulu"], {"oulu", "Oulu", "Kemi"}),
        (["Oulu", "Kemi", "Tornio", "Ii"], set()),
        (["Oulu", "O ulu"], set()),
        (["Oulu", "Ou\u200clu"], set()),
        (["Oulu", "x" * 201], set()),
    ],
)
def test_few_short_readings_that_tell_apart_compete(readings, texts):
    found = competing([Reading(number, f"={text}", text) for number, text in enumerate(readings)])

    assert set(found.values()) == texts


def test_nobody_chooses_among_readings_of_their_own_and_choices_come_first():
    reader, stranger = make_volunteer(), make_volunteer()
    line = make_line()
    other = make_task(line.workflow, page=line.page)
    post_answer(line, "Oulu", reader)
    post_answer(line, "Kemi")
    child = Task.objects.get(parent=line)

    given = {
        who.pk: [
            lease.task["id"] for lease in lease_tasks(who.pk, line.project.slug, 2, newcomer=False, now=NOON).leases
        ]
        for who in (reader, stranger)
    }

    assert given == {reader.pk: [shown(other)["id"]], stranger.pk: [shown(child)["id"], shown(other)["id"]]}
    Workflow.objects.filter(pk=line.workflow_id).update(open=False)
    make_task(make_workflow(line.project))
    [lease] = lease_tasks(make_volunteer().pk, line.project.slug, 5, newcomer=False, now=NOON).leases
    assert lease.task["kind"] == KindName.TRANSCRIBE


@pytest.mark.parametrize("value", [{"choice": "Oulu"}, {"choice": 1}, {"text": "Oulu"}, {"choice": "none", "more": 1}])
def test_only_what_is_offered_can_be_chosen(value):
    _line, child = competing_line()

    assert post_answer(child, value)["status"] == "refused"


def test_a_choice_that_settled_a_line_can_be_taken_back():
    line, child = competing_line()
    chooser = make_volunteer()
    choose(child, "Oulu")
    result = choose(child, "Oulu", chooser)

    assert take_back(result, chooser).lease is None

    assert (state_of(child), state_of(line)) == (("OPEN", 2, 1, 0), ("WAITING", 2, 2, 0))
    choose(child, "Oulu")
    assert decision_of(line) == ({"text": "Oulu"}, DecidedBy.ADJUDICATION, 4)


def test_a_choice_stays_once_somebody_went_on_from_it():
    line, child = competing_line()
    chooser = make_volunteer()
    choose(child, "None of these")
    result = choose(child, "None of these", chooser)
    make_lease(line)

    with pytest.raises(TooLateToUndo):
        take_back(result, chooser)


def test_a_reading_can_be_taken_back_until_somebody_has_chosen():
    reader, line = make_volunteer(), make_line()
    post_answer(line, "Oulu")
    mine = make_lease(line, reader)
    [result] = submit_answers(reader, [Submission(mine, uuid4(), {"text": "Kemi"})], now=NOON)
    child = Task.objects.get(parent=line)
    token = make_lease(child, chooser := make_volunteer())

    assert take_back(result, reader).lease.task_id == line.pk

    assert (state_of(line), state_of(child)) == (("OPEN", 2, 1, 1), ("WITHDRAWN", 1, 0, 0))
    none = {"choice": "none"}
    assert [answer["status"] for answer in submit_answers(chooser, [Submission(token, uuid4(), none)])] == ["late"]
    submit_answers(reader, [Submission(mine, uuid4(), {"text": "Kemi"})], now=SOON)
    assert (state_of(line), Task.objects.get(parent=line, round=2).state) == (("WAITING", 2, 2, 0), TaskState.OPEN)


def test_a_reading_that_others_judged_stays():
    reader, line = make_volunteer(), make_line()
    post_answer(line, "Oulu")
    result = post_answer(line, "Kemi", reader)
    choose(Task.objects.get(parent=line), "Oulu")

    with pytest.raises(TooLateToUndo):
        take_back(result, reader)


def test_only_lines_are_counted_mapped_and_reviewed():
    line, child = competing_line()
    for reading in ("Oulu", "Kemi", "Oulu", "Kemi"):
        choose(child, reading)
    counted = count_progress(line.project_id, NOON)

    assert (counted.tasks, counted.settled, counted.disputed, counted.answers) == (1, 1, 1, 6)
    assert page_map(line.project) == ["disputed"]
    assert [day.lines for day in settled_by_day(line.project, NOON.date(), UTC) if day.lines] == [1]
    readings = collate(line).readings
    assert {reading.text: reading.by for reading in readings} == {
        "Oulu": "1 volunteer: A; preferred by 2 volunteers: C, E",
        "Kemi": "1 volunteer: B; preferred by 2 volunteers: D, F",
    }
    assert collate(line).choices == ("Asked which reading is right, volunteers chose “Oulu” (2), “Kemi” (2).",)
    assert [version.kind for version in latest_versions(line.project.workflows.playable())] == [KindName.TRANSCRIBE]


def test_a_page_that_is_withheld_takes_its_choices_along_and_brings_them_back():
    line, child = competing_line()
    page = Page.objects.filter(pk=line.page_id)

    withhold(page, NOON)
    assert (state_of(line)[0], state_of(child)[0]) == ("WITHDRAWN", "WITHDRAWN")
    show_again(page)

    assert (state_of(line)[0], state_of(child)[0]) == ("WAITING", "OPEN")
    assert list(questions_to_spread()) == [line.workflow]


def test_points_follow_the_choice_and_go_with_it():
    reader, chooser = make_volunteer(), make_volunteer()
    line = make_line()
    post_answer(line, "Oulu", reader)
    post_answer(line, "Kemi")
    child = Task.objects.get(parent=line)
    choose(child, "Oulu")
    result = choose(child, "Oulu", chooser)

    assert [points_of(who) for who in (reader, chooser)] == [3, 3]
    take_back(result, chooser)
    assert [points_of(who) for who in (reader, chooser)] == [1, 0]


def points_of(volunteer):
    return Ledger.objects.filter(volunteer=volunteer.pk).aggregate(points=Sum("points"))["points"]


def test_ones_own_list_tells_what_was_chosen():
    _line, child = competing_line()
    one, other = make_volunteer(), make_volunteer()
    choose(child, "Oulu", one)
    choose(child, "None of these", other)

    told = [memories(who.pk, 1, now=NOON + timedelta(hours=1))[0] for who in (one, other)]

    assert [(memory.mine, memory.written, memory.chosen) for memory in told] == [
        ("Oulu", True, True),
        ("None of these readings", False, True),
    ]


def test_who_chose_well_is_known_for_choosing_and_for_nothing_else():
    line, child = competing_line()
    chooser = make_volunteer()
    choose(child, "Oulu", chooser)
    choose(child, "Oulu")

    for workflow in (child.workflow, line.workflow):
        refit(workflow, now=NOON + timedelta(minutes=2))

    [(workflow, right, wrong)] = Skill.objects.filter(volunteer=chooser).values_list("workflow", "right", "wrong")
    assert (workflow, round(right), round(wrong)) == (child.workflow_id, 1, 0)
    records = Skill.objects.filter(workflow=line.workflow_id).values_list("right", "wrong")
    assert Counter((round(right), round(wrong)) for right, wrong in records) == {
        (1, 0): 1,
        (0, 1): 1,
    }


def test_a_release_has_the_line_and_its_choosers_answers():
    line, child = competing_line("Oulu", "Kemi")
    for reading in ("Oulu", "None of these", "Oulu", "Oulu"):
        choose(child, reading)

    [row] = settled_rows(Selection(line.project_id, "lines", NOON + timedelta(minutes=2), b"secret"))

    assert (row.value, row.decided_by, row.answers) == ({"text": "Oulu"}, DecidedBy.ADJUDICATION, 5)
    readings = {(reading.kind, reading.vote, reading.weight is None) for reading in row.readings}
    assert readings == {
        ("transcribe", "Oulu", False),
        ("transcribe", "Kemi", False),
        ("choose", "Oulu", False),
        ("choose", "", True),
    }


def test_the_plain_form_takes_a_choice(client):
    line, child = competing_line()
    page = client.post(f"/play/{line.project.slug}/")
    [id_] = [choice["id"] for choice in shown(child)["choices"] if choice["text"] == "Oulu"]
    lease = page.context["first"]["lease"]

    assert f'name="choice" value="{id_}" aria-label="Oulu" lang="und"' in page.content.decode()
    token = page.context["csrf_token"]
    posted = {"lease": lease, "key": str(uuid4()), "choice": id_, "csrfmiddlewaretoken": token}
    client.post(f"/play/{line.project.slug}/", posted)

    assert Answer.objects.get(task=child).value == {"choice": id_}
