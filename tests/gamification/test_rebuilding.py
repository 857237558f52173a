import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gamification import rebuilding
from gamification.models import EVERYONE, BoardVersion, Standing, Tally
from gamification.rebuilding import errors, follow_time_zones
from tests.factories import make_project

from .builders import earn, make_volunteers, project_all, standings, tallies

pytestmark = pytest.mark.django_db


def rebuild(*options: str) -> str:
    out = StringIO()
    call_command("rebuild_leaderboards", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def played():
    """Three players with 1, 2 and 3 points on two boards in three periods."""
    project, volunteers = make_project(), make_volunteers(3)
    for points, volunteer in enumerate(volunteers, start=1):
        earn(project, volunteer, points)
    project_all()
    return project, volunteers


def remove_everything(project, volunteers):
    for model in (Standing, Tally):
        model.objects.all().delete()


def give_points_away(project, volunteers):
    Standing.objects.filter(volunteer=volunteers[0], period="all").update(points=50)


def spoil_accuracy(project, volunteers):
    Standing.objects.filter(volunteer=volunteers[1], period="week").update(right=1, settled=1)


def lose_a_row(project, volunteers):
    Standing.objects.filter(volunteer=volunteers[2], board=EVERYONE).delete()


def invent_a_player(project, volunteers):
    [stranger] = make_volunteers(1)
    row = Standing.objects.filter(period="today").first()
    Standing.objects.create(
        board=row.board, period="today", period_start=row.period_start, volunteer=stranger, points=9, right=0, settled=0
    )


def miscount(project, volunteers):
    Tally.objects.filter(points=2).update(players=7)


def forget_a_tally(project, volunteers):
    Tally.objects.filter(points=3).delete()


FAULTS = [remove_everything, give_points_away, spoil_accuracy, lose_a_row, invent_a_player, miscount, forget_a_tally]


def test_equal_boards_are_left_alone(played):
    before = standings(), tallies(), list(BoardVersion.objects.values_list())

    assert rebuild("--check") == rebuild() == "The leaderboards equal the ledger.\n"
    assert (standings(), tallies(), list(BoardVersion.objects.values_list())) == before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at_once", [1, 20_000])
def test_a_fault_is_found_and_mended(played, fault, at_once, monkeypatch):
    monkeypatch.setattr(rebuilding, "AT_ONCE", at_once)
    right = standings(), tallies()
    fault(*played)
    wrong = standings(), tallies()

    with pytest.raises(CommandError, match="without --check") as refusal:
        rebuild("--check")
    assert (refusal.value.returncode, (standings(), tallies())) == (1, wrong)

    assert rebuild().startswith("Rebuilt ")
    shown = {place: amounts for place, amounts in standings().items() if amounts != (0, 0, 0)}
    assert (shown, tallies()) == right
    assert rebuild("--check") == "The leaderboards equal the ledger.\n"


def test_points_earned_between_finding_and_mending_are_kept(played):
    project, [volunteer, *_others] = played
    give_points_away(project, [volunteer])
    miscount(project, [])
    found = list(rebuilding.errors())
    earn(project, volunteer, 4)
    project_all()

    for each in found:
        rebuilding.mend(each)

    assert rebuild("--check") == "The leaderboards equal the ledger.\n"


def test_a_program_reads_what_differs(played):
    project, volunteers = played
    lose_a_row(project, volunteers)
    earn(project, volunteers[0])

    report = json.loads(rebuild("--json").splitlines()[-1])

    assert report == {"standings": 3, "tallies": 3, "waiting": 1}


def test_days_follow_a_project_that_takes_another_time_zone():
    project, [volunteer] = make_project(time_zone="UTC"), make_volunteers(1)
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    earn(project, volunteer, at=late)
    project_all()
    assert (follow_time_zones(), follow_time_zones()) == (2, 0)  # both boards' zones are noted for the first time

    project.time_zone = "Europe/Helsinki"
    project.save()

    def days():
        found = Standing.objects.filter(board=project.pk, period="today", points__gt=0)
        return list(found.values_list("period_start", flat=True))

    assert days() == [date(2026, 3, 4)]
    assert (follow_time_zones(), days()) == (1, [date(2026, 3, 5)])
    assert [(found.standings, found.tallies) for found in errors()] == [({}, {}), ({}, {})]


def test_days_of_everyone_follow_the_site(settings):
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer, at=datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    project_all()
    follow_time_zones()

    settings.TIME_ZONE = "Asia/Tokyo"

    assert follow_time_zones() == 1
    found = Standing.objects.filter(board=0, period="today", points__gt=0)
    assert list(found.values_list("period_start", flat=True)) == [date(2026, 3, 5)]
