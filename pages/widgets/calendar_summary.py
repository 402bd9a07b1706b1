"""All of a member’s calendars in one sentence, and how many of them ask for a look."""

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
    """How much one may rely on a calendar; the worst that holds."""

    NEEDS_YOU = "needs you"
    STALE = "stale"
    COMING = "on its way"
    GOOD = "up to date"


def health_of(calendar: CalendarView, now: datetime) -> Health:
    if calendar.needs_you:
        return Health.NEEDS_YOU
    if calendar.is_stale(now):
        return Health.STALE
    return Health.GOOD if calendar.state is State.UP_TO_DATE else Health.COMING


def attention(calendars: Sequence[CalendarView], now: datetime) -> tuple[int, str]:
    """How many need the member or are stale, and that in words: `2`, `1 needs you, 1 is stale`; `0` and nothing."""
    healths = Counter(health_of(calendar, now) for calendar in calendars)
    need, stale = healths[Health.NEEDS_YOU], healths[Health.STALE]
    words = [f"{need} {'needs' if need == 1 else 'need'} you"] if need else []
    words += [f"{stale} {'is' if stale == 1 else 'are'} stale"] if stale else []
    return need + stale, ", ".join(words)


def summary_of(calendars: Sequence[CalendarView], zone: ZoneInfo, now: datetime) -> Status:
    """Those that are off are not asked."""
    on = [calendar for calendar in calendars if calendar.is_on and calendar.state is not State.OFF]
    total, healths = len(on), Counter(health_of(calendar, now) for calendar in on)
    bad, stale, coming, good = (healths[health] for health in Health)
    others = [(stale, "stale"), (good, "up to date"), (coming, "on {their} way")]
    if not on:
        return Status("is-off", "No calendar is switched on", what=", so nothing is read")
    if bad:
        return Status("is-bad", f"{_of(bad, total)} {'needs' if bad == 1 else 'need'} you", what=_others(*others))
    if stale:
        return Status(
            "is-warn", f"{_of(stale, total)} {'is' if stale == 1 else 'are'} stale", what=_others(*others[1:])
        )
    if coming:
        css = "is-warn" if any(calendar.state is State.RETRYING for calendar in on) else "is-busy"
        word = f"{_of(coming, total)} {'is on its way' if coming == 1 else 'are on their way'}"
        return Status(css, word, what=_others((good, "up to date")))
    checked = max((calendar.last_read_at for calendar in on if calendar.last_read_at), default=now)
    word = "1 calendar, up to date" if total == 1 else f"{total:,} calendars, all up to date"
    return Status("is-ok", word, f", last checked {ago(checked, zone, now)}")


def _of(some: int, total: int) -> str:
    """`1 of 6 calendars`, `All 6 calendars`, `Both calendars`, `1 calendar`."""
    if some < total:
        return f"{some:,} of {total:,} calendars"
    return {1: "1 calendar", 2: "Both calendars"}.get(total, f"All {total:,} calendars")


def _others(*groups: tuple[int, str]) -> str:
    return "".join(
        f", {number:,} {'is' if number == 1 else 'are'} {words.format(their='its' if number == 1 else 'their')}"
        for number, words in groups
        if number
    )
