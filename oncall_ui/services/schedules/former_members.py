"""Takes an account out of its schedules: the name goes, shifts and sums stay, so that everybody else's stay right."""

from sqlmodel import Session, col, delete, func, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.models import Assignment, Participant, RotaName, Schedule, ShiftConflict, now
from oncall_ui.services.schedules.cover.rows import forget
from oncall_ui.services.schedules.destinations.forget import forget_in_destinations
from oncall_ui.services.schedules.people import leave


def forget_in_schedules(session: Session, member_id: int) -> list[int]:
    """They leave every schedule today, and are called “Former member 1”, 2 … there. Returns the schedules' ids."""
    forget_in_destinations(session, member_id)
    rows = session.exec(select(Participant).where(Participant.member_id == member_id)).all()
    session.exec(delete(RotaName).where(col(RotaName.participant_id).in_([row.id for row in rows])))
    for row in rows:
        schedule = session.get_one(Schedule, row.schedule_id)
        gone = select(func.count()).select_from(Participant).where(Participant.schedule_id == row.schedule_id)
        number = session.exec(gone.where(col(Participant.member_id).is_(None))).one() + 1
        leave(session, row.schedule_id, row, now().astimezone(zone_of(schedule.zone)).date())
        forget(session, row.id or 0, member_id, now())
        row.name, row.member_id, row.colour_freed_at = f"Former member {number}", None, now()
        _forget_blocks(session, row.id or 0)
        session.flush()
    return [row.schedule_id for row in rows]


def _forget_blocks(session: Session, participant_id: int) -> None:
    """The conflicts of their shifts say when they were blocked."""
    rows = select(ShiftConflict).join(Assignment, col(ShiftConflict.assignment_id) == col(Assignment.id))
    for row in session.exec(rows.where(Assignment.participant_id == participant_id)):
        row.about = {}
