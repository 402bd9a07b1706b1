"""The people of a schedule as a planning problem sees them: from when to when, with which share and roles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_format.spans import united
from oncall_ui.domain.schedules.planning.problem import Person, Shift, Slot, Span

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a plan in its zone, end exclusive."""

    first: date
    end: date
    zone: ZoneInfo

    def instants(self, first: date, end: date) -> Span:
        return Span(start_of_day(first, self.zone), start_of_day(end, self.zone))

    def of(self, periods: Iterable[Period]) -> list[Period]:
        """The periods that reach into the plan, cut to it; without an end those that go on after it."""
        found = []
        for period in periods:
            first = max(period.from_day, self.first)
            end = self.end if period.to_day is None else min(period.to_day, self.end)
            if first < end:
                found.append(Period(first, end, period.terms))
        return found


def person_of(person: str, periods: Sequence[Period], days: Days, carried: Mapping[str, Fraction]) -> Person:
    """Without a period in the plan a person with no share, who holds only what is given to them.

    A share that changes within the plan is its mean over the days; the ledger uses the share of each day.
    """
    inside = days.of(periods)
    if not inside:
        return Person(person, share=Fraction(0), carried=carried)
    first, last = inside[0].from_day, inside[-1].to_day or days.end
    return Person(
        person,
        share=_share(inside),
        joined=start_of_day(first, days.zone) if first > days.first else None,
        left=start_of_day(last, days.zone) if _ends(periods, last) else None,
        roles=_roles(inside),
        paused=united(_pauses(inside, days)),
        carried=carried,
    )


def barred(periods: Sequence[Period], shifts: Iterable[Shift], roles: Sequence[str], zone: ZoneInfo) -> Iterator[Slot]:
    """The slots whose role isn't agreed on that day, where the person has it on another."""
    limited = [period for period in periods if period.terms.roles]
    for shift in shifts if limited else ():
        day = shift.start.astimezone(zone).date()
        for period in limited:
            if period.covers(day):
                yield from (Slot(shift.start, role) for role in roles if role not in period.terms.roles)


def days_off(periods: Iterable[Period], first: date, end: date, zone: ZoneInfo) -> Iterator[Span]:
    """The days of the member's own zone on which they can't be on call."""
    for period in periods:
        if not period.terms.weekdays:
            continue
        day = max(first, period.from_day)
        last = end if period.to_day is None else min(end, period.to_day)
        while day < last:
            if day.weekday() not in period.terms.weekdays:
                yield Span(start_of_day(day, zone), start_of_day(day + A_DAY, zone))
            day += A_DAY


def _share(inside: Sequence[Period]) -> Fraction:
    active = [period for period in inside if not period.terms.is_paused] or inside
    lengths = [((period.to_day or period.from_day) - period.from_day).days for period in active]
    total = sum(length * period.terms.share for length, period in zip(lengths, active, strict=True))
    return Fraction(round(Fraction(total * 10, sum(lengths))), 1000)


def _ends(periods: Sequence[Period], last: date) -> bool:
    """Whether the membership ends there, and not only the plan."""
    return not any(period.to_day is None or period.to_day > last for period in periods)


def _roles(inside: Sequence[Period]) -> frozenset[str]:
    if any(not period.terms.roles for period in inside):
        return frozenset()
    return frozenset[str]().union(*(period.terms.roles for period in inside))


def _pauses(inside: Sequence[Period], days: Days) -> Iterator[Span]:
    """Pauses, and time between leaving and coming back."""
    before = None
    for period in inside:
        if before is not None and before < period.from_day:
            yield days.instants(before, period.from_day)
        if period.terms.is_paused:
            yield days.instants(period.from_day, period.to_day or days.end)
        before = period.to_day
