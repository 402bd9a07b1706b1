"""Why somebody has a slot, or not: facts about each person, in words.

Pages, emails and the API say the same. A fact names days and rules, never a title.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS
from oncall_ui.domain.schedules.planning.fact_words import (
    NO_SHARE,
    NOT_THERE,
    PAUSED,
    PREFERS,
    UNKNOWN,
    SlotNames,
    at_once,
    blocked_for,
    blocked_on,
    day_words,
    elsewhere,
    excluded,
    other_role,
    points_words,
    short_rest,
)
from oncall_ui.domain.schedules.planning.hand_over import Hindrance, Price, Roster
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Rest, Slot, Span

SHORT = timedelta(hours=12)
"""Shorter blocks name the hours, longer ones the days."""
MOST_DAYS = 3


class FactKind(StrEnum):
    """What there is to say, in the order in which it is said."""

    AT_ONCE = "at_once"
    ELSEWHERE = "elsewhere"
    RULED_OUT = "ruled_out"
    NOT_THERE = "not_there"
    PAUSED = "paused"
    NO_SHARE = "no_share"
    OTHER_ROLE = "other_role"
    BLOCKED = "blocked"
    SHORT_REST = "short_rest"
    PREFERS = "prefers"
    UNKNOWN = "unknown"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Fact:
    """About one person and one slot.

    `spans`: where blocks and preferences lie within it; empty where only the share of the shift is known, which `part`
    is, in thousandths. `day` and `slot` name it; for AT_ONCE and SHORT_REST `slot` is the other
    one, `between` is the rest from one to the other where `wanted` should be, and `is_after` says that the other comes
    first. `points`: of BALANCE.
    """

    kind: FactKind
    whole: Span
    day: str
    slot: str
    role: str
    spans: tuple[Span, ...] = ()
    part: int = 0
    between: timedelta = timedelta(0)
    is_after: bool = False
    wanted: timedelta = timedelta(0)
    points: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Said:
    """What is known beside the problem. `calendars`: the spans it was reduced from, by kind and person.

    `ruled_out` are the people a manager excluded; others are because of their roles, or of another schedule.
    """

    calendars: Mapping[FactKind, Mapping[str, tuple[Span, ...]]] | None = None
    ruled_out: Collection[str] = ()


class Facts:
    """Of the people of one problem, about one slot of a roster."""

    def __init__(self, problem: Problem, roster: Roster, slot: Slot, said: Said) -> None:
        self._problem, self._roster, self._slot, self._said = problem, roster, slot, said
        self._judge, self._names = Judge(problem), SlotNames(problem)
        shift = self._judge.shift[slot.start]
        self._whole = Span(shift.start, shift.end)
        self._accounts = self._judge.accounts(roster)

    def of(self, person: str, price: Price | None) -> tuple[Fact, ...]:
        """`price`: of giving the slot to them; None for the holder."""
        return *self._against(person, price), *self._for(person)

    def _against(self, person: str, price: Price | None) -> Iterator[Fact]:
        hindrances = price.hindrances if price else ()
        if Hindrance.AT_ONCE in hindrances:
            yield from self._at_once(person)
        if Hindrance.RULED_OUT in hindrances:
            yield self._fact(self._exclusion(person))
        for hindrance, kind in PLAIN.items():
            if hindrance in hindrances:
                yield self._fact(kind)
        yield from self._availability(FactKind.BLOCKED, person, 0)
        yield from self._rests(person)

    def _exclusion(self, person: str) -> FactKind:
        if person in self._said.ruled_out:
            return FactKind.RULED_OUT
        roles = [Slot(self._slot.start, role) for role in self._problem.roles]
        is_busy = all(person in self._problem.excluded.get(slot, ()) for slot in roles)
        return FactKind.ELSEWHERE if is_busy else FactKind.OTHER_ROLE

    def _for(self, person: str) -> Iterator[Fact]:
        if not self._judge.part(self._slot.start, person)[0]:
            yield from self._availability(FactKind.PREFERS, person, 2)
        if part := self._judge.part(self._slot.start, person)[1]:
            yield self._fact(FactKind.UNKNOWN, part=part)
        due, done, carried = self._accounts[person, "all"]
        yield self._fact(FactKind.BALANCE, points=carried + done - due)

    def _fact(
        self, kind: FactKind, spans: tuple[Span, ...] = (), part: int = 0, points: Fraction = Fraction(0)
    ) -> Fact:
        slot = self._slot
        day, named = self._names.when(slot.start), self._names.slot(slot)
        return Fact(kind, self._whole, day, named, slot.role, spans, part, points=points)

    def _availability(self, kind: FactKind, person: str, place: int) -> Iterator[Fact]:
        part = self._judge.part(self._slot.start, person)[place]
        if part:
            known = self._said.calendars or {}
            inside = [_within(span, self._whole) for span in known.get(kind, {}).get(person, ())]
            yield self._fact(kind, tuple(span for span in inside if span is not None), part)

    def _at_once(self, person: str) -> Iterator[Fact]:
        for slot, span in self._others(person):
            if span.start < self._whole.end and span.end > self._whole.start:
                named = slot.role if slot.start == self._slot.start else self._names.within(slot)
                yield replace(self._fact(FactKind.AT_ONCE), slot=named)

    def _rests(self, person: str) -> Iterator[Fact]:
        """The shifts beside this one that leave less rest than a limit wants."""
        limits = [limit for limit in self._problem.limits if isinstance(limit, Rest)]
        gaps = [limit.gap for limit in limits if not limit.people or person in limit.people]
        for slot, span in self._others(person) if gaps else ():
            between = max(self._whole.start - span.end, span.start - self._whole.end)
            if timedelta(0) <= between < max(gaps):
                fact = replace(self._fact(FactKind.SHORT_REST), slot=self._names.slot(slot), between=between)
                yield replace(fact, wanted=max(gaps), is_after=span.end <= self._whole.start)

    def _others(self, person: str) -> list[tuple[Slot, Span]]:
        """Their other shifts, by start."""
        planned = [
            (slot, Span(slot.start, self._judge.shift[slot.start].end))
            for slot, holder in self._roster.items()
            if holder == person and slot != self._slot
        ]
        held = [(Slot(h.start, h.role), Span(h.start, h.end)) for h in self._problem.held if h.person == person]
        return sorted([*planned, *held], key=lambda each: (each[1].start, each[0].role))


PLAIN = {
    Hindrance.NOT_THERE: FactKind.NOT_THERE,
    Hindrance.PAUSED: FactKind.PAUSED,
    Hindrance.NO_SHARE: FactKind.NO_SHARE,
    Hindrance.OTHER_ROLE: FactKind.OTHER_ROLE,
}


def fact_words(fact: Fact, zone: ZoneInfo) -> str:
    """`is blocked on Mon 7 Dec, 08:00 to 10:00`: the words of `fact_words`, with what is only known of calendars."""
    if fact.kind is FactKind.BLOCKED:
        return _blocked(fact, zone)
    if fact.kind is FactKind.PREFERS:
        return _preference(fact, zone)
    if fact.kind is FactKind.BALANCE:
        return balance_words(fact.points)
    if fact.kind is FactKind.SHORT_REST:
        return short_rest(fact.between, fact.wanted, fact.slot, is_after=fact.is_after)
    return {
        FactKind.AT_ONCE: at_once(fact.slot),
        FactKind.ELSEWHERE: elsewhere(fact.day),
        FactKind.RULED_OUT: excluded(fact.slot),
        FactKind.NOT_THERE: NOT_THERE,
        FactKind.PAUSED: PAUSED,
        FactKind.NO_SHARE: NO_SHARE,
        FactKind.OTHER_ROLE: other_role(fact.role),
    }.get(fact.kind, UNKNOWN)


def balance_words(points: Fraction) -> str:
    """`2.3 points over their share`."""
    rounded = round(points, 1)
    if not rounded:
        return "even with their share"
    return f"{points_words(abs(rounded))} {'over' if rounded > 0 else 'under'} their share"


def _blocked(fact: Fact, zone: ZoneInfo) -> str:
    if where := _where(fact, zone):
        return blocked_on(where)
    return blocked_for(fact.part, fact.whole.end - fact.whole.start, fact.day)


def _preference(fact: Fact, zone: ZoneInfo) -> str:
    where = _where(fact, zone)
    return f"{PREFERS}, on {where}" if where else PREFERS


def _where(fact: Fact, zone: ZoneInfo) -> str:
    """`Mon 7 Dec, 08:00 to 10:00`, `Sat 5 and Sun 6 Dec`; empty for all of the shift, and where no times are known."""
    if len(fact.spans) > 1:
        return _days(fact.spans, zone)
    if fact.spans in {(), (fact.whole,)}:
        return ""
    (only,) = fact.spans
    if only.end - only.start < SHORT:
        return f"{day_words(only.start, zone)}, {_clock(only.start, zone)} to {_clock(only.end, zone)}"
    return _days(fact.spans, zone)


def _days(spans: Sequence[Span], zone: ZoneInfo) -> str:
    """`Sat 5 and Sun 6 Dec`, `Sat 5, Sun 6 Dec and 3 more days`."""
    found: dict[date, None] = {}
    for span in spans:
        day, last = span.start.astimezone(zone).date(), (span.end - timedelta(microseconds=1)).astimezone(zone).date()
        while day <= last:
            found[day] = None
            day += timedelta(days=1)
    days = sorted(found)
    shown = days if len(days) <= MOST_DAYS else days[: MOST_DAYS - 1]
    words = []
    for place, day in enumerate(shown):
        is_last = place + 1 == len(shown) or shown[place + 1].month != day.month
        words.append(f"{WEEKDAYS[day.weekday()]} {day.day}" + (f" {MONTHS[day.month - 1]}" if is_last else ""))
    if len(shown) < len(days):
        words.append(f"{len(days) - len(shown)} more days")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"


def _within(span: Span, whole: Span) -> Span | None:
    start, end = max(span.start, whole.start), min(span.end, whole.end)
    return Span(start, end) if start < end else None
