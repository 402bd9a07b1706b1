"""Emails about shifts: their kinds, and when they may be sent."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_TO = 20, 8
"""O'clock in the member's zone: no emails in between."""
URGENT = timedelta(hours=24)
"""News about a shift that begins sooner doesn't wait."""
UNDO = timedelta(minutes=1)
"""Emails about a shift that was handed over wait at least as long: it may be given back at once."""


class EmailKind(StrEnum):
    """What members may turn off."""

    SHIFT_CHANGES = "shift_changes"
    CONFLICTS = "conflicts"


class Occasion(StrEnum):
    """What changed the shifts, or that they need a change."""

    PUBLISHED = "published"
    HANDED_OVER = "handed_over"
    REPAIRED = "repaired"
    CONFLICT = "conflict"


def due_at(moment: datetime, zone: ZoneInfo, starts: Iterable[datetime], *, urgent: timedelta = URGENT) -> datetime:
    """When an email about shifts that start then may be sent: now, or when the quiet hours end.

    Now, too, where one starts within `urgent`.
    """
    local = moment.astimezone(zone)
    if QUIET_TO <= local.hour < QUIET_FROM or any(moment <= start < moment + urgent for start in starts):
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= QUIET_FROM else 0)
    return datetime.combine(day, time(QUIET_TO), zone).astimezone(UTC)
