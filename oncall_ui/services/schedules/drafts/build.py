"""Builds the planning problem of a draft from the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_format.problem_writing import problem_as_json
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.problem import (
    BEST,
    NOBODY,
    FillKind,
    Held,
    LaterStage,
    Person,
    Problem,
    Published,
    Shift,
    Slot,
    Span,
    Task,
)
from oncall_ui.domain.schedules.planning.shares import reduced
from oncall_ui.domain.schedules.shifts.types import clock_label
from oncall_ui.domain.schedules.what_if.changes import NOTHING_TRIED, Tried, blocks_with, limits_with, periods_with
from oncall_ui.models import Participant, PublishedShift, Schedule
from oncall_ui.services.schedules.drafts.calendars import Calendars, calendars_of
from oncall_ui.services.schedules.drafts.editing.choices import NO_CHOICES, Choices
from oncall_ui.services.schedules.drafts.live import Live, keep_shared, live_parts
from oncall_ui.services.schedules.drafts.persons import Days, barred, person_of
from oncall_ui.services.schedules.ledger.lines import balances
from oncall_ui.services.schedules.people import periods_of
from oncall_ui.services.schedules.published.other_schedules import shifts_elsewhere
from oncall_ui.services.schedules.rules import limits_of, role_points_of, roles_of, shadows_of, shifts_of
from oncall_ui.services.schedules.what_if.tried import newcomers, schedule_with

BEFORE, AFTER = timedelta(days=35), timedelta(days=14)
"""How far published shifts beside the plan matter: for rest, and for what is counted per week or month."""
SOON = 3
"""What moving a slot costs inside the notice period; 1 later."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be planned: days of the schedule's zone, what managers decided about slots, and the time allowed."""

    first: date
    end: date
    choices: Choices
    seed: int
    seconds: float
    begins: datetime | None = None
    """Time before it isn't planned: it is published, and stays."""
    tried: Tried = NOTHING_TRIED


@dataclass(frozen=True, slots=True)
class Built:
    """A problem that says no more about calendars than shares of shifts."""

    problem: Problem
    calendars: Calendars
    elsewhere: Mapping[str, tuple[Span, ...]]
    """Person → their shifts of other schedules."""


@dataclass(frozen=True, slots=True)
class Repair:
    """`needed` are the slots that need a change. All others were agreed to: they cost nothing where they are, whatever
    speaks against their holder.
    """

    needed: frozenset[Slot]
    seconds: float


def build(session: Session, schedule: Schedule, asked: Asked, at: datetime) -> Built:
    """The problem as of `at`: shifts that have begun by then are history.

    Raises InvalidInput where the rules allow no such shifts, and UnusableInput where what was decided contradicts
    itself.
    """
    return _Builder(session, schedule, asked, at).build()


def build_published(session: Session, schedule: Schedule, window: Window, at: datetime) -> Built:
    """The problem whose solution is what is published in the window, with calendars as of `at`.

    Accounts count in full, and nothing that changes hands costs anything by itself. The window holds a shift.
    """
    zone = zone_of(schedule.zone)
    first, end = window.start.astimezone(zone).date(), window.end.astimezone(zone).date() + timedelta(days=1)
    asked = Asked(first, end, NO_CHOICES, seed=0, seconds=1)
    return _Builder(session, schedule, asked, at).build_published(window)


def build_repair(session: Session, schedule: Schedule, at: datetime, end: datetime, repair: Repair) -> Built:
    """As `build_published` of everything from `at` to `end`, for a repair: what changes hands costs something."""
    zone = zone_of(schedule.zone)
    first, last = at.astimezone(zone).date(), end.astimezone(zone).date() + timedelta(days=1)
    asked = Asked(first, last, NO_CHOICES, seed=0, seconds=repair.seconds)
    return _Builder(session, schedule, asked, at).build_repair(Window(at, end), repair)


