from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gamification.enums import Period
from gamification.periods import EVER, seconds_left, start_of, zone_of

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("moment", "zone", "today", "week"),
    [
        ("2026-03-04T12:00", UTC, date(2026, 3, 4), date(2026, 3, 2)),
        # midnight in winter, two hours ahead of UTC
        ("2026-01-11T21:59:59", HELSINKI, date(2026, 1, 11), date(2026, 1, 5)),
        ("2026-01-11T22:00", HELSINKI, date(2026, 1, 12), date(2026, 1, 12)),
        # the night in which the clock jumps from 3:00 to 4:00
        ("2026-03-28T22:00", HELSINKI, date(2026, 3, 29), date(2026, 3, 23)),
        ("2026-03-29T20:59:59", HELSINKI, date(2026, 3, 29), date(2026, 3, 23)),
        ("2026-03-29T21:00", HELSINKI, date(2026, 3, 30), date(2026, 3, 30)),
        # the night in which 3:00 to 4:00 comes twice
        ("2026-10-24T21:00", HELSINKI, date(2026, 10, 25), date(2026, 10, 19)),
        ("2026-10-25T21:59:59", HELSINKI, date(2026, 10, 25), date(2026, 10, 19)),
        ("2026-10-25T22:00", HELSINKI, date(2026, 10, 26), date(2026, 10, 26)),
    ],
)
def test_days_and_weeks_begin_at_midnight_of_the_place(moment, zone, today, week):
    moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert [start_of(period, moment, zone) for period in Period] == [today, week, EVER]


def test_an_unknown_time_zone_counts_as_utc(caplog):
    assert zone_of("Nowhere/Atlantis") is UTC
    assert "Nowhere/Atlantis" in caplog.text


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Helsinki", "2026-03-04T21:59:59", "2026-03-04T22:00:00"),
        ("America/New_York", "2026-03-05T04:59:59", "2026-03-05T05:00:00"),
        ("Asia/Kathmandu", "2026-03-04T18:14:59", "2026-03-04T18:15:00"),
        ("Pacific/Kiritimati", "2026-03-04T09:59:59", "2026-03-04T10:00:00"),
        ("Europe/Helsinki", "2026-03-29T20:59:59", "2026-03-29T21:00:00"),  # the clocks went forward that morning
        ("Europe/Helsinki", "2026-10-25T21:59:59", "2026-10-25T22:00:00"),  # and back on this one
        ("Africa/Cairo", "2026-04-23T21:59:59", "2026-04-23T22:00:00"),  # midnight itself is left out: 1 o'clock next
    ],
)
def test_a_day_ends_at_midnight_of_its_place(zone, before, after):
    place = ZoneInfo(zone)
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (before, after)]

    days = [start_of(Period.TODAY, moment, place) for moment in moments]

    assert days[1] - days[0] == timedelta(days=1)
    assert seconds_left(Period.TODAY, moments[0], place) == 1


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("UTC", "2026-03-29T00:00:00", 24),
        ("Europe/Helsinki", "2026-03-28T22:00:00", 23),
        ("Europe/Helsinki", "2026-10-24T21:00:00", 25),
    ],
)
def test_a_day_may_have_23_or_25_hours(zone, moment, hours):
    moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert seconds_left(Period.TODAY, moment, ZoneInfo(zone)) == hours * 3600


def test_a_week_ends_with_sunday_and_all_time_never():
    saturday = datetime(2026, 3, 7, 0, 0, tzinfo=UTC)

    assert [seconds_left(period, saturday, UTC) for period in Period] == [24 * 3600, 48 * 3600, 0]
