from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F

from accounts.prepared import Given, Insertion, Search, Selection, Update, each
from tasks.models import Answer, Lease, Pace, Task
from tests.factories import NOON, make_lease, make_task, make_volunteer, post_answer

pytestmark = pytest.mark.django_db


@Selection
def answers_under(keys):
    wanted = each("keys", keys, Answer._meta.get_field("key"))
    rows = Answer.objects.filter(volunteer=Given("volunteer"), key__in=wanted)
    return rows.values_list("key", "value", "created_at", "counted").order_by("id")


@Update
def raise_wanted(tasks):
    return Task.objects.filter(pk__in=each("tasks", tasks)), {"wanted": F("wanted") + 1, "suggestion": Given("text")}


def test_rows_come_as_the_queryset_gives_them_for_lists_of_any_length():
    volunteer = make_volunteer()
    for word in ("Helsinki", "Turku"):
        post_answer(make_task(), word, volunteer)
    post_answer(make_task(), "Vaasa")
    plain = Answer.objects.order_by("id").values_list("key", "value", "created_at", "counted")
    keys = [row[0] for row in plain]

    for selection in (answers_under, Search(answers_under.build)):
        assert selection.rows(volunteer=volunteer.pk, keys=keys) == list(plain[:2])
    assert answers_under.rows(volunteer=volunteer.pk, keys=[keys[1], uuid4()]) == [plain[1]]
    assert answers_under.rows(volunteer=make_volunteer().pk, keys=keys) == []
    assert answers_under.rows(volunteer=volunteer.pk, keys=[]) == []


def test_an_update_says_how_many_rows_it_changed():
    one, other, third = make_task(), make_task(), make_task()

    assert raise_wanted.run(tasks=[one.pk, other.pk, 0], text="Hel") == 2
    assert raise_wanted.run(tasks=[one.pk], text="Helsinki") == 1
    assert raise_wanted.run(tasks=[], text="Turku") == 0

    rows = Task.objects.order_by("id").values_list("id", "wanted", "suggestion")
    assert list(rows) == [(one.pk, 4, "Helsinki"), (other.pk, 3, "Hel"), (third.pk, 2, "")]


def test_an_inserted_row_has_its_values_and_the_defaults_of_the_database():
    volunteer, workflow = make_volunteer(), make_task().workflow
    new_pace = Insertion(Pace, "volunteer_id", "workflow_id", "cursors", "nothing_until")

    pace = new_pace.one(volunteer_id=volunteer.pk, workflow_id=workflow.pk, cursors={"0": [1]}, nothing_until=NOON)

    [made] = Pace.objects.values_list("id", "cursors", "nothing_until", "since_check")
    assert made == (pace, {"0": [1]}, NOON, 0)


def test_a_row_that_is_there_already_is_not_new_and_stays_as_it_is():
    new_pace = Insertion(Pace, "volunteer_id", "workflow_id", "cursors", once=True)
    mine = {"volunteer_id": make_volunteer().pk, "workflow_id": make_task().workflow_id}

    assert [new_pace.is_new(**mine, cursors={"0": [number]}) for number in range(2)] == [True, False]

    assert list(Pace.objects.values_list("cursors", flat=True)) == [{"0": [0]}]


def test_unsaved_rows_are_inserted_together():
    task, volunteer = make_task(), make_volunteer()
    make_lease(task, volunteer)
    lease = Lease.objects.get()
    new_leases = Insertion(
        Lease, "project_id", "task_id", "subject", "volunteer_id", "token_hash", "created_at", "expires_at"
    )
    lease.token_hash, lease.subject = b"another", 7
    lease.expires_at = NOON + timedelta(minutes=1)

    new_leases.many([lease])
    new_leases.many([])
    Insertion(Lease, *new_leases.fields, once=True).many([lease])

    made = Lease.objects.latest("id")
    assert (bytes(made.token_hash), made.subject, made.seat, made.used_at) == (b"another", 7, True, None)
    assert (made.expires_at, Lease.objects.count()) == (lease.expires_at, 2)
