"""The ledger: lines are added and never changed. What belongs to one slot, or one adjustment, always sums to zero."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.ledger.lines import MILLI, Entry, corrections, of_slot
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.models import Assignment, LedgerLine, PublishedShift, Schedule
from oncall_ui.services.schedules.rules import role_points_of

_TICK = timedelta(microseconds=1)


def slot_points(schedule: Schedule, shift: PublishedShift, role: str) -> int:
    """Thousandths of a point that a slot counts."""
    return int(shift.points * MILLI * role_points_of(schedule).get(role, Fraction(1)))


def shares_on(periods: Mapping[int, Sequence[Period]], day: date, role: str) -> dict[int, int]:
    """Participant id → share of those who owe a part of a slot that starts on that day."""
    return {
        participant: period.terms.share
        for participant, theirs in periods.items()
        for period in theirs
        if period.covers(day)
        and period.terms.share > 0
        and not period.terms.is_paused
        and (not period.terms.roles or role in period.terms.roles)
    }


def written_of(session: Session, shifts: Sequence[int]) -> dict[tuple[int, str], dict[int, Entry]]:
    """Shift and role → participant id → what their lines sum to."""
    rows = session.execute(
        columns_of(
            col(LedgerLine.shift_id),
            col(LedgerLine.role),
            col(LedgerLine.participant_id),
            func.sum(LedgerLine.due),
            func.sum(LedgerLine.done),
        )
        .where(col(LedgerLine.shift_id).in_(shifts))
        .group_by(col(LedgerLine.shift_id), col(LedgerLine.role), col(LedgerLine.participant_id))
    )
    found: dict[tuple[int, str], dict[int, Entry]] = {}
    for shift, role, participant, due, done in rows:
        found.setdefault((shift or 0, role), {})[participant] = Entry(int(due), int(done))
    return found


@dataclass(frozen=True, slots=True)
class Cause:
    """Who wrote a line, when and why."""

    by: int | None
    at: datetime
    why: str


def lines_of_slot(
    schedule: Schedule,
    shift: PublishedShift,
    role: str,
    parts: Sequence[Assignment],
    periods: Mapping[int, Sequence[Period]],
    written: Mapping[int, Entry],
    cause: Cause,
) -> list[dict[str, Any]]:
    """The rows that lead from what is `written` of a slot to who holds its `parts` now; without parts it is empty.

    While a slot stays filled its dues stay, and only what was done moves.
    """
    holders = _holders(slot_points(schedule, shift, role), shift, parts)
    carried = sum(holders.values())
    wanted: Mapping[int, Entry] = {}
    if holders and carried == sum(entry.due for entry in written.values()):
        ids = {*written, *holders}
        wanted = {each: Entry(written.get(each, Entry()).due, holders.get(each, 0)) for each in ids}
    elif holders:
        day = shift.start.astimezone(zone_of(schedule.zone)).date()
        wanted = of_slot(carried, shares_on(periods, day, role), holders)
    usual = {
        "schedule_id": shift.schedule_id,
        "shift_id": shift.id,
        "role": role,
        "type": shift.type,
        "at": shift.start,
        "kind": LedgerKind.MOVED if written else LedgerKind.SHIFT,
        "recorded_at": cause.at,
        "by_id": cause.by,
        "why": cause.why,
    }
    return [
        usual | {"participant_id": participant, "due": entry.due, "done": entry.done}
        for participant, entry in corrections(written, wanted).items()
    ]


def add_lines(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    """All at once: building objects of thousands of lines takes longer than everything else."""
    if lines:
        session.execute(insert(LedgerLine), lines)


def balances(session: Session, schedule_id: int, without: Sequence[int] = ()) -> dict[int, dict[str, Fraction]]:
    """Participant id → bucket → points done minus points due, but for what the shifts `without` count."""
    rows = session.exec(
        select(
            LedgerLine.participant_id,
            LedgerLine.role,
            LedgerLine.type,
            func.sum(LedgerLine.done) - func.sum(LedgerLine.due),
        )
        .where(LedgerLine.schedule_id == schedule_id)
        .where(col(LedgerLine.shift_id).is_(None) | col(LedgerLine.shift_id).not_in(without))
        .group_by(col(LedgerLine.participant_id), col(LedgerLine.role), col(LedgerLine.type))
    )
    found: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for participant, role, kind, balance in rows:
        for bucket in ("all", f"role:{role}" if role else "", f"type:{kind}" if kind else ""):
            found[participant][bucket] += int(balance)
    return {
        participant: {bucket: Fraction(value, MILLI) for bucket, value in sorted(buckets.items()) if bucket and value}
        for participant, buckets in found.items()
    }


def _holders(points: int, shift: PublishedShift, parts: Sequence[Assignment]) -> dict[int, int]:
    """What each holder carries, by the minutes of their parts; to the last thousandth where the whole slot is held."""
    lengths: defaultdict[int, int] = defaultdict(int)
    for part in parts:
        if part.participant_id is not None:
            lengths[part.participant_id] += (part.end - part.start) // _TICK
    whole = (shift.end - shift.start) // _TICK
    found = {participant: points * length // whole for participant, length in sorted(lengths.items())}
    if found and sum(lengths.values()) == whole:
        found[min(found)] += points - sum(found.values())
    return found
