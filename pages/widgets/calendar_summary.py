"""All of a member’s calendars in one sentence, and how many of them need attention."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView
from pages.widgets.calendar_status import Status
from pages.widgets.dates import ago


class Health(StrEnum):
    """How far a calendar can be relied on; the worst that applies."""

    NEEDS_YOU = "needs you"
    STALE = "stale"
    RETRYING = "retrying"
    IMPORTING = "importing"
    GOOD = "up to date"


CSS = {
    Health.NEEDS_YOU: "is-bad",
    Health.STALE: "is-warn",
    Health.RETRYING: "is-warn",
    Health.IMPORTING: "is-busy",
}


IN_PROGRESS = (State.WAITING, State.IMPORTING)


def health_of(calendar: CalendarView, now: datetime) -> Health:
    if calendar.needs_you:
        return Health.NEEDS_YOU
    if calendar.is_stale(now):
        return Health.STALE
    # A calendar that failed is retrying until it succeeds, also while it is being tried.
    if calendar.state is State.RETRYING or calendar.attempts or (calendar.state in IN_PROGRESS and calendar.cause):
        return Health.RETRYING
    # A check after a success doesn't make a calendar worse, or the sentence would change with every check.
    is_good = calendar.state is State.UP_TO_DATE or calendar.last_read_at is not None
    return Health.GOOD if is_good else Health.IMPORTING


def attention(calendars: Sequence[CalendarView], now: datetime) -> tuple[int, str]:
    """How many need the member or are stale, as a number and in words: `2`, `1 needs you, 1 is stale`."""
    healths = Counter(health_of(calendar, now) for calendar in calendars)
    need, stale = healths[Health.NEEDS_YOU], healths[Health.STALE]
    words = [f"{need} {'needs' if need == 1 else 'need'} you"] if need else []
    words += [f"{stale} {'is' if stale == 1 else 'are'} stale"] if stale else []
    return need + stale, ", ".join(words)


def summary_of(calendars: Sequence[CalendarView], zone: ZoneInfo, now: datetime) -> Status:
    """The worst that applies, then the others; calendars that are off are left out."""
    on = [calendar for calendar in calendars if calendar.is_read]
    if not on:
        return Status("is-off", "No calendar is switched on")
    total, healths = len(on), Counter(health_of(calendar, now) for calendar in on)
    if healths[Health.IMPORTING] == total:
        return Status("is-busy", "The first import is running", what=", this page updates by itself")
    worst = next(health for health in Health if healths[health])
    if worst is Health.GOOD:
        checked = max((calendar.last_read_at for calendar in on if calendar.last_read_at), default=now)
        word = "1 calendar, up to date" if total == 1 else f"{total:,} calendars, all up to date"
        return Status("is-ok", word, f", last checked {ago(checked, zone, now)}")
    if worst is Health.NEEDS_YOU:
        verb = "needs you" if healths[worst] == 1 else "need you"
    else:
        verb = _are(healths[worst], worst)
    others = "".join(
        f", {healths[health]:,} {_are(healths[health], health)}"
        for health in (Health.STALE, Health.GOOD, Health.RETRYING, Health.IMPORTING)
        if health is not worst and healths[health]
    )
    return Status(CSS[worst], f"{_of(healths[worst], total)} {verb}", what=others)


def _of(some: int, total: int) -> str:
    """`1 of 6 calendars`, `All 6 calendars`, `Both calendars`, `1 calendar`."""
    if some < total:
        return f"{some:,} of {total:,} calendars"
    return {1: "1 calendar", 2: "Both calendars"}.get(total, f"All {total:,} calendars")


def _are(number: int, health: Health) -> str:
    return f"{'is' if number == 1 else 'are'} {health.value}"
