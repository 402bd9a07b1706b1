"""When a message may be sent: quiet hours, what doesn't wait for their end, and when it is too late."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.messages.kinds import MessageKind

UNDO = timedelta(minutes=1)
"""Messages about a shift that was handed over wait at least as long: it may be given back at once."""
TOO_OLD = timedelta(days=3)
"""What a mail server that was down for so long held up isn't news any more, unless its kind says otherwise."""
ALWAYS, NEVER = timedelta(0), timedelta(days=10_000)
HELD_UNLESS_WITHIN: Mapping[MessageKind, timedelta] = {
    MessageKind.PUBLISHED: timedelta(hours=24),
    MessageKind.HANDED_OVER: timedelta(hours=24),
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
