"""What a rota would add to the ledger of a schedule, within the caller's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import start_of_day, zone_of
from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.planning.problem import Shift, Span
from oncall_ui.domain.schedules.rota_import.holding import Held
from oncall_ui.domain.schedules.rota_import.opening import SlotOf, Usual, history_of, slots_of
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.models import LedgerLine, PublishedShift, Schedule
from oncall_ui.services.schedules.ledger.lines import shares_on
from oncall_ui.services.schedules.people import periods_of
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rules import AROUND, role_points_of, roles_of, shifts_of

MONTHS = (3, 6, 12)
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Counted:
    """`wanted` is what the history counts, `written` what the ledger says of the same time and roles so far."""

    wanted: Mapping[SlotOf, Mapping[int, Entry]]
    written: Mapping[SlotOf, Mapping[int, Entry]]
    span: Span
    """From when to when it counts."""
    overlaps: bool
    is_guessed: bool
    """Whether it isn't agreed who was on the team then."""


def counted(
    session: Session, schedule: Schedule, rota: Rota, meant: Mapping[str, int], choices: Choices, at: datetime
) -> Counted:
    """`meant`: key of a name → who. Shifts count that have begun by `at`.

    Raises InvalidInput where the rules of the schedule allow none.
    """
    covered = _covered(rota, choices, roles_of(schedule), at)
    whole = _around(covered.values(), at)
    history = history_of(_entries(rota, meant, choices, schedule, at), _published(session, schedule, whole))
    span = Span(max(whole.start, counted_from(schedule, choices.months, at)), whole.end)
    usual = _Usual(periods_of(session, schedule.id or 0), schedule)
    how = Usual(role_points_of(schedule), usual.shares, usual.share_on(at))
    slots = slots_of(history, _shifts(session, schedule, span, at), how)
    wanted = {slot: entries for slot, entries in slots.items() if _is_in(covered, slot.role, slot.at)}
    return Counted(wanted, _written(session, schedule, covered), span, history.overlaps, usual.is_missing)


def counted_from(schedule: Schedule, months: int, at: datetime) -> datetime:
    """Midnight of the same day so many months ago."""
    zone = zone_of(schedule.zone)
    day = at.astimezone(zone).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return start_of_day(date(year, month + 1, min(day.day, 28)), zone)


def _entries(
    rota: Rota, meant: Mapping[str, int], choices: Choices, schedule: Schedule, at: datetime
) -> dict[str, list[Held]]:
    """By role, of those who count."""
    roles = roles_of(schedule)
    found: dict[str, list[Held]] = {}
    for entry in rota.entries:
        role = entry.role or choices.role or roles[0]
        if role in roles and entry.who.key in meant and entry.start < at:
            found.setdefault(role, []).append(Held(entry.start, entry.end, meant[entry.who.key]))
    return found


def _covered(rota: Rota, choices: Choices, roles: tuple[str, ...], at: datetime) -> dict[str, Span]:
    """Role → the time the rota says something about, also of people who don't count."""
    found: dict[str, Span] = {}
    for entry in rota.entries:
        role = entry.role or choices.role or roles[0]
        if role in roles and at - LONGEST < entry.end and entry.start < at:
            was = found.get(role, Span(entry.start, entry.end))
            found[role] = Span(min(was.start, entry.start), max(was.end, entry.end))
    return found


def _around(spans: Collection[Span], at: datetime) -> Span:
    return Span(min((each.start for each in spans), default=at), max((each.end for each in spans), default=at))


def _is_in(covered: Mapping[str, Span], role: str, at: datetime) -> bool:
    """Whether the rota says something about a slot that starts at `at`."""
    return role in covered and covered[role].start <= at < covered[role].end


def _shifts(session: Session, schedule: Schedule, span: Span, at: datetime) -> list[Shift]:
    """Those that begin in the span and have begun. One that began before it counts in an earlier import, if at all."""
    zone = zone_of(schedule.zone)
    if span.start >= min(span.end, at):
        return []
    first, last = span.start.astimezone(zone).date(), min(span.end, at).astimezone(zone).date()
    found = shifts_of(session, schedule, first, last + timedelta(days=1)).shifts
    return [shift for shift in found if span.start <= shift.start < min(span.end, at)]


def _published(session: Session, schedule: Schedule, span: Span) -> list[Span]:
    rows = session.exec(
        select(PublishedShift.start, PublishedShift.end)
        .where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(PublishedShift.start) < span.end + AROUND, col(PublishedShift.end) > span.start)
    )
    return [Span(start, end) for start, end in rows]


def _written(session: Session, schedule: Schedule, covered: Mapping[str, Span]) -> dict[SlotOf, dict[int, Entry]]:
    """What imports wrote about the time the rota covers."""
    key = (LedgerLine.at, LedgerLine.role, LedgerLine.type, LedgerLine.participant_id)
    rows = session.execute(
        columns_of(*map(col, key), func.sum(LedgerLine.due), func.sum(LedgerLine.done))
        .where(col(LedgerLine.schedule_id) == schedule.id, col(LedgerLine.kind) == LedgerKind.IMPORT)
        .group_by(*map(col, key))
    )
    found: dict[SlotOf, dict[int, Entry]] = {}
    for at, role, kind, participant, due, done in rows:
        if _is_in(covered, role, at):
            found.setdefault(SlotOf(at, role, kind), {})[participant] = Entry(int(due), int(done))
    return found


class _Usual:
    """Who owes a part of a slot, as agreed. Notes where nothing is."""

    def __init__(self, periods: Mapping[int, list[Period]], schedule: Schedule) -> None:
        self._periods, self._zone = periods, zone_of(schedule.zone)
        self.is_missing = False

    def shares(self, at: datetime, role: str) -> dict[int, int]:
        found = shares_on(self._periods, at.astimezone(self._zone).date(), role)
        self.is_missing = self.is_missing or not found
        return found

    def share_on(self, at: datetime) -> dict[int, int]:
        """Percent agreed for that day, else for the next one there is."""
        day = at.astimezone(self._zone).date()
        ends = {
            who: [each for each in theirs if each.to_day is None or each.to_day > day]
            for who, theirs in self._periods.items()
        }
        return {who: theirs[0].terms.share for who, theirs in ends.items() if theirs and not theirs[0].terms.is_paused}
