"""Patterns for the tests, written as briefly as a person would say them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import NOBODY, Shift
from oncall_ui.domain.schedules.shifts.from_rules import Pattern
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, OneOff, Rule

BERLIN = ZoneInfo("Europe/Berlin")


def rule(days: str, at: str, *, every: int = 1, week: int = 1, nobody: bool = False, kind: str = "") -> Rule:
    chosen = frozenset[int]().union(*(DAY_SETS[name] for name in days.split()))
    fills = {"primary": NOBODY} if nobody else {}
    return Rule(chosen, time.fromisoformat(at), every=every, week=week, type=kind, fills=fills)


def pattern(
    *rules: Rule,
    zone: ZoneInfo = BERLIN,
    one_offs: tuple[OneOff, ...] = (),
    cycle_from: date = date(2026, 1, 5),
    holidays: Collection[date] = (),
) -> Pattern:
    return Pattern(zone, ("primary",), rules, cycle_from, one_offs, holidays=frozenset(holidays))


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """ "2026-10-19 10:00" on the wall clock of the zone, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def lines(shifts: Collection[Shift], zone: ZoneInfo = BERLIN) -> list[str]:
    """One line per shift: "Mon 10:00 169h", with its type where it isn't an ordinary day."""
    return [
        f"{shift.start.astimezone(zone):%a %H:%M} {(shift.end - shift.start).total_seconds() / 3600:g}h {shift.type}"
        for shift in shifts
    ]
