"""Manual days: the days a member blocks or offers without a calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import ManualEntry, Member
from oncall_ui.services.accounts.members import lock_member

AT_MOST = 100
AHEAD = timedelta(days=2 * 365 + 1)
BACK = timedelta(days=366)
A_WEEK = 7
MAX_ID = 2**31 - 1
"""The largest id PostgreSQL accepts."""
TOO_FAR = "Days can be at most 2 years ahead. Choose an earlier day."
FULL = f"You have added {AT_MOST} entries, which is the limit. Remove one first."


@dataclass(frozen=True, slots=True)
class ManualDaysView:
    """A member's manual days as stored."""

    id: int
    days: ManualDays


def add_manual_days(app: App, member_id: int, days: ManualDays) -> int:
    """Stores `days` and returns their id; adding the same days twice returns the same id.

    Raises InvalidInput with the label of the field to correct, or with an empty one beyond AT_MOST.
    """
    with app.db.write() as session:
        member = lock_member(session, member_id)
        today = _today(member)
        days = _valid(days, today)
        stored = manual_days_of(session, member_id, today)
        for each in stored:
            if each.days == days:
                return each.id
        if len(stored) >= AT_MOST:
            raise InvalidInput("", FULL)
        days_id = _store(session, member_id, days)
    app.hub.publish(MemberChanged(member_id))
    return days_id


def remove_manual_days(app: App, member_id: int, days_id: int) -> ManualDays:
    """Returns what was removed, for `restore_manual_days`. Raises NotAllowed unless the days are the member's."""
    if not 0 < days_id <= MAX_ID:
        raise NotAllowed
    with app.db.write() as session:
        theirs = select(ManualEntry).where(ManualEntry.id == days_id, ManualEntry.member_id == member_id)
        row = session.exec(theirs.with_for_update()).first()  # of two who remove it at once, one has removed it
        if row is None:
            raise NotAllowed
        days = to_manual_days(row)
        session.delete(row)
    app.hub.publish(MemberChanged(member_id))
    return days


def restore_manual_days(app: App, member_id: int, days: ManualDays) -> int:
    """Undoes `remove_manual_days`, even for days that are too old to add. Raises InvalidInput beyond AT_MOST."""
    with app.db.write() as session:
        today = _today(lock_member(session, member_id))
        if len(manual_days_of(session, member_id, today)) >= AT_MOST:
            raise InvalidInput("", FULL)
        days_id = _store(session, member_id, days)
    app.hub.publish(MemberChanged(member_id))
    return days_id


def manual_days_of(session: Session, member_id: int, today: date) -> list[ManualDaysView]:
    """The member's manual days that don't end before `today`, by first day. Uses the caller's transaction."""
    rows = session.exec(
        select(ManualEntry)
        .where(ManualEntry.member_id == member_id)
        .where(or_(col(ManualEntry.last_day) >= today, col(ManualEntry.weekly)))
        .where(or_(col(ManualEntry.until).is_(None), col(ManualEntry.until) >= today))
        .order_by(col(ManualEntry.first_day), col(ManualEntry.id))
    )
    return [ManualDaysView(row.id or 0, to_manual_days(row)) for row in rows]


def to_manual_days(row: ManualEntry) -> ManualDays:
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
            raise InvalidInput("Last day", "These days are past. Choose today or a later day.")
        return ManualDays(days.first, days.last, days.action)
    if (days.last - days.first).days >= A_WEEK:
        raise InvalidInput("Last day", "Days that repeat every week can span at most 7 days. Choose an earlier day.")
    if days.until is not None:
        if days.until < days.last:
            raise InvalidInput("Until", "This is before the last day. Choose a later day, or leave it empty.")
        if days.until < today:
            raise InvalidInput("Until", "This day is past. Choose a later day, or leave it empty.")
        if days.until > today + AHEAD:
            raise InvalidInput("Until", "Days can be at most 2 years ahead. Choose an earlier day, or leave it empty.")
    return days


def _today(member: Member) -> date:
    return datetime.now(zone_of(member.zone)).date()
