"""What is stored about a member, for the member to see."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.errors import NotAllowed
from oncall_ui.models import (
    Assignment,
    AuthorizationRequest,
    Availability,
    Calendar,
    Connection,
    GuideRemark,
    LoginSession,
    ManualEntry,
    Member,
    Participant,
    Schedule,
    TrustedAddress,
    now,
)
from oncall_ui.services.accounts.logging_in.sessions import SessionView, sessions_of
from oncall_ui.services.connections.names import shown_name


@dataclass(frozen=True, slots=True)
class StoredInterval:
    """A row of availability as stored; aware UTC, end exclusive."""

    start: datetime
    end: datetime
    action: Action
    calendar: str


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A connection without its credentials. `signs_in`: they are an OAuth grant, not typed in."""

    product: str
    nickname: str
    account: str
    addresses: tuple[str, ...]
    created_at: datetime
    signs_in: bool
    calendars: int
    calendars_on: int
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredManualDays:
    """Days that the member added; `last_day` inclusive."""

    first_day: date
    last_day: date
    action: Action
    weekly: bool
    until: date | None


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """A schedule the member is on. Its shifts and sums stay without the name when the account goes."""

    name: str
    shifts: int


@dataclass(frozen=True, slots=True)
class StoredData:
    """Everything except the intervals themselves, of which there may be many."""

    name: str
    email: str
    zone: str
    is_admin: bool
    created_at: datetime
    theme: str
    country: str
    region: str
    holidays_block: bool
    intervals: int
    connections: tuple[StoredConnection, ...]
    trusted: tuple[str, ...]
    manual_days: tuple[StoredManualDays, ...]
    sessions: tuple[SessionView, ...]
    pending_sign_ins: int
    """Sign-ins that the member started at a provider and hasn't finished."""
    schedules: tuple[StoredSchedule, ...] = ()
    remarks: tuple[str, ...] = ()
    """What the member said of guides."""


def stored_data(app: App, member_id: int) -> StoredData:
    """Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        return StoredData(
            name=member.name,
            email=member.email,
            zone=member.zone,
            is_admin=member.is_admin,
            created_at=member.created_at,
            theme=member.theme,
            country=member.country,
            region=member.region,
            holidays_block=member.holidays_block,
            intervals=_how_many(session, member_id),
            connections=_connections(app, session, member_id),
            trusted=_trusted(session, member_id),
            manual_days=_manual_days(session, member_id),
            sessions=sessions_of(app, session, member_id),
            pending_sign_ins=_pending_sign_ins(session, member_id),
            schedules=_schedules(session, member_id),
            remarks=_remarks(session, member_id),
        )


def intervals_of(app: App, member_id: int, first: int | None = None) -> list[StoredInterval]:
    """Sorted by start and end; the first `first`, or all."""
    with app.db.read() as session:
        rows = session.execute(
            columns_of(col(Availability.start), col(Availability.end), col(Availability.action), shown_name())
            .join(Calendar, col(Availability.calendar_id) == col(Calendar.id))
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Availability.member_id) == member_id)
            .order_by(col(Availability.start), col(Availability.end), col(Availability.id))
            .limit(first)
        )
        return [StoredInterval(*row) for row in rows]


def _how_many(session: Session, member_id: int) -> int:
    return session.exec(select(func.count()).where(col(Availability.member_id) == member_id)).one()


def _connections(app: App, session: Session, member_id: int) -> tuple[StoredConnection, ...]:
    rows = session.exec(select(Connection).where(Connection.member_id == member_id).order_by(col(Connection.id)))
    return tuple(_connection(app, session, row) for row in rows.all())


def _connection(app: App, session: Session, row: Connection) -> StoredConnection:
    product = app.product(row.product)
    calendars = session.exec(select(Calendar).where(Calendar.connection_id == row.id)).all()
    return StoredConnection(
        product=product.name if product else row.product,
        nickname=row.nickname,
        account=row.account,
        addresses=tuple(row.addresses),
        created_at=row.created_at,
        signs_in=product is not None and product.sign_in is not None,
        calendars=len(calendars),
        calendars_on=sum(calendar.is_on for calendar in calendars),
        last_read_at=max((each.last_read_at for each in calendars if each.last_read_at), default=None),
    )


def _trusted(session: Session, member_id: int) -> tuple[str, ...]:
    rows = select(TrustedAddress.address).where(TrustedAddress.member_id == member_id)
    return tuple(session.exec(rows.order_by(col(TrustedAddress.id))))


def _manual_days(session: Session, member_id: int) -> tuple[StoredManualDays, ...]:
    rows = session.exec(
        select(ManualEntry)
        .where(ManualEntry.member_id == member_id)
        .order_by(col(ManualEntry.first_day), col(ManualEntry.id))
    )
    return tuple(StoredManualDays(row.first_day, row.last_day, row.action, row.weekly, row.until) for row in rows)


def _schedules(session: Session, member_id: int) -> tuple[StoredSchedule, ...]:
    rows = session.exec(
        select(Schedule.name, func.count(col(Assignment.id)))
        .join(Participant, col(Participant.schedule_id) == col(Schedule.id))
        .outerjoin(Assignment, col(Assignment.participant_id) == col(Participant.id))
        .where(Participant.member_id == member_id)
        .group_by(col(Schedule.id), col(Schedule.name))
        .order_by(col(Schedule.id))
    )
    return tuple(StoredSchedule(name, shifts) for name, shifts in rows)


def _remarks(session: Session, member_id: int) -> tuple[str, ...]:
    rows = select(GuideRemark.text).where(GuideRemark.member_id == member_id)
    return tuple(session.exec(rows.order_by(col(GuideRemark.id))))


def _pending_sign_ins(session: Session, member_id: int) -> int:
    rows = (
        select(func.count())
        .select_from(AuthorizationRequest)
        .join(LoginSession, col(AuthorizationRequest.session_id) == col(LoginSession.id))
        .where(col(LoginSession.member_id) == member_id, col(AuthorizationRequest.expires_at) > now())
    )
    return session.exec(rows).one()
