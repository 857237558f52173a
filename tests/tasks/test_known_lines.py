"""Lines whose answer is known: settled by archivists, asked among the others, and what comes of the answers."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.holdings import HOLDINGS
from accounts.models import Act
from gamification.models import Ledger
from tasks.consensus.trust import MUTED_TRUST
from tasks.curating.withholding import show_again, withhold
from tasks.curating.wording import Wording, reword
from tasks.enums import DecidedBy, GoldSource, Purpose, TaskState, Urgency
from tasks.errors import NotReviewable, OwnReading
from tasks.gold import probation
from tasks.gold.knowing import mark, retire, use
from tasks.gold.lessons import lesson_of
from tasks.gold.probation import Probation
from tasks.gold.promoting import promote_sure_lines
from tasks.leasing.leases import free_expired_seats, give_back
from tasks.models import Answer, Decision, Gold, Lease, Pace, Skill, Task
from tasks.playing.outcomes import outcomes_of
from tasks.playing.scheduling import held_lease, lease_tasks
from tasks.playing.submission import Submission, submit_answers
from tasks.playing.undoing import withdraw_answer
from tasks.review.reviewing import reopen
from tasks.showing.opaque import reveal
from tests.factories import (
    NOON,
    make_known,
    make_page_of_lines,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

pytestmark = pytest.mark.django_db
ANY_CASE = {"normalisation": {"ignore_case": True}}


@pytest.fixture
def workflow():
    return make_page_of_lines(12)


@pytest.fixture
def never(monkeypatch):
    """Chance never asks for a known line; only whoever is new to a question gets some."""
    monkeypatch.setattr(probation.random, "random", lambda: 1.0)


def lease(volunteer, workflow, count=1):
    return lease_tasks(volunteer.pk, workflow.project.slug, count, newcomer=False, now=NOON)


def purposes(grant):
    known = dict(Lease.objects.values_list("task", "purpose"))
    return [known[reveal(granted.task["id"], "task")] for granted in grant.leases]


def answer(volunteer, grant, text, key=None):
    value = {"text": text} if isinstance(text, str) else text
    [result] = submit_answers(volunteer, [Submission(grant.leases[0].token, key or uuid4(), value)], now=NOON)
    return result


def earned(volunteer):
    lines = Ledger.objects.filter(volunteer=volunteer).order_by("pk")
    return [(rule.partition("#")[0], points) for rule, points in lines.values_list("rule", "points")]


# ---------- what an archivist knows


def test_a_line_that_an_archivist_knows_is_settled_and_asked_of_nobody_as_work(workflow):
    task = make_task(workflow)
    post_answer(task, "Helsinki")

    make_known(task, "Helsinki")

    task.refresh_from_db()
    decision = Decision.objects.get(pk=task.decision)
    assert (task.state, decision.decided_by, decision.value) == (TaskState.AGREED, "gold", {"text": "Helsinki"})
    assert (decision.answers, decision.agreement) == (1, 1)
    assert Act.objects.get(organisation=task.project.organisation).what == "line.known"
    assert list(Ledger.objects.values_list("rule", "points")) == [("took_part", 1), (f"agreed#{decision.pk}", 2)]


def test_a_settled_line_is_used_as_it_was_decided():
    task = settle_task()

    marked = use(make_volunteer(), task.pk)

    assert (marked.settled, marked.gold.value, task.decisions.count()) == (False, {"text": "Helsinki"}, 1)


def test_what_an_archivist_knows_takes_the_place_of_what_was_decided():
    task = settle_task()

    assert mark(make_volunteer(), task.pk, {"text": "Helsingfors"}).settled

    task.refresh_from_db()
    newest = task.decisions.latest("number")
    assert (task.decision, newest.decided_by, newest.value) == (newest.pk, DecidedBy.GOLD, {"text": "Helsingfors"})


def test_nobody_says_what_a_line_says_that_they_read_as_a_volunteer():
    task, archivist = make_task(), make_volunteer()
    post_answer(task, "Oulu", archivist)

    with pytest.raises(OwnReading):
        mark(archivist, task.pk, {"text": "Oulu"})


@pytest.mark.parametrize("make", [lambda: settle_task(None, "Oulu", "Kemi", "Pori", "Vaasa", "Turku"), make_task])
def test_an_undecided_line_has_no_value_to_be_used(make):
    with pytest.raises(NotReviewable):
        use(make_volunteer(), make().pk)


# ---------- who is asked


def test_whoever_is_new_to_a_question_begins_with_five_known_lines(workflow, never):
    for _ in range(7):
        make_known(make_task(workflow))
    volunteer = make_volunteer()

    got = [purposes(lease(volunteer, workflow, count)) for count in (3, 1, 3, 1)]

    assert [sorted(some) for some in got] == [[1, 1, 1], [1], [0, 0, 1], [0]]
    assert Task.objects.filter(leased__gt=0).count() == 3  # the seats of work alone


@pytest.mark.parametrize(("passed", "share"), [(0, 1), (5, 0.5), (45, 0.1), (95, 0.05), (1000, 0.05)])
def test_the_share_of_known_lines_falls_as_somebody_proves_themselves(passed, share):
    assert Probation(possible=True, met=passed, passed=passed).share == share


def test_luck_alone_keeps_nobody_from_being_checked(never):
    proven = {"possible": True, "met": 95, "passed": 95}

    assert (Probation(**proven, since=59).due(1), Probation(**proven, since=60).due(1)) == (0, 1)
    assert Probation(possible=False).due(20) == 0


def test_nobody_meets_a_known_line_twice_and_then_there_is_work(workflow):
    gold = [make_known(make_task(workflow)) for _ in range(2)]
    volunteer = make_volunteer()
    checks = [lease(volunteer, workflow) for _ in gold]
    answer(volunteer, checks[0], "Helsinki")
    give_back(volunteer.pk, [checks[1].leases[0].token])

    assert purposes(lease(volunteer, workflow, 3)) == [Purpose.WORK] * 3


def test_a_project_that_is_read_asks_nothing_more_whatever_is_known_of_it():
    workflow = make_workflow()
    make_known(make_task(workflow))

    assert lease(make_volunteer(), workflow).exhausted


def test_whoever_has_answered_all_that_is_open_is_not_asked_what_is_known(workflow, never):
    only = make_workflow()
    open_one, known = make_task(only), make_task(only)
    make_known(known)
    volunteer = make_volunteer()
    post_answer(open_one, "Oulu", volunteer)

    assert purposes(lease(volunteer, only)) == [Purpose.CHECK]  # work is left, though not for this one
    assert lease(volunteer, only).exhausted


@pytest.mark.parametrize("lose", ["retired", "withheld", "reopened", "overruled"])
def test_a_line_loses_what_is_known_of_it(workflow, lose):
    task, archivist = make_task(workflow), make_volunteer()
    gold = make_known(task, archivist=archivist)
    task.refresh_from_db()
    if lose == "retired":
        assert retire(archivist, gold)
    elif lose == "withheld":
        withhold(type(task.page).objects.filter(pk=task.page_id), NOON)
    elif lose == "reopened":
        reopen(archivist, task.pk, 1, seen=task.decision)
    else:
        mark(archivist, task.pk, {"text": "Turku"})
        assert Gold.objects.get().vote == "=Turku"
        return

    assert purposes(lease(make_volunteer(), workflow)) == [Purpose.WORK]
    if lose == "withheld":
        show_again(type(task.page).objects.filter(pk=task.page_id))
        assert purposes(lease(make_volunteer(), workflow)) == [Purpose.CHECK]


# ---------- a check is a lease like any other


def test_a_check_is_held_given_back_and_expires_like_work_and_moves_no_counter(workflow, never):
    task = make_task(workflow)
    make_known(task)
    volunteer = make_volunteer()

    [granted] = lease(volunteer, workflow).leases
    assert held_lease(volunteer.pk, granted.token).leases == [granted]
    assert give_back(volunteer.pk, [granted.token]) == 1
    assert held_lease(volunteer.pk, granted.token) is None

    late = make_volunteer()
    grant = lease(late, workflow)
    assert free_expired_seats(NOON + timedelta(days=1)) == 1
    assert answer(late, grant, "Helsinki")["status"] == "counted"
    task.refresh_from_db()
    assert (task.answered, task.leased, task.wanted) == (0, 0, 2)


def test_checks_are_among_the_leases_that_somebody_may_hold(workflow, never):
    for _ in range(5):
        make_known(make_task(workflow))
    newcomer = make_volunteer()

    for _ in range(3):
        lease_tasks(newcomer.pk, workflow.project.slug, 3, newcomer=True, now=NOON)

    assert Lease.objects.live().filter(volunteer=newcomer).count() == 3
    assert set(Task.objects.values_list("leased", flat=True)) == {0}


# ---------- what comes of an answer


def test_a_right_answer_to_a_known_line_earns_what_an_agreed_one_earns(workflow):
    make_known(make_task(workflow))
    volunteer = make_volunteer()

    result = answer(volunteer, lease(volunteer, workflow), "Helsinki")

    assert {name: value for name, value in result.items() if name != "key"} == {
        "status": "counted",
        "points": 3,
        "pending": False,
        "feedback": {"settled": "agreed", "agrees": True, "readers": 2},
    }
    assert earned(volunteer) == [("took_part", 1), ("agreed", 2)]
    kept = Answer.objects.get(volunteer=volunteer)
    assert (kept.counted, kept.purpose) == (False, Purpose.CHECK)
    assert Pace.objects.get(volunteer=volunteer).checks_passed == 1
    skill = Skill.objects.get(volunteer=volunteer)
    assert (skill.checks_right, skill.checks_wrong, skill.right, skill.trust) == (1, 0, 0, 1)


def test_a_wrong_answer_to_what_an_archivist_knows_is_told_kindly_what_the_line_says(workflow):
    make_known(make_task(workflow), "i Helsinki 1903")
    volunteer = make_volunteer()
    key = uuid4()

    grant = lease(volunteer, workflow)
    result = answer(volunteer, grant, "i Helsinky 1903", key)

    assert (result["status"], result["points"], result["pending"]) == ("counted", 1, False)
    assert result["feedback"] == {
        "settled": "agreed",
        "agrees": False,
        "readers": 1,
        "known": {
            "text": "i Helsinki 1903",
            "written": True,
            "parts": [["i Helsink", "i Helsink"], ["y", "i"], [" 1903", " 1903"]],
            "words": ["Word 2: “Helsinki”, not “Helsinky”."],
        },
    }
    assert answer(volunteer, grant, "i Helsinky 1903", key) == result  # sent again, it counts once
    assert earned(volunteer) == [("took_part", 1), ("differed", 0)]
    skill = Skill.objects.get(volunteer=volunteer)
    assert (skill.checks_right, skill.checks_wrong) == (0.5, 0.5)  # a slip of the hand
    [outcome] = outcomes_of(volunteer.pk, [key])
    assert (outcome["status"], outcome["pending"]) == ("counted", False)


def test_what_is_read_of_no_such_line_is_not_compared_letter_by_letter():
    lesson = lesson_of({"text": "wrong reading"}, {"text": "Wasa"})

    assert lesson["parts"] == [["wrong reading", "Wasa"]]


def test_what_the_crowd_is_sure_of_measures_and_does_not_teach(workflow):
    gold = make_known(make_task(workflow))
    Gold.objects.update(source=GoldSource.CONSENSUS)
    volunteer = make_volunteer()

    result = answer(volunteer, lease(volunteer, workflow), "asdf")

    assert result["feedback"] == {"settled": "agreed", "agrees": False, "readers": 1}
    assert Skill.objects.get(volunteer=volunteer).checks_wrong == 1
    assert gold.task.answer_set.count() == 1


def test_an_answer_to_a_line_no_longer_known_waits_like_any_other(workflow):
    gold, volunteer = make_known(make_task(workflow)), make_volunteer()
    grant = lease(volunteer, workflow)
    retire(make_volunteer(), gold)

    result = answer(volunteer, grant, "Turku")

    assert (result["status"], result["points"], result["pending"], "feedback" in result) == ("counted", 0, True, False)
    assert not Skill.objects.exists()


def test_an_answer_to_a_known_line_can_be_taken_back_and_costs_its_points(workflow):
    make_known(make_task(workflow))
    volunteer, key = make_volunteer(), uuid4()
    answer(volunteer, lease(volunteer, workflow), "Helsinki", key)

    withdrawal = withdraw_answer(volunteer.pk, key, now=NOON)

    assert withdrawal.lease is None  # the line was told: it is not asked again
    assert sum(points for _rule, points in earned(volunteer)) == 0
    assert Task.objects.filter(leased__gt=0).count() == 0


def test_who_fails_what_is_known_is_muted_without_a_word(workflow):
    for _ in range(12):
        make_known(make_task(workflow))
    spammer = make_volunteer()

    replies = [answer(spammer, lease(spammer, workflow), "asdf") for _ in range(12)]

    assert Skill.objects.get(volunteer=spammer).trust == MUTED_TRUST
    assert len({json.dumps(reply | {"key": ""}) for reply in replies}) == 1


# ---------- seen from outside


def statements_of(call):
    with CaptureQueriesContext(connection) as captured:
        found = call()
    return found, [query["sql"].split()[0] for query in captured]


def shape(thing):
    if isinstance(thing, dict):
        return {name: shape(value) for name, value in thing.items()}
    return [shape(each) for each in thing] if isinstance(thing, list) else type(thing).__name__


def test_a_check_looks_like_work_and_costs_as_many_statements(workflow, never):
    for _ in range(2):
        make_known(make_task(workflow))
    fresh, proven = make_volunteer(), make_volunteer()
    Skill.objects.create(volunteer=proven, workflow=workflow, checks_right=5)
    for somebody in (fresh, proven):
        at_start = {str(urgency.value): [0, -1, 0] for urgency in Urgency}
        Pace.objects.create(volunteer=somebody, workflow=workflow, cursors=at_start)

    check, asked = statements_of(lambda: lease(fresh, workflow))
    work, worked = statements_of(lambda: lease(proven, workflow))

    assert (purposes(check), purposes(work)) == ([Purpose.CHECK], [Purpose.WORK])
    assert shape(check.leases[0].task) == shape(work.leases[0].task)
    assert len({len(grant.leases[0].task["image"]["url"]) for grant in (check, work)}) == 1
    assert check.leases[0].expires_at == work.leases[0].expires_at
    assert len(asked) == len(worked)

    _back, skipped = statements_of(lambda: give_back(fresh.pk, [check.leases[0].token]))
    _back, gave_back = statements_of(lambda: give_back(proven.pk, [work.leases[0].token]))
    assert skipped == gave_back


def test_a_known_line_is_asked_and_judged_in_the_newest_words(workflow, never):
    make_known(make_task(workflow), "Åbo Tidningar")
    reword(workflow, make_volunteer(), Wording("transcribe", "Read it.", "As it stands.", ANY_CASE), seen=1)
    fresh, proven = make_volunteer(), make_volunteer()
    Skill.objects.create(volunteer=proven, workflow=workflow, checks_right=5)

    check, work = lease(fresh, workflow), lease(proven, workflow)

    assert (purposes(check), purposes(work)) == ([Purpose.CHECK], [Purpose.WORK])
    asked = [(grant.leases[0].task["prompt"], grant.leases[0].task["hint"]) for grant in (check, work)]
    assert asked == [("Read it.", "As it stands.")] * 2
    assert answer(fresh, check, "åbo tidningar")["feedback"]["agrees"]


def test_what_somebody_downloads_of_themselves_tells_no_known_line_that_they_hold(workflow, never):
    make_known(make_task(workflow))
    fresh, proven = make_volunteer(), make_volunteer()
    Skill.objects.create(volunteer=fresh, workflow=workflow, checks_right=4)
    Skill.objects.create(volunteer=proven, workflow=workflow, checks_right=5)
    learned = {}
    for somebody in (fresh, proven):
        Pace.objects.create(volunteer=somebody, workflow=workflow, since_check=3, checks_passed=20)
        before = held_about(somebody)
        grant = lease(somebody, workflow)
        learned[purposes(grant)[0]] = [name for name, rows in held_about(somebody).items() if rows != before[name]]

    assert learned == {Purpose.CHECK: ["leases"], Purpose.WORK: ["leases"]}


def held_about(somebody):
    return {name: list(part.rows(somebody)) for name, part in HOLDINGS.items()}


# ---------- what the crowd is very sure of


def sure(workflow, **fields):
    task = settle_task(workflow, "Helsinki", "Helsinki", "Helsinki")
    Decision.objects.filter(task=task).update(**{"confidence": 0.995} | fields)
    return task


def test_what_three_were_very_sure_of_for_a_week_is_known():
    workflow = make_workflow(policy={"minimum": 3})
    task = sure(workflow)
    sure(workflow, confidence=0.98)
    sure(workflow, agreement=2 / 3)
    reopen(make_volunteer(), (doubted := sure(workflow)).pk, 1, seen=doubted.decision, now=NOON)

    promote_sure_lines(NOON + timedelta(days=6))
    assert not Gold.objects.exists()
    promote_sure_lines(NOON + timedelta(days=8))
    promote_sure_lines(NOON + timedelta(days=8))

    gold = Gold.objects.get()
    assert (gold.task_id, gold.source, gold.value) == (task.pk, GoldSource.CONSENSUS, {"text": "Helsinki"})
