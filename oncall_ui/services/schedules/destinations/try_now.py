"""Managers look whether a destination works: a test, another try, an event sent again."""

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationState, EventKind
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Delivery, Destination, now
from oncall_ui.services.schedules.access import MAX_ID
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.manage import locked
from oncall_ui.services.schedules.destinations.outbox import note_for

OFF = "It is off. Switch it on first."
FIELD = "Send test"


def send_test(app: App, member_id: int, schedule_id: int, destination_id: int) -> None:
    """Sends it an event of the kind `test`, or, where a program holds our shifts, compares them now.

    Whatever it waits for, it is tried at once. Raises InvalidInput where it is off, and NotAllowed.
    """
    with app.db.write() as session:
        schedule, destination = locked(session, member_id, schedule_id, destination_id)
        _require_on(destination)
        if not destination.kind.keeps_shifts:
            note_for(session, schedule, EventKind.TEST, {"by": member_id}, destination, now())
        state.try_now(destination, now())
    app.hub.publish(ScheduleChanged(schedule_id))


def resend(app: App, member_id: int, schedule_id: int, destination_id: int, delivery_id: int) -> None:
    """Sends an event once more, with the same id. Raises InvalidInput where the destination is off, and NotAllowed."""
    with app.db.write() as session:
        _, destination = locked(session, member_id, schedule_id, destination_id)
        delivery = session.get(Delivery, delivery_id) if 0 < delivery_id <= MAX_ID else None
        if delivery is None or delivery.destination_id != destination_id:
            raise NotAllowed
        _require_on(destination)
        delivery.state, delivery.why = DeliveryState.WAITING, ""
        delivery.noted_at = now()
        state.try_now(destination, now())
    app.hub.publish(ScheduleChanged(schedule_id))


def _require_on(destination: Destination) -> None:
    if destination.state is DestinationState.OFF:
        raise InvalidInput(FIELD, OFF)
