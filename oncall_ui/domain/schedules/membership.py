"""What is agreed with a participant, from one day to another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Terms:
    """`share` is in percent. Without `roles` every role, without `weekdays` (0 is Monday) every day is possible."""

    share: int = 100
    roles: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """`to_day` is exclusive; None: without an end."""

    from_day: date
    to_day: date | None
    terms: Terms

    def covers(self, day: date) -> bool:
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


def agreed(periods: Iterable[Period], new: Period) -> list[Period]:
    """The periods once `new` is agreed: it replaces what it covers. Sorted; equal neighbours are united."""
    left = [piece for period in periods for piece in _without(period, new.from_day, new.to_day)]
    return _united([*left, new])


def ended(periods: Iterable[Period], from_day: date) -> list[Period]:
    """The periods of somebody who leaves on `from_day`."""
    return _united([piece for period in periods for piece in _without(period, from_day, None)])


def terms_on(periods: Iterable[Period], day: date) -> Terms | None:
    """What holds on that day; None: not on the schedule."""
    return next((period.terms for period in periods if period.covers(day)), None)


def _without(period: Period, from_day: date, to_day: date | None) -> list[Period]:
    """What is left of a period before and after a hole."""
    found = []
    if period.from_day < from_day:
        until = from_day if period.to_day is None else min(period.to_day, from_day)
        found.append(Period(period.from_day, until, period.terms))
    if to_day is not None and (period.to_day is None or period.to_day > to_day):
        found.append(Period(max(period.from_day, to_day), period.to_day, period.terms))
    return found


def _united(periods: Sequence[Period]) -> list[Period]:
    found: list[Period] = []
    for period in sorted(periods, key=lambda period: period.from_day):
        if found and found[-1].to_day == period.from_day and found[-1].terms == period.terms:
            found[-1] = Period(found[-1].from_day, period.to_day, period.terms)
        else:
            found.append(period)
    return found
