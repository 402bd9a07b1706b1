"""The state of a destination, or of a member's channel: one function per transition, and the only code that writes it.

Each changes one row in memory; the caller has it locked in a write transaction and publishes the change afterwards.
"""

from datetime import datetime, timedelta
from typing import TypeVar

from sqlmodel import Session, select

from oncall_ui.domain.imports.failures import Failure, TryLater
from oncall_ui.domain.imports.retry import jittered
from oncall_ui.domain.schedules.destinations.kinds import DestinationState
from oncall_ui.domain.schedules.destinations.retrying import backoff
from oncall_ui.models import Destination, Receiver, now

R = TypeVar("R", bound=Receiver)
LEASE = timedelta(minutes=3)
"""Longer than one sending may take, so nothing has to renew it."""
READ_BACK = timedelta(hours=1)
"""How often what other programs hold of the shifts is compared with what is published."""


def claim(receiver: Receiver, lease: str) -> None:
    receiver.lease, receiver.lease_until = lease, now() + LEASE


def held(session: Session, destination_id: int, lease: str) -> Destination | None:
    """The destination, locked, if `lease` is still its own: who lost it changes nothing."""
    return held_of(session, Destination, destination_id, lease)


def held_of(session: Session, table: type[R], receiver_id: int, lease: str) -> R | None:
    """As `held`, for a row of any of the tables."""
    row = select(table).where(table.id == receiver_id, table.lease == lease)  # type: ignore[attr-defined]  # each has one
    return session.exec(row.with_for_update()).first()


def succeed(receiver: Receiver, told: int, *, why: str = "") -> None:
    """Everything that was wanted when `told` was counted is there. `why`: but for this, which a manager must decide."""
    receiver.told, receiver.last_ok_at = told, now()
    receiver.attempts, receiver.why, receiver.cause = 0, why, ""
    _enter(receiver, DestinationState.NEEDS_YOU if why else DestinationState.IN_STEP)
    receiver.next_at = _next(receiver)
    _end(receiver)


def nothing_sent(receiver: Receiver, told: int) -> None:
    """What waited isn't news any more: nothing is known to be wrong."""
    receiver.told, receiver.attempts, receiver.why, receiver.cause = told, 0, "", ""
    _enter(receiver, DestinationState.IN_STEP if receiver.last_ok_at else DestinationState.WAITING)
    receiver.next_at = _next(receiver)
    _end(receiver)


def wait_until(receiver: Receiver, at: datetime) -> None:
    """Nothing may be sent before then, unless something else is."""
    if receiver.next_at is None:
        receiver.next_at = at


def worked(receiver: Receiver, at: datetime) -> None:
    """Somebody tried it, and it works: what waits is sent now. One that is off stays off."""
    receiver.last_ok_at = at
    if receiver.state is DestinationState.OFF:
        return
    receiver.attempts, receiver.why, receiver.cause = 0, "", ""
    _enter(receiver, DestinationState.IN_STEP)
    if receiver.wanted != receiver.told:
        receiver.next_at = at


def tried_in_vain(receiver: Receiver, failure: Failure) -> None:
    """Somebody tried it, and it doesn't work. One that is off stays off."""
    if receiver.state is not DestinationState.OFF:
        fail(receiver, failure)


def is_news(receiver: Receiver, failure: Failure | None) -> bool:
    """False if the last sending failed in the same way: the log has it already. Ask before `fail`."""
    return failure is None or not receiver.attempts or receiver.cause != failure.cause.value


def fail(receiver: Receiver, failure: Failure) -> None:
    """Who can act decides what is next: a manager, or the job after a wait."""
    is_another = receiver.cause != failure.cause
    receiver.why, receiver.cause = failure.sentence, failure.cause.value
    receiver.attempts += 1
    if failure.needs_member(1 if is_another else receiver.attempts):
        _enter(receiver, DestinationState.NEEDS_YOU)
        receiver.next_at = None
    else:
        _enter(receiver, DestinationState.RETRYING)
        wait = jittered(backoff(receiver.attempts))
        if isinstance(failure, TryLater) and failure.retry_after:
            wait = max(wait, failure.retry_after)
        receiver.next_at = now() + wait
    _end(receiver)


def release(receiver: Receiver) -> None:
    """The sending ends before it has a result: it is due as before, and no failure counts."""
    _end(receiver)


def try_now(receiver: Receiver, at: datetime) -> None:
    """Somebody wants to see whether it works: whatever it waits for. One that is off stays off."""
    if receiver.state is DestinationState.OFF:
        return
    receiver.wanted += 1
    receiver.attempts, receiver.next_at = 0, at


def changed(receiver: Receiver, at: datetime) -> None:
    """Its address, secrets or choices are others. What is under way with the old ones doesn't count."""
    _end(receiver)
    if receiver.state is not DestinationState.OFF:
        _enter(receiver, DestinationState.WAITING)
        receiver.why, receiver.cause = "", ""
    try_now(receiver, at)


def switch_on(receiver: Receiver, at: datetime) -> None:
    if receiver.state is DestinationState.OFF:
        _enter(receiver, DestinationState.WAITING)
        try_now(receiver, at)


def switch_off(receiver: Receiver) -> None:
    """What is there stays there; nothing is sent and nothing noted."""
    _enter(receiver, DestinationState.OFF)
    receiver.attempts, receiver.why, receiver.cause, receiver.next_at = 0, "", "", None
    if isinstance(receiver, Destination):
        receiver.result = {}
    _end(receiver)


def _next(receiver: Receiver) -> datetime | None:
    if receiver.wanted != receiver.told:
        return now()
    return now() + jittered(READ_BACK) if receiver.kind.keeps_shifts else None


def _enter(receiver: Receiver, state: DestinationState) -> None:
    if receiver.state is not state:
        receiver.state, receiver.state_since = state, now()


def _end(receiver: Receiver) -> None:
    receiver.lease, receiver.lease_until = None, None
