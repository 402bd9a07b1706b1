"""Whether schedules may be inside each other the way their rules say."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.domain.schedules.shifts.nesting import NestingRefused, check_nesting
from oncall_ui.domain.schedules.shifts.rules import inner_of
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Schedule, ScheduleOneOff, ShiftRule
from oncall_ui.services.schedules.access import MAX_ID, may

UNKNOWN = "A rule names a role of a schedule that isn’t there, or isn’t yours to see. Choose another."


def nested_fillers(session: Session, schedule_id: int) -> frozenset[str]:
    """What the schedule's rules say about other schedules, as fillers name them."""
    fills = [fills for owner, fills in _all_fills(session) if owner == schedule_id]
    return frozenset(name for each in fills for kind, name in each.values() if kind == FillKind.SCHEDULE)


def check_nested(session: Session, member_id: int, schedule: Schedule, former: Collection[str] = ()) -> None:
    """Raises InvalidInput for a role that isn't there, one of a schedule the member may not see unless it is among the
    `former` fillers, a circle, and more than four schedules inside each other.
    """
    session.flush()
    fillers = nested_fillers(session, schedule.id or 0)
    for name in sorted(fillers):
        inner_id, role = inner_of(name)
        inner = session.get(Schedule, inner_id) if 0 < inner_id <= MAX_ID else None
        is_seen = name in former or may(session, member_id, inner_id, Access.VIEWER)
        if (
            inner is None
            or inner.archived_at is not None
            or role not in {each["name"] for each in inner.roles}
            or not is_seen
        ):
            raise InvalidInput("Shifts", UNKNOWN)
    if not fillers:
        return
    try:
        check_nesting(_by_name(session, member_id))
    except NestingRefused as error:
        raise InvalidInput("Shifts", str(error)) from error


def _by_name(session: Session, member_id: int) -> dict[str, set[str]]:
    """For each schedule, those that fill its shifts. Names are those the member may see."""
    names = {row.id or 0: _name(session, member_id, row) for row in session.exec(select(Schedule))}
    found: dict[str, set[str]] = {}
    for schedule_id, fills in _all_fills(session):
        for kind, name in fills.values():
            inner_id, _ = inner_of(name) if kind == FillKind.SCHEDULE else (0, "")
            if inner_id in names:
                found.setdefault(names[schedule_id], set()).add(names[inner_id])
    return found


def _all_fills(session: Session) -> Iterator[tuple[int, Mapping[str, Sequence[str]]]]:
    rules = session.exec(select(ShiftRule).where(col(ShiftRule.valid_to).is_(None)))
    one_offs = session.exec(select(ScheduleOneOff).where(col(ScheduleOneOff.valid_to).is_(None)))
    for row in (*rules, *one_offs):
        yield row.schedule_id, row.fills


def _name(session: Session, member_id: int, schedule: Schedule) -> str:
    name = schedule.name if may(session, member_id, schedule.id or 0, Access.VIEWER) else "Another schedule"
    same = select(Schedule.id).where(Schedule.name == schedule.name, Schedule.id != schedule.id)
    return f"{name} ({schedule.id})" if name != schedule.name or session.exec(same).first() else name
