"""Connections and calendars as pages may see them: read, filtered by their owner, nothing of credentials."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.domain.rules import Mode
from oncall_ui.domain.status import State
from oncall_ui.models import Calendar, Connection
from oncall_ui.services.installation import Installation
from oncall_ui.services.members import NotAllowed


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar's row as a page may show it."""

    id: int
    connection_id: int
    name: str
    is_on: bool
    mode: Mode
    counts_free: bool
    counts_all_day: bool
    state: State
    state_since: datetime
    why: str
    cause: str
    attempts: int
    events_read: int
    entries: int
    problems: tuple[str, ...]
    progress: int
    progress_share: float | None
    next_import_at: datetime | None
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection with its calendars, by name; nothing of its credentials."""

    id: int
    product: str
    product_name: str
    logo: str
    nickname: str
    account: str
    calendars: tuple[CalendarView, ...]

    @property
    def entries(self) -> int:
        return sum(calendar.entries for calendar in self.calendars)


def list_connections(app: Installation, member_id: int) -> list[ConnectionView]:
    """The member's connections, oldest first."""
    with app.db.read() as session:
        rows = session.exec(
            select(Connection).where(Connection.member_id == member_id).order_by(col(Connection.id))
        ).all()
        return [connection_view(app, session, row) for row in rows]


def get_connection(app: Installation, member_id: int, connection_id: int) -> ConnectionView:
    """Raises NotAllowed when it is not the member's, or not there: which of both is nobody's business."""
    with app.db.read() as session:
        return connection_view(app, session, owned(session, member_id, connection_id))


def connection_view(app: Installation, session: Session, row: Connection) -> ConnectionView:
    product = app.product(row.product)
    calendars = session.exec(
        select(Calendar).where(Calendar.connection_id == row.id).order_by(col(Calendar.name), col(Calendar.id))
    )
    return ConnectionView(
        id=row.id or 0,
        product=row.product,
        product_name=product.name if product else row.product,
        logo=product.logo if product else "ics.svg",
        nickname=row.nickname,
        account=row.account,
        calendars=tuple(calendar_view(calendar) for calendar in calendars),
    )


def calendar_view(row: Calendar) -> CalendarView:
    return CalendarView(
        id=row.id or 0,
        connection_id=row.connection_id,
        name=row.name,
        is_on=row.is_on,
        mode=row.mode,
        counts_free=row.counts_free,
        counts_all_day=row.counts_all_day,
        state=row.state,
        state_since=row.state_since,
        why=row.hint if row.state is State.UP_TO_DATE else row.why,
        cause=row.cause,
        attempts=row.attempts,
        events_read=row.events_read,
        entries=row.entries,
        problems=tuple(
            f"line {problem['line']}: {problem['message']}" if problem["line"] else str(problem["message"])
            for problem in row.problems
        ),
        progress=row.progress,
        progress_share=row.progress_share,
        next_import_at=row.next_import_at,
        last_read_at=row.last_read_at,
    )


def owned(session: Session, member_id: int, connection_id: int) -> Connection:
    row = session.get(Connection, connection_id)
    if row is None or row.member_id != member_id:
        raise NotAllowed
    return row
