"""Managers add, change, switch and remove the destinations of a schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DeliveryState, DestinationKind, EventKind
from oncall_ui.domain.schedules.destinations.webhook import new_secret
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Delivery, Destination, Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.checking import NAME, checked
from oncall_ui.services.schedules.destinations.secrets import open_secrets, seal_secrets
from oncall_ui.services.schedules.rules import roles_of

MOST = 10
"""Destinations of one schedule."""
SECRET = "secret"  # noqa: S105 - a key, not a value
TOO_MANY = f"A schedule has {MOST} destinations at most. Remove one first."
SWITCHED_OFF = "The destination was switched off."


@dataclass(frozen=True, slots=True)
class Added:
    """`secret` is what its receiver checks signatures with, to be shown once; empty where nothing is signed."""

    id: int
    secret: str = field(default="", repr=False)


def add_destination(
    app: App, member_id: int, schedule_id: int, kind: DestinationKind, name: str, values: Mapping[str, str]
) -> Added:
    """Raises InvalidInput, and NotAllowed unless the member manages the schedule. Its first event may be a test."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        found = checked(kind, roles_of(schedule), name, values, {})
        if _count(session, schedule_id) >= MOST:
            raise InvalidInput(NAME, TOO_MANY)
        secrets = dict(found.secrets)
        if kind is DestinationKind.WEBHOOK:
            secrets[SECRET] = new_secret()
        destination = Destination(
            schedule_id=schedule_id,
            kind=kind,
            name=found.name,
            account=found.account,
            sealed=seal_secrets(app, secrets),
            options={"events": [each.value for each in CHOSEN_BY_KIND[kind]], "schedules": found.places},
        )
        session.add(destination)
        session.flush()
        _record(session, AuditAction.DESTINATION_ADDED, member_id, schedule, destination)
        added = Added(destination.id or 0, secrets.get(SECRET, ""))
    app.hub.publish(ScheduleChanged(schedule_id))
    return added


def change_destination(
    app: App,
    member_id: int,
    schedule_id: int,
    destination_id: int,
    name: str,
    values: Mapping[str, str],
    events: Sequence[EventKind],
) -> None:
    """What is left empty among `values` stays as it is. It is tried at once. Raises InvalidInput and NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        found = checked(destination.kind, roles_of(schedule), name, values, _opened(app, destination))
        destination.name, destination.account = found.name, found.account
        destination.sealed = seal_secrets(app, found.secrets)
        wanted = [each.value for each in EventKind if each in events and each is not EventKind.TEST]
        destination.options = {**destination.options, "events": wanted, "schedules": found.places}
        state.changed(destination, now())
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination)
    app.hub.publish(ScheduleChanged(schedule_id))


def renew_secret(app: App, member_id: int, schedule_id: int, destination_id: int) -> str:
    """A new secret for a webhook; the old one signs nothing any more. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        secrets = _opened(app, destination)
        if destination.kind is not DestinationKind.WEBHOOK or "url" not in secrets:
            raise NotAllowed
        secrets[SECRET] = new_secret()
        destination.sealed = seal_secrets(app, secrets)
        state.changed(destination, now())
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination)
    app.hub.publish(ScheduleChanged(schedule_id))
    return secrets[SECRET]


def switch_destination(app: App, member_id: int, schedule_id: int, destination_id: int, is_on: bool) -> None:
    """Off: what is there stays, and nothing is sent; nor is it later, when it is on again. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        if is_on:
            state.switch_on(destination, now())
        else:
            state.switch_off(destination)
            _give_up_waiting(session, destination)
        _record(session, AuditAction.DESTINATION_CHANGED, member_id, schedule, destination, on=int(is_on))
    app.hub.publish(ScheduleChanged(schedule_id))


def remove_destination(app: App, member_id: int, schedule_id: int, destination_id: int) -> None:
    """What is there stays there. Raises NotAllowed."""
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        _record(session, AuditAction.DESTINATION_REMOVED, member_id, schedule, destination)
        session.delete(destination)
    app.hub.publish(ScheduleChanged(schedule_id))


def _give_up_waiting(session: Session, destination: Destination) -> None:
    waiting = select(Delivery).where(Delivery.destination_id == destination.id, Delivery.state == DeliveryState.WAITING)
    for delivery in session.exec(waiting):
        delivery.state, delivery.why = DeliveryState.GIVEN_UP, SWITCHED_OFF


def locked(session: Session, member_id: int, schedule_id: int, destination_id: int) -> tuple[Schedule, Destination]:
    """Both, locked for a change. Raises NotAllowed unless the member manages the schedule, and it is of that one."""
    schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
    if not 0 < destination_id <= MAX_ID:
        raise NotAllowed
    rows = select(Destination).where(Destination.id == destination_id, Destination.schedule_id == schedule_id)
    destination = session.exec(rows.with_for_update()).first()
    if destination is None:
        raise NotAllowed
    return schedule, destination


def _opened(app: App, destination: Destination) -> dict[str, str]:
    """Empty where no key opens them: everything has to be entered again."""
    try:
        return open_secrets(app, destination)
    except Failure:
        return {}


def _count(session: Session, schedule_id: int) -> int:
    rows = select(func.count(col(Destination.id))).where(Destination.schedule_id == schedule_id)
    return session.exec(rows).one()


def _record(
    session: Session, action: AuditAction, by: int, schedule: Schedule, destination: Destination, **facts: int
) -> None:
    also = {"kind": destination.kind.value, "name": destination.name, **facts}
    record(session, action, by=by, what=schedule.name, also=also)
