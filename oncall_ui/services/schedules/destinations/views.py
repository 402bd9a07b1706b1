"""The destinations of a schedule as its managers see them: never an address or a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.destinations.fields import ROLE
from oncall_ui.domain.schedules.destinations.kinds import (
    DeliveryState,
    DestinationKind,
    DestinationState,
    EventKind,
)
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Delivery, Destination, Member
from oncall_ui.services.schedules.access import MAX_ID, open_schedule

SHOWN = 50
"""The newest deliveries that are listed."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    id: int
    event_id: str
    kind: EventKind
    state: DeliveryState
    created_at: datetime
    tried_at: datetime | None
    attempts: int
    status: int | None
    milliseconds: int | None
    why: str


@dataclass(frozen=True, slots=True)
class EditView:
    """A shift that somebody changed there. `user` is its holder’s id there, empty where ours was removed."""

    role: str
    start: datetime
    end: datetime
    user: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody whom the program has no user for by email, or for whom a manager chose one."""

    member_id: int
    name: str
    user: str
    """The id there, as chosen; empty: nobody yet."""


@dataclass(frozen=True, slots=True)
class DestinationView:
    id: int
    kind: DestinationKind
    name: str
    account: str
    state: DestinationState
    state_since: datetime
    why: str
    attempts: int
    next_at: datetime | None
    last_ok_at: datetime | None
    is_busy: bool
    """Something is on its way, or about to be."""
    events: tuple[EventKind, ...]
    places: Mapping[str, str]
    """By the key of a role’s field: the schedule there."""
    sent: int
    """Shifts there, the last time all were compared."""
    edits: tuple[EditView, ...]
    people: tuple[PersonView, ...]


def read_destinations(app: App, member_id: int, schedule_id: int) -> tuple[DestinationView, ...]:
    """By age. Raises NotAllowed unless the member manages the schedule."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        rows = select(Destination).where(Destination.schedule_id == schedule_id).order_by(col(Destination.id))
        return tuple(view_of(session, row) for row in session.exec(rows))


def read_destination(
    app: App, member_id: int, schedule_id: int, destination_id: int
) -> tuple[DestinationView, tuple[DeliveryView, ...]]:
    """With its newest deliveries, newest first. Raises NotAllowed."""
    with app.db.read() as session:
        destination = opened(session, member_id, schedule_id, destination_id)
        rows = select(Delivery).where(Delivery.destination_id == destination_id)
        found = session.exec(rows.order_by(col(Delivery.id).desc()).limit(SHOWN)).all()
        return view_of(session, destination), _deliveries(found)


def opened(session: Session, member_id: int, schedule_id: int, destination_id: int) -> Destination:
    """The destination of that schedule. Raises NotAllowed unless the member manages it."""
    open_schedule(session, member_id, schedule_id, Access.MANAGER)
    destination = session.get(Destination, destination_id) if 0 < destination_id <= MAX_ID else None
    if destination is None or destination.schedule_id != schedule_id:
        raise NotAllowed
    return destination


def view_of(session: Session, row: Destination) -> DestinationView:
    return DestinationView(
        id=row.id or 0,
        kind=row.kind,
        name=row.name,
        account=row.account,
        state=row.state,
        state_since=row.state_since,
        why=row.why,
        attempts=row.attempts,
        next_at=row.next_at,
        last_ok_at=row.last_ok_at,
        is_busy=row.state is not DestinationState.OFF and row.wanted != row.told and not row.attempts and not row.why,
        events=tuple(EventKind(each) for each in row.options.get("events", ())),
        places={ROLE + role: place for role, place in row.options.get("schedules", {}).items()},
        sent=int(row.result.get("sent", 0)),
        edits=_edits(row),
        people=_people(session, row),
    )


def _edits(row: Destination) -> tuple[EditView, ...]:
    roles = {place: role for role, place in row.options.get("schedules", {}).items()}
    return tuple(
        EditView(
            roles.get(each["place"], ""),
            datetime.fromisoformat(each["start"]),
            datetime.fromisoformat(each["end"]),
            each["user"],
        )
        for each in row.result.get("edits", ())
    )


def _people(session: Session, row: Destination) -> tuple[PersonView, ...]:
    chosen = {int(key): str(user) for key, user in row.options.get("people", {}).items()}
    unknown = {int(key) for key, _ in row.result.get("unknown", ())}
    ids = unknown | chosen.keys()
    rows = select(Member.id, Member.name).where(col(Member.id).in_(ids)).order_by(col(Member.name)) if ids else None
    found = session.exec(rows).all() if rows is not None else ()
    return tuple(PersonView(key or 0, name, chosen.get(key or 0, "")) for key, name in found)


def _deliveries(rows: Sequence[Delivery]) -> tuple[DeliveryView, ...]:
    return tuple(
        DeliveryView(
            id=row.id or 0,
            event_id=row.event_id,
            kind=row.kind,
            state=row.state,
            created_at=row.created_at,
            tried_at=row.tried_at,
            attempts=row.attempts,
            status=row.status,
            milliseconds=row.milliseconds,
            why=row.why,
        )
        for row in rows
    )
