"""Days a member blocks, or would like, by hand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.accounts.members import lock_member

AT_MOST = 100
AHEAD = timedelta(days=2 * 365 + 1)
BACK = timedelta(days=366)
A_WEEK = 7
LARGEST_ID = 2**31 - 1
"""More than this no database takes for an id."""
TOO_FAR = "We look two years ahead at most. Choose an earlier day."


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry by hand of a member."""

    id: int
    days: ManualDays


def list_entries(app: App, member_id: int) -> list[EntryView]:
    """Those that aren't over in the member's zone, by their first day."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        return entries_of(session, member_id, _today(member)) if member else []


def add_entry(app: App, member_id: int, days: ManualDays) -> int:
    """Its id; that of the one there is when it says the same. Raises InvalidInput with the label of a field.

    The field is empty when it is the number of entries that can't be taken.
    """
    with app.db.write() as session:
        member = lock_member(session, member_id)
        today = _today(member)
        days = _valid(days, today)
        entries = entries_of(session, member_id, today)
        for entry in entries:
            if entry.days == days:
                return entry.id
        if len(entries) >= AT_MOST:
            raise InvalidInput("", f"You have {AT_MOST} entries by hand, and that is all we keep. Remove one first.")
        entry_id = _store(session, member_id, days)
    app.hub.publish(CalendarChanged(member_id, 0))
    return entry_id


def remove_entry(app: App, member_id: int, entry_id: int) -> ManualDays:
    """What it said, so that it can be put back. Raises NotAllowed when it is not the member's, or not there."""
    if not 0 < entry_id <= LARGEST_ID:
        raise NotAllowed
    with app.db.write() as session:
        row = session.exec(
            select(ManualEntry).where(ManualEntry.id == entry_id, ManualEntry.member_id == member_id)
        ).first()
        if row is None:
            raise NotAllowed
        days = days_of(row)
        session.delete(row)
    app.hub.publish(CalendarChanged(member_id, 0))
    return days


def put_back(app: App, member_id: int, days: ManualDays) -> int:
    """Undoes `remove_entry`, also for days that could not be added any more. Raises InvalidInput beyond the limit."""
    with app.db.write() as session:
        today = _today(lock_member(session, member_id))
        if len(entries_of(session, member_id, today)) >= AT_MOST:
            raise InvalidInput("", f"You have {AT_MOST} entries by hand, and that is all we keep.")
        entry_id = _store(session, member_id, days)
    app.hub.publish(CalendarChanged(member_id, 0))
    return entry_id


def entries_of(session: Session, member_id: int, today: date) -> list[EntryView]:
    """Within the caller's transaction: those of the member that don't end before `today`, by their first day."""
    rows = session.exec(
        select(ManualEntry)
        .where(ManualEntry.member_id == member_id)
        .where(or_(col(ManualEntry.last_day) >= today, col(ManualEntry.weekly)))
        .where(or_(col(ManualEntry.until).is_(None), col(ManualEntry.until) >= today))
        .order_by(col(ManualEntry.first_day), col(ManualEntry.id))
    )
    return [EntryView(row.id or 0, days_of(row)) for row in rows]


def days_of(row: ManualEntry) -> ManualDays:
    return ManualDays(row.first_day, row.last_day, row.action, row.weekly, row.until)


def _store(session: Session, member_id: int, days: ManualDays) -> int:
    row = ManualEntry(
        member_id=member_id,
        first_day=days.first,
        last_day=days.last,
        action=days.action,
        weekly=days.weekly,
        until=days.until,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _valid(days: ManualDays, today: date) -> ManualDays:
    if days.first < today - BACK:
        raise InvalidInput("First day", "This is more than a year ago. Choose a later day.")
    if days.first > today + AHEAD:
        raise InvalidInput("First day", TOO_FAR)
    if days.last < days.first:
        raise InvalidInput("Last day", "This is before the first day. Choose the first day or a later one.")
    if days.last > today + AHEAD:
        raise InvalidInput("Last day", TOO_FAR)
    if not days.weekly:
        if days.last < today:
            raise InvalidInput("Last day", "These days are over. Choose today or a later day.")
        return ManualDays(days.first, days.last, days.action)
    if (days.last - days.first).days >= A_WEEK:
        raise InvalidInput("Last day", "What repeats every week is a week long at most. Choose an earlier day.")
    if days.until is not None:
        if days.until < days.last:
            raise InvalidInput("Until", "This is before the last day above. Choose a later day, or leave it empty.")
        if days.until < today:
            raise InvalidInput("Until", "This is over. Choose a later day, or leave it empty.")
        if days.until > today + AHEAD:
            raise InvalidInput("Until", "We look two years ahead at most. Choose an earlier day, or leave it empty.")
    return days


def _today(member: Member) -> date:
    return datetime.now(ZoneInfo(member.zone)).date()
