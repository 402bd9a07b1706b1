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


class Condition(StrEnum):
    """How far a calendar can be relied on; the worst that applies."""

    NEEDS_YOU = "needs you"
    STALE = "stale"
    RETRYING = "retrying"
    IMPORTING = "importing"
    GOOD = "up to date"


CSS = {
    Condition.NEEDS_YOU: "is-bad",
    Condition.STALE: "is-warn",
    Condition.RETRYING: "is-warn",
    Condition.IMPORTING: "is-busy",
}


IN_PROGRESS = (State.WAITING, State.IMPORTING)


def condition_of(calendar: CalendarView, now: datetime) -> Condition:
    if calendar.needs_you:
        return Condition.NEEDS_YOU
    if calendar.is_stale(now):
        return Condition.STALE
    # A calendar that failed is retrying until it succeeds, also while it is being tried.
    if calendar.state is State.RETRYING or calendar.attempts or (calendar.state in IN_PROGRESS and calendar.cause):
        return Condition.RETRYING
    # A check after a success doesn't make a calendar worse, or the sentence would change with every check.
    is_good = calendar.state is State.UP_TO_DATE or calendar.last_read_at is not None
    return Condition.GOOD if is_good else Condition.IMPORTING


def attention(calendars: Sequence[CalendarView], now: datetime) -> tuple[int, str]:
    """How many need the member or are stale, as a number and in words: `2`, `1 needs you, 1 is stale`."""
    conditions = Counter(condition_of(calendar, now) for calendar in calendars)
    need, stale = conditions[Condition.NEEDS_YOU], conditions[Condition.STALE]
    words = [f"{need} {'needs' if need == 1 else 'need'} you"] if need else []
    words += [f"{stale} {'is' if stale == 1 else 'are'} stale"] if stale else []
    return need + stale, ", ".join(words)


def summary_of(calendars: Sequence[CalendarView], zone: ZoneInfo, now: datetime) -> Status:
    """The worst that applies, then the others; calendars that are off are left out."""
    on = [calendar for calendar in calendars if calendar.is_read]
    if not on:
        return Status("is-off", "No calendar is switched on")
    total, conditions = len(on), Counter(condition_of(calendar, now) for calendar in on)
    if conditions[Condition.IMPORTING] == total:
        return Status("is-busy", "The first import is running", what=", this page updates by itself")
    worst = next(condition for condition in Condition if conditions[condition])
    if worst is Condition.GOOD:
        checked = max((calendar.last_read_at for calendar in on if calendar.last_read_at), default=now)
        word = "1 calendar, up to date" if total == 1 else f"{total:,} calendars, all up to date"
        return Status("is-ok", word, f", last checked {ago(checked, zone, now)}")
    if worst is Condition.NEEDS_YOU:
        verb = "needs you" if conditions[worst] == 1 else "need you"
    else:
        verb = _are(conditions[worst], worst)
    others = "".join(
        f", {conditions[condition]:,} {_are(conditions[condition], condition)}"
        for condition in (Condition.STALE, Condition.GOOD, Condition.RETRYING, Condition.IMPORTING)
        if condition is not worst and conditions[condition]
    )
    return Status(CSS[worst], f"{_of(conditions[worst], total)} {verb}", what=others)


def _of(some: int, total: int) -> str:
    """`1 of 6 calendars`, `All 6 calendars`, `Both calendars`, `1 calendar`."""
    if some < total:
        return f"{some:,} of {total:,} calendars"
    return {1: "1 calendar", 2: "Both calendars"}.get(total, f"All {total:,} calendars")


def _are(number: int, condition: Condition) -> str:
    return f"{'is' if number == 1 else 'are'} {condition.value}"
