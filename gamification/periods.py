"""Which day, week and all-time a moment belongs to, by the calendar of a place."""

import logging
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from math import ceil
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from .enums import Period

logger = logging.getLogger(__name__)

EVER = date(1970, 1, 1)  # where the period of all time starts


def start_of(period: Period, moment: datetime, zone: tzinfo) -> date:
    """Return the first day of the period that holds ``moment``, on the calendar of ``zone``; weeks start on Monday."""
    return dict(periods_of(moment.astimezone(zone).date()))[period]


def seconds_left(period: Period, moment: datetime, zone: tzinfo) -> int:
    """Return how long the period goes on, 0 for the one that never ends. A day may have 23 or 25 hours."""
    days = {Period.TODAY: 1, Period.WEEK: 7}.get(period)
    if days is None:
        return 0
    midnight = datetime.combine(start_of(period, moment, zone) + timedelta(days=days), time(), zone)
    return ceil((midnight.astimezone(UTC) - moment).total_seconds())


@lru_cache(maxsize=1000)
def periods_of(day: date) -> tuple[tuple[Period, date], ...]:
    """Return the periods that hold a day, each with its first day."""
    return (Period.TODAY, day), (Period.WEEK, day - timedelta(days=day.weekday())), (Period.ALL, EVER)


def site_zone() -> tzinfo:
    """Return the time zone of the board of everyone: the setting ``TIME_ZONE``."""
    return timezone.get_default_timezone()


@cache
def zone_of(name: str) -> tzinfo:
    """Return the time zone; one that this machine does not know counts as UTC, so that points go on."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        logger.warning("time zone %r is unknown here: its days are counted in UTC", name)
        return UTC
