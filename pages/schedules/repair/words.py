"""The sentences of the page of what needs a change."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from oncall_ui.services.schedules.conflicts.views import OpenConflict
from pages.widgets.calendar_status import Status
from pages.widgets.dates import relative_day


def heading_words(conflicts: Sequence[OpenConflict]) -> str:
    """`3 shifts need a change`."""
    number = len({(each.shift_start, each.role, each.start) for each in conflicts})
    if not number:
        return "Nothing needs a change"
    return "1 shift needs a change" if number == 1 else f"{number} shifts need a change"


def lead_of(conflicts: Sequence[OpenConflict], at: datetime) -> Status:
    """When the first of them is."""
    if not conflicts:
        return Status("is-ok", "All published shifts can stay as they are", "")
    first = min(conflicts, key=lambda each: each.start)
    if first.start <= at:
        return Status("is-bad", "One is running now", ". Nothing has been moved")
    zone = ZoneInfo(first.zone)
    day = relative_day(first.start.astimezone(zone).date(), at.astimezone(zone).date())
    return Status("is-bad", f"The first is {day}", ". Nothing has been moved")
