"""Reading a member's calendars again because what decides has changed: an address, the zone."""

from sqlmodel import Session, col, select

from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.connections.choose import enter_anew

AT_REST = (State.UP_TO_DATE, State.WAITING)


def read_again(session: Session, member_id: int) -> None:
    """Makes the calendars of the member that are on and well due at once, within the caller's transaction.

    One that waits for its server, or for the member, goes on waiting: its next reading sees the change by itself.
    """
    rows = session.exec(
        select(Calendar)
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(Connection.member_id == member_id, col(Calendar.is_on))
        .where(col(Calendar.state).in_([*AT_REST, State.IMPORTING]))
    )
    for calendar in rows:
        calendar.next_import_at = now()
        calendar.lease = None  # an import under the old rules must not finish
        if calendar.state in AT_REST:
            enter_anew(calendar, State.WAITING)