class _Builder:
    """One building. Participants are named by their ids, as text."""

    def __init__(self, session: Session, schedule: Schedule, asked: Asked, at: datetime) -> None:
        self._session, self._asked, self._at = session, asked, at
        self._tried = asked.tried.changes
        self._schedule = schedule_with(schedule, self._tried)
        self._id, self._zone, self._roles = schedule.id or 0, zone_of(schedule.zone), roles_of(self._schedule)
        self._shadows = shadows_of(self._schedule)
        self._periods = self._named(periods_with(periods_of(session, self._id), self._tried))
        self._limits = limits_with(limits_of(session, self._id), self._tried)

    def _named(self, periods: Mapping[int, Sequence[Period]]) -> Mapping[int, Sequence[Period]]:
        """With the roles of those who may hold any, where others learn: that has to be agreed by name."""
        if not self._shadows:
            return periods
        real = frozenset(self._roles) - self._shadows.keys()
        return {
            participant: [
                each if each.terms.roles else replace(each, terms=replace(each.terms, roles=real)) for each in theirs
            ]
            for participant, theirs in periods.items()
        }

    def build(self) -> Built:
        generated = shifts_of(self._session, self._schedule, self._asked.first, self._asked.end)
        return self._build(tuple(self._new(generated.shifts)), generated.warnings)

    def build_published(self, window: Window) -> Built:
        found = self._build(tuple(self._old(window)), ())
        return replace(found, problem=replace(found.problem, published={}, carry_cap=None))

    def build_repair(self, window: Window, repair: Repair) -> Built:
        found = self._build(tuple(self._old(window)), ())
        published = {
            slot: replace(was, accepted=slot not in repair.needed, frozen=was.frozen and slot not in repair.needed)
            for slot, was in found.problem.published.items()
        }
        problem = replace(found.problem, published=published, carry_cap=None, task=Task.REPAIR)
        lives = live_parts(self._session, self._id, window.start, window.end)
        return replace(found, problem=keep_shared(problem, lives))

    def _build(self, shifts: tuple[Shift, ...], warnings: Sequence[str]) -> Built:
        window = self._window(shifts)
        lives = live_parts(self._session, self._id, window.start - BEFORE, window.end + AFTER)
        everybody = self._participants(shifts, lives)
        calendars = self._calendars(everybody, window)
        people = self._people(everybody, shifts, lives)
        ids = {person.id for person in people}
        spans = shifts_elsewhere(self._session, self._id, everybody, window)
        elsewhere = {str(participant): theirs for participant, theirs in spans.items()}
        excluded = self._excluded(everybody, shifts, elsewhere)
        problem = Problem(
            zone=self._zone,
            start=self._asked.first,
            end=self._asked.end,
            roles=self._roles,
            shifts=shifts,
            people=people,
            blocks=calendars.blocks,
            preferences=calendars.preferences,
            unknown=calendars.unknown,
            held=self._held(lives, shifts, ids),
            fixed=self._asked.choices.fixed(shifts, ids),
            excluded=excluded,
            published=self._published(lives, shifts),
        )
        # Written and read, it is checked, in canonical order, and exactly what is stored.
        found = read_problem(problem_as_json(reduced(self._counting(problem))))
        return Built(replace(found, problems=(*warnings, *found.problems)), calendars, elsewhere)

    def _calendars(self, everybody: Sequence[Participant], window: Window) -> Calendars:
        found = calendars_of(self._session, everybody, self._periods, window, self._at)
        return replace(found, blocks=blocks_with(found.blocks, self._tried, self._zone)) if self._tried else found

    def _new(self, shifts: Iterable[Shift]) -> Iterator[Shift]:
        """Those still to come. One that what is published reaches into, since the rules changed, begins later."""
        begins = self._asked.begins
        for shift in shifts:
            if begins is not None and shift.start < begins < shift.end:
                label = clock_label(begins, shift.end, self._zone)
                yield replace(shift, start=begins, label=label)
            elif shift.start > self._at and (begins is None or shift.start >= begins):
                yield shift

    def _old(self, window: Window) -> Iterator[Shift]:
        """The published ones. A role without a row isn't wanted."""
        roles: dict[int, set[str]] = {}
        rows: dict[int, PublishedShift] = {}
        for live in live_parts(self._session, self._id, window.start, window.end):
            rows[live.shift.id or 0] = live.shift
            roles.setdefault(live.shift.id or 0, set()).add(live.part.role)
        for number, row in rows.items():
            fills = {role: BEST if role in roles[number] else NOBODY for role in self._roles}
            if any(filler is BEST for filler in fills.values()):
                yield Shift(row.start, row.end, row.type, row.points, row.label, fills)

    def _window(self, shifts: Sequence[Shift]) -> Window:
        if shifts:
            return Window(shifts[0].start, max(shift.end for shift in shifts))
        span = Days(self._asked.first, self._asked.end, self._zone).instants(self._asked.first, self._asked.end)
        return Window(span.start, span.end)

    def _participants(self, shifts: Sequence[Shift], lives: Iterable[Live]) -> list[Participant]:
        """Those on the schedule in the plan, and those that something in the problem names."""
        days = Days(self._asked.first, self._asked.end, self._zone)
        named = {participant for participant, theirs in self._periods.items() if days.of(theirs)}
        named |= {live.part.participant_id for live in lives if live.part.participant_id is not None}
        fillers = (filler for shift in shifts for filler in shift.fills.values() if filler.kind is FillKind.PERSON)
        named |= {int(filler.name) for filler in fillers}
        named |= {int(person) for limit in self._limits for person in limit.people}
        named |= self._asked.choices.people
        rows = self._session.exec(
            select(Participant).where(Participant.schedule_id == self._id).order_by(col(Participant.id))
        )
        return [*(row for row in rows if row.id in named), *newcomers(self._id, self._asked.tried)]

    def _people(
        self, everybody: Iterable[Participant], shifts: Sequence[Shift], lives: Iterable[Live]
    ) -> tuple[Person, ...]:
        planned = {shift.start for shift in shifts}
        replaced = {live.shift.id or 0 for live in lives if live.shift.start in planned}
        carried = balances(self._session, self._id, sorted(replaced))
        days = Days(self._asked.first, self._asked.end, self._zone)
        return tuple(
            person_of(str(row.id), self._periods.get(row.id or 0, ()), days, carried.get(row.id or 0, {}))
            for row in everybody
        )

    def _excluded(
        self, everybody: Iterable[Participant], shifts: Sequence[Shift], elsewhere: Mapping[str, Sequence[Span]]
    ) -> dict[Slot, frozenset[str]]:
        """By managers, by what is agreed about roles, and by shifts of other schedules at the same time.

        Nobody may hold a slot that managers leave empty.
        """
        found: dict[Slot, set[str]] = {}
        for slot, people in self._asked.choices.excluded(shifts).items():
            found.setdefault(slot, set()).update(people)
        for row in everybody:
            person = str(row.id)
            slots = set(barred(self._periods.get(row.id or 0, ()), shifts, self._roles, self._zone))
            for shift in shifts:
                if any(span.start < shift.end and span.end > shift.start for span in elsewhere.get(person, ())):
                    slots |= {Slot(shift.start, role) for role in self._roles}
            for slot in slots:
                found.setdefault(slot, set()).add(person)
        ids = {str(row.id) for row in everybody}
        planned = {shift.start for shift in shifts}
        for slot in self._asked.choices.empty:
            if slot.start in planned and slot.role in self._roles:
                found.setdefault(slot, set()).update(ids)
        given = self._asked.choices.fixed(shifts, ids)
        return {slot: frozenset(people - {given.get(slot, "")}) for slot, people in found.items()}

    def _held(self, lives: Iterable[Live], shifts: Sequence[Shift], ids: Iterable[str]) -> tuple[Held, ...]:
        """What is published beside the plan, before and after it."""
        planned, known = {shift.start for shift in shifts}, set(ids)
        first, end = (shifts[0].start, max(shift.end for shift in shifts)) if shifts else (self._at, self._at)
        return tuple(
            Held(live.part.start, live.part.end, live.shift.type, live.part.role, str(live.part.participant_id))
            for live in lives
            if live.shift.start not in planned
            and not first <= live.shift.start < end
            and str(live.part.participant_id) in known
            and live.part.role in self._roles
        )

    def _published(self, lives: Iterable[Live], shifts: Sequence[Shift]) -> dict[Slot, Published]:
        """The slots of the plan that have one holder already."""
        planned = {shift.start: shift for shift in shifts}
        frozen_until = self._at + timedelta(hours=self._schedule.freeze_hours)
        soon_until = self._at + timedelta(days=self._schedule.notice_days)
        found = {}
        for live in lives:
            shift, part = planned.get(live.shift.start), live.part
            is_whole = (part.start, part.end) == (live.shift.start, live.shift.end)
            if shift is None or part.participant_id is None or not is_whole or part.role not in self._roles:
                continue
            if shift.fills[part.role].kind is FillKind.NOBODY:
                continue
            is_frozen = shift.start < frozen_until
            if self._asked.tried.is_free and not is_frozen:
                continue
            found[Slot(shift.start, part.role)] = Published(
                str(part.participant_id),
                accepted=part.is_accepted,
                frozen=is_frozen,
                weight=SOON if shift.start < soon_until else 1,
            )
        return found

    def _counting(self, problem: Problem) -> Problem:
        """Adds what says how a plan counts."""
        schedule, chosen = self._schedule, self._asked.choices.bend
        return replace(
            problem,
            block_strength=schedule.blocks,
            limits=self._limits,
            order=tuple(LaterStage(each) for each in schedule.priorities),
            carry_cap=Fraction(schedule.carry_percent, 100),
            role_points=role_points_of(schedule),
            balance_roles=schedule.balance_roles,
            bend=schedule.bend if chosen is None else chosen,
            shadows={role: shadow.beside for role, shadow in self._shadows.items()},
            seed=self._asked.seed,
            seconds=self._asked.seconds,
        )
