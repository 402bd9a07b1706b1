"""When a message may be sent: quiet hours, what doesn't wait for their end, and when it is too late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.messages.kinds import MessageKind

GATHER = timedelta(minutes=1)
"""News of a conflict waits at least as long: what is found meanwhile joins it, and what goes away isn't told."""
UNDO = timedelta(minutes=1)
"""Messages about a shift that was handed over wait at least as long: it may be given back at once."""
TOO_OLD = timedelta(days=3)
"""What a mail server that was down for so long held up isn't news any more, unless its kind says otherwise."""
REMINDERS: Mapping[MessageKind, tuple[int, timedelta]] = {
    MessageKind.WEEK_BEFORE: (7, timedelta(days=5)),
    MessageKind.DAY_BEFORE: (1, timedelta(0)),
}
"""How many days before a shift they are due, and until when before it they may still be sent."""
HANDOFF_NEWS = timedelta(hours=1)
"""For how long somebody going on call is news."""
WEEK_AHEAD_AT, WEEK_AHEAD_NEWS = 8, timedelta(hours=12)
"""O'clock on Mondays, and for how long it may be late."""
GAPS_WITHIN: Mapping[MessageKind, timedelta] = {
    MessageKind.GAP_SOON: timedelta(hours=24),
    MessageKind.GAP: timedelta(days=7),
}
ALWAYS, NEVER = timedelta(0), timedelta(days=10_000)
HELD_UNLESS_WITHIN: Mapping[MessageKind, timedelta] = {
    MessageKind.PUBLISHED: timedelta(hours=24),
    MessageKind.HANDED_OVER: timedelta(hours=24),
    MessageKind.REPAIRED: timedelta(hours=24),
    MessageKind.WEEK_BEFORE: ALWAYS,
    MessageKind.DAY_BEFORE: ALWAYS,
    MessageKind.ON_CALL: NEVER,
    MessageKind.OFF_CALL: NEVER,
    MessageKind.ASKED: timedelta(hours=48),
    MessageKind.ANSWERED: timedelta(hours=48),
    MessageKind.TAKEN: timedelta(hours=48),
    MessageKind.CONFLICT: timedelta(days=3),
    MessageKind.GAP: ALWAYS,
    MessageKind.GAP_SOON: NEVER,
    MessageKind.WEEK_AHEAD: ALWAYS,
    MessageKind.PLAN_READY: ALWAYS,
    MessageKind.PLAN_HELD_BACK: ALWAYS,
}
"""Quiet hours hold a message, unless one of its shifts begins so soon, or has begun."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A member's quiet hours: full hours in their zone, usually over midnight. Equal ones mean none."""

    is_on: bool = True
    begin: int = 20
    end: int = 8
    lets_urgent_through: bool = True
    """False: what can't wait waits as well, and is dropped if it is too late by then."""

    def holds(self, moment: datetime, zone: ZoneInfo) -> bool:
        hour = moment.astimezone(zone).hour
        if not self.is_on:
            return False
        if self.begin <= self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself, or when the quiet hours end it lies in."""
        if not self.holds(moment, zone):
            return moment
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=0 if local.hour < self.end else 1)
        return datetime.combine(day, time(self.end), zone).astimezone(UTC)


def due_at(
    kind: MessageKind, moment: datetime, zone: ZoneInfo, starts: Iterable[datetime] = (), quiet: Quiet | None = None
) -> datetime:
    """When a message about shifts that start then may be sent: now, or when the member's quiet hours end.

    `starts` are those of shifts that aren't over.
    """
    quiet = quiet or Quiet()
    near = HELD_UNLESS_WITHIN[kind]
    is_urgent = near == NEVER or any(start < moment + near for start in starts)
    if is_urgent and quiet.lets_urgent_through:
        return moment
    return quiet.over(moment, zone)


def days_before(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day, so many days before; a time the clocks skip counts as the one after the gap."""
    local = start.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=days), local.time(), zone).astimezone(UTC)


def reminded_at(
    kind: MessageKind, start: datetime, recorded_at: datetime, zone: ZoneInfo, quiet: Quiet, moment: datetime
) -> bool:
    """Whether to remind its holder now of a shift that has been theirs since `recorded_at`.

    Who got it later than the reminder would have come has just had a message about that.
    """
    days, last = REMINDERS[kind]
    planned = days_before(start, days, zone)
    return recorded_at <= planned and due_at(kind, planned, zone, (), quiet) <= moment < start - last


def week_of(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    """This week's Monday, the next and the one after, at midnight."""
    day = moment.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    first, second, third = (
        datetime.combine(monday + timedelta(weeks=weeks), time(0), zone).astimezone(UTC) for weeks in range(3)
    )
    return first, second, third


def is_week_ahead_due(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> bool:
    """From Monday morning, after quiet hours, to the evening."""
    monday = moment.astimezone(zone).date()
    if monday.weekday() != 0:
        return False
    planned = datetime.combine(monday, time(WEEK_AHEAD_AT), zone).astimezone(UTC)
    return due_at(MessageKind.WEEK_AHEAD, planned, zone, (), quiet) <= moment < planned + WEEK_AHEAD_NEWS
