from datetime import timedelta

import pytest

from tasks.enums import Urgency
from tasks.leasing.advancing import LEAST_PAGES, front_of, move_fronts, pages_for, readers_by_project
from tasks.leasing.walking import EVERYWHERE, load_cursors
from tasks.models import Task, Workflow
from tasks.playing.scheduling import lease_tasks
from tests.factories import NOON, make_lease, make_page, make_task, make_volunteer, make_workflow


@pytest.mark.parametrize(
    ("pages", "front"),
    [
        ([], (None, None)),
        ([7], (7, 7)),
        ([1, 2, 3, 4, 5], (1, 4)),  # one in five is to spare
        ([1, 100, 101, 102, 103], (100, 103)),  # a page left behind does not stretch the front over finished ones
        ([1, 3, 100, 101, 102], (1, 101)),  # more than the spare ones are a front of their own
    ],
)
def test_the_front_begins_with_the_first_pages_unless_a_few_were_left_behind(pages, front):
    assert front_of(pages) == front


def test_the_front_grows_with_the_crowd():
    assert [pages_for(readers) for readers in (0, 5, 40)] == [LEAST_PAGES, LEAST_PAGES, 160]


@pytest.mark.django_db
def test_people_begin_pages_of_the_front_and_walk_on_beyond_it():
    workflow = make_workflow()
    for shuffle in range(1, 61):
        page = make_page(workflow.project)
        for position in range(LEAST_PAGES // 2):
            make_task(workflow, page=page, position=position, shuffle=shuffle * 1000)

    moved = [move_fronts(NOON), move_fronts(NOON)]
    workflow.refresh_from_db()
    volunteers = [make_volunteer() for _ in range(5)]
    begun = Task.objects.filter(leased__gt=0)
    for volunteer in volunteers:
        lease_tasks(volunteer.pk, workflow.project.slug, 10, newcomer=False, now=NOON)
    on_the_front = set(begun.values_list("shuffle", flat=True))
    for _ in range(3):
        lease_tasks(volunteers[0].pk, workflow.project.slug, 20, newcomer=False, now=NOON)

    assert (moved, workflow.front_from, workflow.frontier) == ([1, 0], 1000, 20_000)
    assert len(on_the_front) > 1
    assert max(on_the_front) <= 21_000
    Task.objects.filter(shuffle__lte=30_000).update(wanted=2, answered=2, leased=0, urgency=Urgency.STARTED)
    assert move_fronts(NOON) == 1
    workflow.refresh_from_db()
    assert (workflow.front_from, workflow.frontier) == (31_000, 50_000)
    lease_tasks(make_volunteer().pk, workflow.project.slug, 10, newcomer=False, now=NOON)
    assert min(begun.filter(shuffle__gt=30_000).values_list("shuffle", flat=True)) >= 31_000


@pytest.mark.django_db
def test_without_fresh_pages_there_is_no_front():
    workflow = make_workflow()
    Workflow.objects.update(front_from=3, frontier=9)
    make_task(workflow, urgency=Urgency.DOUBTFUL)

    assert move_fronts(NOON) == 1
    assert list(Workflow.objects.values_list("front_from", "frontier")) == [(None, None)]


@pytest.mark.django_db
def test_readers_are_those_who_hold_a_line_now():
    one, other = make_task(), make_task()
    reader = make_volunteer()
    make_lease(one, reader)
    make_lease(make_task(one.workflow), reader)
    make_lease(one)
    make_lease(other, now=NOON - timedelta(hours=3))

    assert readers_by_project(NOON) == {one.project_id: 2}


def test_cursors_are_kept_and_new_ones_land_on_the_front_or_for_what_was_begun_before_it():
    for _chance in range(50):
        cursors = load_cursors({str(Urgency.NEARLY.value): [5, 6, 7]}, range(1000, 1100))
        assert (cursors[Urgency.NEARLY].shuffle, cursors[Urgency.NEARLY].run) == (5, 7)
        assert cursors[Urgency.FRESH].shuffle in {0, *range(1000, 1100)}
        assert cursors[Urgency.STARTED].shuffle in {0, *range(975, 1100)}
        assert load_cursors({}, EVERYWHERE)[Urgency.FRESH].shuffle > 0
