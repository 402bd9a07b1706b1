"""The published plan over what calendars say now: what a schedule's own page shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window, start_of_day, zone_of
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.blocks import is_beyond, within
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.models import Participant, Schedule
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.conflicts.finding import is_there, kept_of, over_limits
from oncall_ui.services.schedules.drafts.calendars import Calendars, calendars_of
from oncall_ui.services.schedules.drafts.drafts import published_until
from oncall_ui.services.schedules.people import names_of, periods_of
from oncall_ui.services.schedules.published.read import (
    NEXT_WITHIN,
    OnCall,
    ShiftView,
    on_call_among,
    shown_between,
)


@dataclass(frozen=True, slots=True)
class BoardPerson:
    """A participant who is on the schedule in the window, or holds a shift in it. Spans are cut to what was read."""

    id: int
    member_id: int | None
    name: str
    colour: int
    blocks: tuple[Span, ...]
    preferences: tuple[Span, ...]
    unknown: tuple[Span, ...]
    read_at: datetime | None
    """When the oldest of their calendars was last read; None: never, or there is none."""
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class BoardSlot:
    """A published slot, or the part of it that one person has, with what their calendars say now."""

    part: ShiftView
    trouble: Trouble | None
    """Of slots that are still running or to come."""
    is_blocked: bool
    is_preferred: bool
    is_unknown: bool
    """Whether the calendars don't say for some of it."""


@dataclass(frozen=True, slots=True)
class Board:
    """`slots` are those of the window, by time and role; `ahead` those from now on, however far they are published."""

    slots: tuple[BoardSlot, ...]
    ahead: tuple[BoardSlot, ...]
    people: tuple[BoardPerson, ...]
    """By name."""
    on_call: tuple[OnCall, ...]
    """By role, in the order in which they are called."""
    holidays: Mapping[date, str]


def read_board(app: App, member_id: int, schedule_id: int, first: date, weeks: int, at: datetime) -> Board:
    """The weeks from the day `first` of the schedule's zone, as known `at`.

    Raises NotAllowed unless the member may see the schedule.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.VIEWER)
        return _Reader(session, schedule, first, weeks, at).read()


def needing_change(session: Session, schedule: Schedule, at: datetime) -> int:
    """How many published slots from now on need a change: those that the schedule's own page counts."""
    first = at.astimezone(zone_of(schedule.zone)).date()
    return _Reader(session, schedule, first, 1, at).number_in_trouble()


class _Reader:
    """One reading."""

    def __init__(self, session: Session, schedule: Schedule, first: date, weeks: int, at: datetime) -> None:
        self._session, self._schedule, self._at = session, schedule, at
        self._id, self._zone = schedule.id or 0, zone_of(schedule.zone)
        self._first, self._end = first, first + timedelta(weeks=weeks)
        self._window = Window(start_of_day(first, self._zone), start_of_day(self._end, self._zone))
        self._periods = periods_of(session, self._id)
        self._kept, self._over_limits = kept_of(session, self._id, at), over_limits(session, self._id)

    def number_in_trouble(self) -> int:
        until = published_until(self._session, self._id) or self._at
        ahead = self._ahead(until)
        calendars = self._calendars(self._everybody(ahead), until)
        return sum(self._slot(part, calendars).trouble is not None for part in ahead)

    def read(self) -> Board:
        until = published_until(self._session, self._id) or self._at
        start, end, soon = min(self._window.start, self._at), max(self._window.end, until), self._at + NEXT_WITHIN
        everything = shown_between(self._session, self._schedule, start, max(end, soon))
        parts = [part for part in everything if part.overlaps(self._window.start, self._window.end)]
        ahead = [part for part in everything if part.overlaps(self._at, until)]
        everybody = self._everybody([*parts, *ahead])
        calendars = self._calendars(everybody, until)
        shown = {part.participant_id for part in parts}
        return Board(
            slots=tuple(self._slot(part, calendars) for part in parts),
            ahead=tuple(self._slot(part, calendars) for part in ahead),
            people=tuple(self._people([row for row in everybody if row.id in shown or self._is_on(row)], calendars)),
            on_call=on_call_among(self._schedule, everything, self._at),
            holidays=holidays_between(self._schedule.country, self._schedule.region, self._first, self._end),
        )

    def _ahead(self, until: datetime) -> list[ShiftView]:
        return shown_between(self._session, self._schedule, self._at, until) if until > self._at else []

    def _everybody(self, parts: Iterable[ShiftView]) -> list[Participant]:
        holders = {part.participant_id for part in parts}
        rows = self._session.exec(select(Participant).where(Participant.schedule_id == self._id))
        return [row for row in rows if row.id in holders or self._is_on(row)]

    def _is_on(self, row: Participant) -> bool:
        """Whether they are on the schedule on a day of the window."""
        periods = self._periods.get(row.id or 0, ())
        return any(each.from_day < self._end and (each.to_day or date.max) > self._first for each in periods)

    def _calendars(self, everybody: Sequence[Participant], until: datetime) -> Calendars:
        """One reading for the window and for everything ahead."""
        start, end = min(self._window.start, self._at), max(self._window.end, until)
        return calendars_of(self._session, everybody, self._periods, Window(start, end), self._at)

    def _people(self, rows: Sequence[Participant], calendars: Calendars) -> Iterable[BoardPerson]:
        names = names_of(self._session, self._id)
        for row in sorted(rows, key=lambda row: (names[row.id or 0].casefold(), row.id)):
            person = str(row.id)
            read_at = calendars.read_at.get(person)
            yield BoardPerson(
                id=row.id or 0,
                member_id=row.member_id,
                name=names[row.id or 0],
                colour=row.colour,
                blocks=calendars.blocks.get(person, ()),
                preferences=calendars.preferences.get(person, ()),
                unknown=calendars.unknown.get(person, ()) if row.member_id is not None else (),
                read_at=datetime.fromisoformat(read_at) if read_at else None,
                freshness=calendars.freshness.get(person, Freshness.NOTHING_CONNECTED),
            )

    def _slot(self, part: ShiftView, calendars: Calendars) -> BoardSlot:
        person, is_past = str(part.participant_id), part.end <= self._at
        blocks = calendars.blocks.get(person, ())
        is_blocked = _meets(blocks, part)
        return BoardSlot(
            part=part,
            trouble=None if is_past else self._trouble(part, blocks),
            is_blocked=is_blocked,
            is_preferred=not is_blocked and _meets(calendars.preferences.get(person, ()), part),
            is_unknown=not is_past and _meets(calendars.unknown.get(person, ()), part),
        )

    def _trouble(self, part: ShiftView, blocks: Sequence[Span]) -> Trouble | None:
        if part.is_gap:
            return Trouble.GAP
        if part.participant_id is None:
            return None  # another schedule's, which says there what is wrong with it
        day = max(part.start, self._at).astimezone(self._zone).date()
        if part.member_id is None or not is_there(self._periods.get(part.participant_id, ()), day):
            return Trouble.LEFT
        held = part.shift_id, part.role, part.participant_id
        if not part.is_accepted and is_beyond(_ahead(blocks, part, self._at), self._kept.spans.get(held, ())):
            return Trouble.BLOCKED
        return Trouble.LIMIT if (part.start, *held) in self._over_limits else None


def _ahead(blocks: Iterable[Span], part: ShiftView, at: datetime) -> tuple[Span, ...]:
    return tuple(span for span in within(blocks, part.start, part.end) if span.end > at)


def _meets(spans: Iterable[Span], part: ShiftView) -> bool:
    return any(span.start < part.end and span.end > part.start for span in spans)
