"""When a calendar was checked, changed, and is checked next; and when what counts is too old to rely on."""

from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.status import State
from oncall_ui.services.views import CalendarView
from pages.parts.dates import clock, day_words, moment_words


def times_words(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """`Last checked 09:58 · last changed Sat 21 Nov, 14:00 · next check 10:13`; nothing for one that is off.

    Clock times, which stand still: minutes that pass are told by the status above it.
    """
    if calendar.state is State.OFF:
        return ""
    today = now.astimezone(zone).date()
    checked, changed = (
        moment_words(moment, zone, today) if moment else "not yet"
        for moment in (calendar.last_checked_at, calendar.last_changed_at)
    )
    return f"Last checked {checked} · last changed {changed} · next check {_next(calendar, zone, now)}"


def stale_words(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """`Stale: what counts is from Fri 20 Nov, 08:12`; nothing while it is fresh."""
    counts = what_counts(calendar, zone, now)
    return f"Stale: {counts}" if counts else ""


def what_counts(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    """How old it is, of one that is stale; the day always, however late in the day one looks."""
    if not calendar.is_stale(now):
        return ""
    if calendar.last_read_at is None:
        return "it was never read"
    day = day_words(calendar.last_read_at.astimezone(zone).date(), now.astimezone(zone).date())
    return f"what counts is from {day}, {clock(calendar.last_read_at, zone)}"


def _next(calendar: CalendarView, zone: ZoneInfo, now: datetime) -> str:
    due = calendar.next_import_at
    if calendar.state is State.IMPORTING:
        return "under way"
    if due is None:
        return "when you reconnect" if calendar.needs_you else "once you save"
    return "in a moment" if due <= now else moment_words(due, zone, now.astimezone(zone).date())
