"""Many at the same task, key or lease at the same moment: the database is the judge."""

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from gamification.models import Ledger
from tasks.enums import TaskState
from tasks.errors import TooLateToUndo
from tasks.leasing.leases import free_expired_seats, make_leases, new_token
from tasks.models import Answer, Lease, Task
from tasks.playing.scheduling import lease_tasks
from tasks.playing.submission import Submission, submit_answers
from tasks.playing.undoing import withdraw_answer
from tests.factories import NOON, make_crowd, make_lease, make_task, make_volunteer, make_workflow, post_answer

from .crowd import crowd_of

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ("Helsinki", "Helsinki", "Turku", "Vaasa")  # agreement often, doubt now and then
LATER = NOON + settings.LEASE_TIME + timedelta(seconds=1)  # leases of noon have expired
STORED = {"counted", "late"}


def answer(volunteer, token, *, key=None, word="Helsinki", now=NOON):
    [result] = submit_answers(volunteer, [Submission(token, key or uuid4(), {"text": word})], now=now)
    return result


def play(volunteer, workflow, word, now=NOON):
    """Lease and answer until nothing is left; return the results."""
    results = []
    while leases := lease_tasks(volunteer.pk, workflow.project.slug, 1, newcomer=False, now=now).leases:
        results += [answer(volunteer, lease.token, word=word, now=now) for lease in leases]
    return results


def assert_good_books(task):
    """The counters of the task say what its rows say, and everybody who counted was credited once."""
    task.refresh_from_db()
    counted = list(Answer.objects.filter(task=task, counted=True).order_by("pk").values_list("pk", flat=True))
    assert (task.answered, task.leased) == (len(counted), Lease.objects.live().filter(task=task).count())
    assert task.answered <= task.wanted <= task.maximum
    assert (
        sorted(Ledger.objects.filter(rule="took_part", answer__in=counted).values_list("answer", flat=True)) == counted
    )


def assert_kept(results):
    """Each answer that was acknowledged is there, once, with the reply that it got."""
    given = {result["key"]: result for result in results if result["status"] in STORED}
    rows = Answer.objects.filter(key__in=list(given)).values_list("key", "result")
    assert (given, len(given)) == ({str(key): result for key, result in rows}, len(rows))


@pytest.fixture
def words(size):
    """A word for each of the threads, others for each task."""
    chance = random.Random(1)
    return lambda threads: chance.choices(WORDS, k=threads)


def test_a_task_never_counts_more_answers_than_it_wants_and_loses_none(size, words):
    threads, tasks = size(8, 32), size(25, 500)
    volunteers = [make_volunteer() for _ in range(threads)]
    with crowd_of(threads) as crowd:
        for _number in range(tasks):
            task = make_task()
            given = zip(volunteers, words(threads), strict=True)

            played = crowd.at_once([partial(play, who, task.workflow, word) for who, word in given])

            results = [result for results in played for result in results]
            assert_good_books(task)
            assert_kept(results)
            assert Counter(result["status"] for result in results) == {"counted": task.answered}
            assert (task.decisions.count() == 1) == (task.settled_at is not None)


def test_seats_that_expire_while_their_holders_answer_are_given_once(size, words):
    """All but the last holders have lost their seats, those have just expired, and everybody answers at once while the
    sweeper frees seats and others ask for them."""
    threads, tasks = size(8, 32), size(25, 500)
    holders, newcomers = threads - threads // 4, threads // 4
    volunteers = [make_volunteer() for _ in range(threads)]
    with crowd_of(threads + 1) as crowd:
        for _number in range(tasks):
            task = make_task()
            tokens = lease_in_turn(task, volunteers[:holders])
            given = zip(volunteers, tokens + [None] * newcomers, words(threads), strict=True)
            calls = [partial(answer_or_play, who, token, task, word) for who, token, word in given]

            *played, _freed = crowd.at_once([*calls, lambda: free_expired_seats(LATER) and []])

            results = [result for results in played for result in results]
            assert_good_books(task)
            assert_kept(results)
            assert Counter(result["status"] for result in results)["counted"] == task.answered
            assert {result["status"] for result in results} <= STORED
            assert len(results) >= holders


def lease_in_turn(task, volunteers):
    """Let each volunteer have a seat of the task for a while; the last ones still hold theirs at noon."""
    until, tokens, leases = NOON + settings.LEASE_TIME, [], []
    for volunteer in volunteers:
        [(token, lease)] = make_leases(task.project_id, volunteer.pk, [(task.pk, task.subject)], NOON, until)
        tokens.append(token)
        leases.append(Lease(**lease._asdict()))
    last = len(leases) - (len(leases) - 1) // task.wanted * task.wanted
    for lease in leases[:-last]:
        lease.seat = False
    Lease.objects.bulk_create(leases)
    Task.objects.filter(pk=task.pk).update(leased=last)
    return tokens


def answer_or_play(volunteer, token, task, word):
    return [answer(volunteer, token, word=word, now=LATER)] if token else play(volunteer, task.workflow, word, LATER)


def test_the_same_post_again_and_again_makes_one_row_and_gets_one_reply(size):
    posts, keys = size(10, 50), size(8, 200)
    volunteer, workflow = make_volunteer(), make_workflow()
    with crowd_of(posts) as crowd:
        for _number in range(keys):
            task, key = make_task(workflow), uuid4()
            token = make_lease(task, volunteer)

            replies = crowd.at_once([partial(answer, volunteer, token, key=key)] * posts)

            assert replies == [replies[0]] * posts
            assert replies[0]["status"] == "counted"
            assert Answer.objects.filter(key=key).count() == 1
            assert_good_books(task)


