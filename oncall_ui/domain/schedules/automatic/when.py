"""When the next weeks are planned automatically, and which days they are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day

WEEKS = 8
"""How much is planned at a time: a shorter plan is too short to be fair in itself."""
MORNING, NOON = time(8), time(12)
FRIDAY = 4
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a schedule wants: its zone, days of notice before a shift, and how many days are published at a time."""

    zone: ZoneInfo
    notice_days: int
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the schedule's zone: planned from `first` to before `end`, published to before `until`."""

    first: date
    end: date
    until: date


def is_due(ahead: Ahead, published_until: datetime, at: datetime) -> bool:
    """Whether this is the last weekday morning on which the next shift still gets its notice, or a later one.

    A weekday, so that somebody is there who can decide about what isn't published.
    """
    local = at.astimezone(ahead.zone)
    if local.weekday() > FRIDAY or not MORNING <= local.time() < NOON:
        return False
    following = local.date() + A_DAY
    while following.weekday() > FRIDAY:
        following += A_DAY
    latest = start_of_day(following, ahead.zone) + timedelta(hours=MORNING.hour)
    return published_until - timedelta(days=ahead.notice_days) < latest


def span_of(ahead: Ahead, published_until: datetime, at: datetime) -> Span:
    """From where the published plan ends. Where that is past, weeks are counted from today."""
    first = published_until.astimezone(ahead.zone).date()
    since = max(first, at.astimezone(ahead.zone).date())
    end = since + max(timedelta(weeks=WEEKS), timedelta(days=ahead.horizon_days))
    return Span(first, end, since + timedelta(days=ahead.horizon_days))
