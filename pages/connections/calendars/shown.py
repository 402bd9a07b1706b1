"""Which calendars are drawn: all of a few, and of many the first ones or those whose name was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.connections.calendars.card import fold
from pages.widgets.calendar_summary import Condition, condition_of

FEW = 12
"""So many rows are all drawn at once."""
FIRST = 9
MORE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """The connections with the calendars that are drawn, and how many more match."""

    connections: Sequence[ConnectionView]
    hidden: int
    is_long: bool
    """Whether there are so many that searching helps."""


def shown_of(connections: Sequence[ConnectionView], now: datetime, typed: str = "", limit: int = FIRST) -> Shown:
    """Those that aren't up to date come first where some are left out; the order on the page stays.

    A connection is drawn with those of its calendars that match `typed`, or with all if its own name does.
    """
    rows = [(each, calendar) for each in connections for calendar in fold(each.calendars)[0]]
    is_long = len(rows) > FEW
    if not is_long:
        return Shown(connections, 0, is_long=False)
    words = typed.strip().casefold()
    matching = [calendar for each, calendar in rows if words in _said(each, calendar)]
    first = sorted(matching, key=lambda calendar: condition_of(calendar, now) is Condition.GOOD)[:limit]
    drawn = {calendar.id for calendar in first}
    kept = []
    for each in connections:
        own, off = fold(each.calendars)
        calendars = tuple(calendar for calendar in own if calendar.id in drawn)
        if calendars or (not own and words in f"{each.nickname}\n{each.account}".casefold()):
            kept.append(replace(each, calendars=calendars + tuple(off)))
    return Shown(kept, len(matching) - len(first), is_long=True)


def _said(connection: ConnectionView, calendar: CalendarView) -> str:
    return f"{connection.nickname}\n{connection.account}\n{calendar.name}".casefold()