def test_a_key_with_two_bodies_keeps_the_first_and_refuses_the_other(size):
    posts, keys = size(10, 50), size(8, 100)
    volunteer, workflow = make_volunteer(), make_workflow()
    bodies = ["Helsinki", "Turku"] * (posts // 2)
    with crowd_of(posts) as crowd:
        for _number in range(keys):
            task, key = make_task(workflow), uuid4()
            token = make_lease(task, volunteer)

            replies = crowd.at_once([partial(answer, volunteer, token, key=key, word=word) for word in bodies])

            first = Answer.objects.get(key=key)
            expected = ["counted" if word == first.value["text"] else "refused" for word in bodies]
            assert [reply["status"] for reply in replies] == expected
            assert_good_books(task)


def test_a_lease_is_used_once_whatever_keys_come_with_it(size):
    posts, leases = size(10, 50), size(8, 100)
    volunteer, workflow = make_volunteer(), make_workflow()
    with crowd_of(posts) as crowd:
        for _number in range(leases):
            task = make_task(workflow)
            token = make_lease(task, volunteer)

            replies = crowd.at_once([partial(answer, volunteer, token)] * posts)

            assert Counter(reply["status"] for reply in replies) == {"counted": 1, "refused": posts - 1}
            assert_kept(replies)
            assert Answer.objects.filter(task=task).count() == 1
            assert_good_books(task)


def test_foreign_and_forged_leases_are_refused_while_their_holder_answers(size):
    posts, leases = size(9, 48), size(8, 100)
    holder, workflow = make_volunteer(), make_workflow()
    thieves = [make_volunteer() for _ in range(posts // 3)]
    with crowd_of(posts + 1) as crowd:
        for _number in range(leases):
            task = make_task(workflow)
            token = make_lease(task, holder)
            stolen = [partial(answer, thief, token) for thief in thieves]
            forged = [partial(answer, thief, new_token()) for thief in thieves]
            mangled = [partial(answer, holder, token[:-1]) for _ in thieves]

            mine, *others = crowd.at_once([partial(answer, holder, token), *stolen, *forged, *mangled])

            assert (mine["status"], {reply["status"] for reply in others}) == ("counted", {"refused"})
            assert list(Answer.objects.filter(task=task).values_list("volunteer", flat=True)) == [holder.pk]
            assert_good_books(task)


def test_the_seat_of_a_line_that_was_read_before_is_given_up_once(size):
    """The same line in two tasks, both leased before either was answered: the second answer repeats the first."""
    posts, lines = size(10, 50), size(8, 40)
    volunteer, other = make_volunteer(), make_volunteer()
    with crowd_of(posts) as crowd:
        for _number in range(lines):
            task = make_task()
            twin = make_task(make_workflow(task.project), page=task.page, subject=task.subject)
            first = make_lease(task, volunteer)
            free_expired_seats(LATER)
            second = make_lease(twin, volunteer)
            make_lease(twin, other)
            answer(volunteer, first)

            replies = crowd.at_once([partial(answer, volunteer, second)] * posts)

            assert [reply["status"] for reply in replies] == ["repeated"] * posts
            twin.refresh_from_db()
            assert (twin.answered, twin.leased) == (0, 1)


def choose_or_be_late(volunteer, token, choice):
    [result] = submit_answers(volunteer, [Submission(token, uuid4(), {"choice": choice})], now=NOON)
    return result["status"]


def take_back(volunteer, key):
    try:
        withdraw_answer(volunteer.pk, UUID(key), now=NOON)
    except TooLateToUndo:
        return "too late"
    return "taken back"


def test_who_settles_a_line_by_choosing_and_who_takes_their_reading_back_tell_one_story():
    workflow = make_workflow(policy={"minimum": 2, "maximum": 5, "adjudicate": True})
    make_crowd(workflow)
    for _turn in range(6):
        line, reader = make_task(workflow), make_volunteer()
        post_answer(line, "Turku")
        key = post_answer(line, "Vaasa", reader)["key"]
        child = Task.objects.get(parent=line)
        Task.objects.filter(pk=child.pk).update(wanted=2)
        choice = child.payload["choices"][0]["id"]
        choosers = [(volunteer := make_volunteer(), make_lease(child, volunteer)) for _seat in range(2)]
        calls = [partial(choose_or_be_late, *chooser, choice) for chooser in choosers] + [
            partial(take_back, reader, key)
        ]

        with crowd_of(3) as crowd:
            *chosen, undone = crowd.at_once(random.sample(calls[:2], 2) + calls[2:])

        states = [TaskState(task.state).name for task in Task.objects.filter(pk__in=[line.pk, child.pk]).order_by("pk")]
        assert (states, sorted(chosen), undone) in (
            (["AGREED", "AGREED"], ["counted", "counted"], "too late"),
            (["OPEN", "WITHDRAWN"], ["late", "late"], "taken back"),
        )
        for task in Task.objects.filter(pk__in=[line.pk, child.pk]):
            standing = Answer.objects.filter(task=task, counted=True, withdrawn_at=None)
            assert (task.answered, task.leased) == (standing.count(), Lease.objects.live().filter(task=task).count())
