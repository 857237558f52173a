from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gamification.enums import Period
from gamification.periods import EVER, start_of, zone_of

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
