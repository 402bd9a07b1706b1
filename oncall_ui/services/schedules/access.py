"""Who may do what with a schedule. Every verb about schedules asks here first, in its own transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import LastManager, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Member, Participant, Schedule, ScheduleAccess
from oncall_ui.services.audit.record import record

MAX_ID = 2**31 - 1
"""The largest id PostgreSQL accepts."""


@dataclass(frozen=True, slots=True)
class AccessLine:
    """What a member may do with a schedule."""

    member_id: int
    name: str
    access: Access
    is_participant: bool


def open_schedule(session: Session, member_id: int, schedule_id: int, needed: Access) -> Schedule:
    """The schedule. Raises NotAllowed unless the member has as much access as `needed`; administrators have all."""
    schedule = session.get(Schedule, schedule_id) if 0 < schedule_id <= MAX_ID else None
    if schedule is None or not may(session, member_id, schedule_id, needed):
        raise NotAllowed
    return schedule


def lock_schedule(session: Session, member_id: int, schedule_id: int, needed: Access) -> Schedule:
    """As `open_schedule`, and serialises changes to the schedule until the transaction ends.

    Raises NotAllowed for one that is archived, too.
    """
    schedule = open_schedule(session, member_id, schedule_id, needed)
    session.refresh(schedule, with_for_update={"key_share": True})
    # Asked again: the transaction that held the lock may have taken it away.
    if schedule.archived_at is not None or not may(session, member_id, schedule_id, needed):
        raise NotAllowed
    return schedule


def may(session: Session, member_id: int, schedule_id: int, needed: Access) -> bool:
    held = access_of(session, member_id, schedule_id)
    return held is not None and held.includes(needed)


def access_of(session: Session, member_id: int, schedule_id: int) -> Access | None:
    """What the member may do; None: nothing, not even see it."""
    member = session.get(Member, member_id)
    if member is None:
        return None
    if member.is_admin:
        return Access.MANAGER
    row = session.get(ScheduleAccess, (schedule_id, member_id), populate_existing=True)
    return row.access if row else None


def access_of_each(session: Session, member_ids: Collection[int], schedule_id: int) -> Mapping[int, Access]:
    """As `access_of`, for several members by one question; those who may do nothing are left out."""
    rows = session.exec(
        select(Member.id, Member.is_admin, ScheduleAccess.access)
        .outerjoin(
            ScheduleAccess,
            (col(ScheduleAccess.member_id) == col(Member.id)) & (col(ScheduleAccess.schedule_id) == schedule_id),
        )
        .where(col(Member.id).in_(member_ids))
    )
    found: dict[int, Access] = {}
    for each, is_admin, access in rows:
        if each is not None and (is_admin or access is not None):
            found[each] = Access.MANAGER if is_admin else Access(access)
    return found


def read_access(app: App, member_id: int, schedule_id: int) -> tuple[AccessLine, ...]:
    """Everybody who was given access, by name. Raises NotAllowed unless the member may see the schedule."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.VIEWER)
        people = set(session.exec(select(Participant.member_id).where(Participant.schedule_id == schedule_id)))
        rows = session.exec(
            select(ScheduleAccess, Member)
            .join(Member, col(ScheduleAccess.member_id) == col(Member.id))
            .where(ScheduleAccess.schedule_id == schedule_id)
            .order_by(col(Member.name), col(Member.id))
        )
        return tuple(
            AccessLine(row.member_id, member.name, row.access, row.member_id in people) for row, member in rows
        )


def set_access(app: App, member_id: int, schedule_id: int, of: int, access: Access | None) -> None:
    """Gives the member `of` access, or takes it away with None.

    Managers may do so for everybody, and everybody may give up their own. Raises LastManager, and NotAllowed.
    """
    with app.db.write() as session:
        needed = Access.VIEWER if of == member_id and access is None else Access.MANAGER
        schedule = lock_schedule(session, member_id, schedule_id, needed)
        if session.get(Member, of) is None:
            raise NotAllowed
        former = session.get(ScheduleAccess, (schedule_id, of))
        if (former.access if former else None) is access:
            return
        if former and former.access is Access.MANAGER and _managers(session, schedule_id) == [of]:
            raise LastManager
        _store(session, schedule_id, of, former, access)
        what = access.value if access else "none"
        record(
            session,
            AuditAction.SCHEDULE_ACCESS_CHANGED,
            by=member_id,
            about=of,
            what=schedule.name,
            schedule=schedule_id,
            access=what,
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def give_access(session: Session, schedule_id: int, member_id: int, access: Access) -> None:
    """Unless the member has as much already."""
    former = session.get(ScheduleAccess, (schedule_id, member_id))
    if former is None or not former.access.includes(access):
        _store(session, schedule_id, member_id, former, access)


def _store(
    session: Session, schedule_id: int, member_id: int, former: ScheduleAccess | None, access: Access | None
) -> None:
    if access is None:
        if former is not None:
            session.delete(former)
    elif former is None:
        session.add(ScheduleAccess(schedule_id=schedule_id, member_id=member_id, access=access))
    else:
        former.access = access


def _managers(session: Session, schedule_id: int) -> list[int]:
    rows = select(ScheduleAccess.member_id).where(
        ScheduleAccess.schedule_id == schedule_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    return list(session.exec(rows))
