from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import Volunteer
from gamification.boards import Entry, around, best, board_named, entry_of_volunteer, look_at, versions_of
from gamification.enums import Period
from gamification.errors import UnknownBoard
from gamification.models import Ledger, Tally
from tasks.enums import ProjectState
from tests.factories import make_project

from .builders import WEDNESDAY, earn, make_volunteers, project_all

pytestmark = pytest.mark.django_db


def everyone(period=Period.ALL, now=WEDNESDAY):
    return look_at(board_named("all"), period, now)


def play(*points, project=None, at=WEDNESDAY):
    """Let one volunteer earn each of the points and return the volunteers."""
    project, volunteers = project or make_project(), make_volunteers(len(points))
    for volunteer, each in zip(volunteers, points, strict=True):
        earn(project, volunteer, each, at=at)
    project_all()
    return volunteers


def test_equal_points_share_the_better_rank():
    volunteers = play(5, 9, 5, 1, 9, 5)

    shown = [(entry.rank, entry.points, entry.volunteer) for entry in best(everyone(), 10)]

    one, two, three, four, five, six = (volunteer.pk for volunteer in volunteers)
    assert shown == [(1, 9, two), (1, 9, five), (3, 5, one), (3, 5, three), (3, 5, six), (6, 1, four)]


def test_the_tally_gives_the_same_ranks_as_the_list():
    volunteers = play(5, 9, 5, 1, 9, 5)
    moment = everyone()

    listed = {entry.volunteer: entry for entry in best(moment, 10)}
    assert {volunteer.pk: entry_of_volunteer(moment, volunteer.pk) for volunteer in volunteers} == listed


def test_accuracy_counts_settled_answers_only():
    project, [volunteer] = make_project(), make_volunteers(1)
    for rule, points in [("took_part", 1), ("took_part", 1), ("agreed#1", 2), ("agreed#2", 2), ("differed#3", 0)]:
        earn(project, volunteer, points, rule=rule)
    project_all()

    assert best(everyone(), 10) == [Entry(1, str(volunteer), 6, 2 / 3, volunteer.pk)]


def test_accuracy_is_unknown_before_anything_settled():
    [volunteer] = play(1)
    assert entry_of_volunteer(everyone(), volunteer.pk).accuracy is None


def test_names_are_chosen_or_pen_names_and_simulated_volunteers_say_so():
    chosen, pen, simulated = play(3, 2, 1)
    Volunteer.objects.filter(pk=chosen.pk).update(display_name="Marta K.")
    Volunteer.objects.filter(pk=simulated.pk).update(simulated=True)

    assert [entry.name for entry in best(everyone(), 10)] == ["Marta K.", str(pen), f"{simulated} (simulated)"]


def test_whoever_has_no_points_is_on_no_board():
    project = make_project()
    [volunteer] = play(1, project=project)
    earn(project, volunteer, -1, rule="took_part:reversed")
    project_all()

    assert (best(everyone(), 10), entry_of_volunteer(everyone(), volunteer.pk)) == ([], None)


@pytest.mark.parametrize(
    ("now", "today", "week"),
    [
        ("2026-03-04T12:00", [1], [1]),
        ("2026-03-05T00:00", [], [1]),
        ("2026-03-09T00:00", [], []),
    ],
)
def test_days_and_weeks_begin_empty(now, today, week):
    play(1)
    now = datetime.fromisoformat(now).replace(tzinfo=UTC)

    shown = [[entry.points for entry in best(everyone(period, now), 10)] for period in Period]
    assert shown == [today, week, [1]]


def test_a_project_s_board_follows_its_own_midnight():
    project = make_project(slug="kortit", time_zone="Europe/Helsinki")
    before_midnight = datetime(2026, 3, 4, 21, 59, tzinfo=UTC)
    play(1, project=project, at=before_midnight)
    after_midnight = before_midnight + timedelta(minutes=1)

    def today(name):
        return [entry.points for entry in best(look_at(board_named(name), Period.TODAY, after_midnight), 10)]

    assert (today("project-kortit"), today("all")) == ([], [1])


def test_neighbours_stand_above_and_below_with_their_ranks():
    a, b, c, d, e, f, g = (volunteer.pk for volunteer in play(90, 50, 50, 40, 40, 30, 7))
    moment = everyone()

    def near(volunteer):
        found = around(moment, entry_of_volunteer(moment, volunteer))
        return [(x.rank, x.volunteer) for x in found.entries], found.better and found.better.volunteer

    assert near(d) == ([(2, b), (2, c), (4, d), (4, e), (6, f)], c)
    assert near(e) == ([(2, c), (4, d), (4, e), (6, f), (7, g)], c)
    assert near(a) == ([(1, a), (2, b), (2, c)], None)
    assert near(g) == ([(4, e), (6, f), (7, g)], f)


@pytest.mark.parametrize("slug", ["", "everybody", "project-", "project-unknown", "project-draft", "0"])
def test_there_is_no_other_board(slug):
    make_project(slug="draft", state=ProjectState.DRAFT)
    with pytest.raises(UnknownBoard):
        board_named(slug)


def test_versions_are_told_of_public_boards_only():
    project, draft = make_project(slug="one"), make_project(slug="draft", state=ProjectState.DRAFT)
    make_project(slug="still")
    for each in (project, draft):
        play(1, project=each)

    slugs = ["all", "project-one", "project-still", "project-draft", "nonsense"]
    assert versions_of(slugs) == {"all": 2, "project-one": 1, "project-still": 0}


@pytest.mark.parametrize("players", [1, 300])
def test_a_board_costs_the_same_for_one_player_and_for_hundreds(players, django_assert_num_queries):
    project = make_project(slug="cards")
    volunteers = play(*range(1, players + 1), project=project)
    me = volunteers[0].pk

    with django_assert_num_queries(5):  # project, version, entries, my standing, my rank
        moment = look_at(board_named("project-cards"), Period.ALL, WEDNESDAY)
        entry = (best(moment, 50), entry_of_volunteer(moment, me))[1]
    with django_assert_num_queries(5):
        around(moment, entry)


def plan_of(queryset):
    sql, parameters = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql, parameters)
        return "\n".join(row[3] for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's query plans")
def test_boards_are_read_along_their_indexes():
    play(*range(1, 30))
    moment = everyone()
    standings = moment.standings.with_names()

    plans = [
        plan_of(standings.with_points().ranked()[:50]),
        plan_of(standings.filter(points=3, volunteer__lt=9).order_by("-volunteer_id")[:2]),
        plan_of(standings.filter(points__gt=3).order_by("points", "-volunteer_id")[:2]),
        plan_of(standings.filter(points__lt=3).with_points().ranked()[:2]),
    ]

    assert all("standing_ranked" in plan and "TEMP B-TREE" not in plan and "SCAN" not in plan for plan in plans), plans
    assert "SEARCH gamification_standing" in plan_of(standings.filter(volunteer=1))
    assert "SEARCH gamification_tally" in plan_of(moment.tallies.filter(points__gt=3))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's query plans")
def test_the_projector_finds_new_lines_by_their_own_index():
    assert "ledger_unprojected" in plan_of(Ledger.objects.unprojected().order_by("id")[:500])
    assert "tally_empty" in plan_of(Tally.objects.filter(players=0))
