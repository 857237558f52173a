from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from gamification.models import EVERYONE, BoardVersion, Ledger, Standing, Tally
from gamification.periods import EVER
from gamification.projection import Place, project_lines
from tests.factories import make_project

from .builders import WEDNESDAY, earn, make_volunteers, project_all, standings, tallies

TODAY, MONDAY = date(2026, 3, 4), date(2026, 3, 2)
PERIODS = [("today", TODAY), ("week", MONDAY), ("all", EVER)]


@pytest.mark.django_db
def test_a_line_counts_on_two_boards_in_three_periods():
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer, 2, rule="agreed#1")

    assert project_all() == 1

    boards = (EVERYONE, project.pk)
    assert standings() == {Place(volunteer.pk, b, p, start): (2, 1, 1) for b in boards for p, start in PERIODS}
    assert tallies() == sorted((b, p, start, 2, 1) for b in boards for p, start in PERIODS)
    assert dict(BoardVersion.objects.values_list("board", "version")) == {EVERYONE: 1, project.pk: 1}


@pytest.mark.django_db
def test_lines_add_up_and_players_move_between_tallies():
    project, [one, other] = make_project(), make_volunteers(2)
    earn(project, one)
    earn(project, other)
    project_all()
    earn(project, one, 2, rule="agreed#1")
    earn(project, other, 0, rule="differed#1")
    project_all()

    place = Place(one.pk, EVERYONE, "all", EVER)
    assert standings()[place] == (3, 1, 1)
    assert standings()[place._replace(volunteer=other.pk)] == (1, 0, 1)
    everyone = [row for row in tallies() if row[:2] == (EVERYONE, "all")]
    assert everyone == [(EVERYONE, "all", EVER, 1, 1), (EVERYONE, "all", EVER, 3, 1)]


@pytest.mark.django_db
def test_whoever_loses_all_points_is_counted_nowhere():
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer)
    project_all()
    earn(project, volunteer, -1, rule="took_part:reversed")
    project_all()

    assert (tallies(), set(standings().values())) == ([], {(0, 0, 0)})


@pytest.mark.django_db
def test_a_second_look_adds_nothing():
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer)
    project_all()
    before = standings(), tallies()

    assert (project_lines(), (standings(), tallies())) == (0, before)


@pytest.mark.django_db
def test_a_line_with_a_lower_number_that_appears_later_still_counts():
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer)
    last = Ledger.objects.latest("pk")
    Ledger.objects.filter(pk=last.pk).update(id=last.pk + 10)
    project_all()
    Ledger.objects.create(
        pk=last.pk, project=project, volunteer=volunteer, answer=1, rule="took_part", points=1, earned_at=WEDNESDAY
    )

    project_all()

    assert standings()[Place(volunteer.pk, EVERYONE, "all", EVER)] == (2, 0, 0)


@pytest.mark.django_db
def test_a_project_keeps_the_calendar_of_its_place():
    helsinki = make_project(time_zone="Europe/Helsinki")
    [volunteer] = make_volunteers(1)
    midnight = datetime(2026, 3, 30, tzinfo=ZoneInfo("Europe/Helsinki"))
    for moment in (midnight - timedelta(seconds=1), midnight):
        earn(helsinki, volunteer, at=moment)

    project_all()

    days = Standing.objects.filter(period="today").order_by("board", "period_start")
    assert list(days.values_list("board", "period_start", "points")) == [
        (EVERYONE, date(2026, 3, 29), 2),
        (helsinki.pk, date(2026, 3, 29), 1),
        (helsinki.pk, date(2026, 3, 30), 1),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("players", [1, 300])
def test_projecting_takes_as_many_statements_for_one_player_as_for_hundreds(players, django_assert_num_queries):
    project = make_project()
    for volunteer in make_volunteers(players):
        earn(project, volunteer)

    statements = 11 + (players > 166) + (connection.vendor == "postgresql")  # 1000 rows a statement; a lazy commit
    with django_assert_num_queries(statements):
        project_lines(players)


@pytest.mark.django_db(transaction=True)
def test_two_projectors_at_once_add_each_line_once():
    project, volunteers = make_project(), make_volunteers(5)
    for volunteer in volunteers * 20:
        earn(project, volunteer)

    def look() -> int:
        try:
            return sum(iter(lambda: project_lines(7), 0))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        done = [future.result() for future in [threads.submit(look) for _ in range(3)]]

    assert sum(done) == 100
    assert set(standings().values()) == {(20, 0, 0)}
    assert set(Tally.objects.values_list("points", "players")) == {(20, 5)}
