from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.choosing import choose_name
from accounts.enums import Role
from accounts.errors import NotAGuest
from accounts.models import Membership, Volunteer
from accounts.registering import register
from gamification.models import Ledger
from gamification.rebuilding import errors
from tasks.models import Answer, Decision, Lease, Pace, Skill, Task
from tasks.playing.bringing import Brought, bring_answers
from tasks.playing.undoing import withdraw_answer
from tasks.review.reviewing import settle
from tests.factories import NOON, make_lease, make_task, make_volunteer, make_workflow, post_answer
from tests.gamification.builders import project_all, standings

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def workflow():
    return make_workflow(policy={"minimum": 2, "maximum": 2})


@pytest.fixture
def guest():
    return make_volunteer()


@pytest.fixture
def account():
    volunteer = make_volunteer()
    register(volunteer, "aino", PASSWORD)
    return volunteer


def bring(guest, account, **options):
    return bring_answers(guest.pk, Volunteer.objects.get(pk=account.pk), **options)


def points(volunteer):
    return {p.board: a for p, a in standings().items() if (p.volunteer, p.period) == (volunteer.pk, "all")}


def test_answers_points_and_boards_follow(workflow, guest, account):
    task = make_task(workflow)
    for text, reader in (("Helsinki", guest), ("Helsinki", None)):
        post_answer(task, text, reader)
    post_answer(make_task(workflow), "Turku", account)
    project_all()
    decisions = list(Decision.objects.values())

    assert bring(guest, account) == Brought(moved=1, left=0)

    project_all()
    assert set(Answer.objects.filter(volunteer=account).values_list("vote", flat=True)) == {"=Helsinki", "=Turku"}
    assert not Ledger.objects.filter(volunteer=guest).exists()
    assert (set(points(account).values()), points(guest)) == ({(4, 1, 1)}, {})
    assert list(Decision.objects.values()) == decisions
    assert [(found.standings, found.tallies) for found in errors()] == [({}, {}), ({}, {})]


def test_points_not_yet_added_up_follow_too(workflow, guest, account):
    post_answer(make_task(workflow), "Helsinki", guest)

    bring(guest, account)
    project_all()

    assert (set(points(account).values()), points(guest)) == ({(1, 0, 0)}, {})


def test_a_line_that_both_read_stays_anonymous(workflow, guest, account):
    both = make_task(workflow)
    for reader in (guest, account):
        post_answer(both, "Helsinki", reader)
    post_answer(make_task(workflow), "Turku", guest)
    project_all()

    assert bring(guest, account) == Brought(moved=1, left=1)

    guest.refresh_from_db()
    assert (Answer.objects.filter(task=both).count(), guest.erased_at is None) == (2, False)
    assert [(found.standings, found.tallies) for found in errors()] == [({}, {}), ({}, {})]


def test_nobody_is_shown_to_have_judged_their_own_reading(workflow, guest, account):
    task = make_task(workflow)
    Membership.objects.create(organisation=task.project.organisation, volunteer=account, role=Role.REVIEWER)
    for text, reader in (("Helsinki", guest), ("Turku", None)):
        post_answer(task, text, reader)
    settle(account, task.pk, {"text": "Helsinki"}, seen=task.decision)

    assert bring(guest, account) == Brought(moved=0, left=1)


def test_seats_go_back_skipped_lines_stay_skipped_and_skill_is_added(workflow, guest, account):
    held, skipped = make_task(workflow), make_task(workflow)
    for task in (held, skipped):
        make_lease(task, guest)
    Lease.objects.filter(task=skipped).update(seat=False, skipped=True)
    for volunteer, right in ((guest, 3), (account, 4)):
        Skill.objects.create(volunteer=volunteer, workflow=workflow, right=right, wrong=1)
    Pace.objects.create(volunteer=guest, workflow=workflow, cursors={"0": [1, 2, 3]})

    bring(guest, account)

    held.refresh_from_db()
    assert held.leased == 0
    assert list(Lease.objects.filter(volunteer=account).values_list("task", "skipped")) == [(skipped.pk, True)]
    assert list(Skill.objects.values_list("volunteer", "right", "wrong")) == [(account.pk, 7, 2)]
    assert list(Pace.objects.values_list("volunteer", "cursors")) == [(account.pk, {"0": [1, 2, 3]})]


def test_an_answer_of_the_last_minute_can_still_be_taken_back(workflow, guest, account):
    task = make_task(workflow)
    post_answer(task, "Helsinki", guest)

    bring(guest, account, now=NOON + timedelta(seconds=30))
    taken = withdraw_answer(account.pk, Answer.objects.get().key, now=NOON + timedelta(seconds=40))

    assert taken.lease.volunteer_id == account.pk
    assert Task.objects.get(pk=task.pk).answered == 0


def test_the_guest_s_name_comes_along_where_the_account_has_none(guest, account):
    other = make_volunteer()
    choose_name(guest, "Aino")
    choose_name(other, "Bo")

    bring(guest, account)

    assert [str(each) for each in Volunteer.objects.filter(pk__in=[account.pk, other.pk]).order_by("pk")].count(
        "Aino"
    ) == 1
    guest.refresh_from_db()
    assert (guest.display_name, guest.erased_at is None) == (None, False)


@pytest.mark.parametrize("whose", ["account", "erased", "simulated", "missing", "own"])
def test_only_the_work_of_an_anonymous_volunteer_can_be_brought(account, whose):
    guest = make_volunteer(simulated=whose == "simulated", erased_at=NOON if whose == "erased" else None)
    if whose == "account":
        register(guest, "another", PASSWORD)
    number = {"missing": guest.pk + 99, "own": account.pk}.get(whose, guest.pk)

    with pytest.raises(NotAGuest):
        bring_answers(number, account)


def test_an_anonymous_volunteer_cannot_take_what_another_did(guest):
    with pytest.raises(NotAGuest):
        bring_answers(guest.pk, make_volunteer())


def test_bringing_twice_brings_nothing_twice(workflow, guest, account):
    post_answer(make_task(workflow), "Helsinki", guest)
    bring(guest, account)

    with pytest.raises(NotAGuest):
        bring(guest, account)
    assert Answer.objects.get().volunteer_id == account.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_brings_the_work(workflow, guest, account):
    for number in range(5):
        post_answer(make_task(workflow), f"line {number}", guest)

    def bring_once() -> int | None:
        try:
            return bring(guest, account).moved
        except NotAGuest:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        moved = [future.result() for future in [threads.submit(bring_once) for _ in range(3)]]

    assert sorted(moved, key=str) == [5, None, None]
    project_all()
    assert set(points(account).values()) == {(5, 0, 0)}
