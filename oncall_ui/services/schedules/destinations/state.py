"""The state of a destination: one function per transition, and the only code that writes its columns.

Each changes one row in memory; the caller has it locked in a write transaction and publishes the change afterwards.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from oncall_ui.domain.imports.failures import Failure, TryLater
from oncall_ui.domain.imports.retry import jittered
from oncall_ui.domain.schedules.destinations.kinds import DestinationState
from oncall_ui.domain.schedules.destinations.retrying import backoff
from oncall_ui.models import Destination, now

LEASE = timedelta(minutes=3)
"""Longer than one sending may take, so nothing has to renew it."""
READ_BACK = timedelta(hours=1)
"""How often what other programs hold of the shifts is compared with what is published."""


def claim(destination: Destination, lease: str) -> None:
    destination.lease, destination.lease_until = lease, now() + LEASE


def held(session: Session, destination_id: int, lease: str) -> Destination | None:
    """The destination, locked, if `lease` is still its own: who lost it changes nothing."""
    row = select(Destination).where(Destination.id == destination_id, Destination.lease == lease)
    return session.exec(row.with_for_update()).first()


def succeed(destination: Destination, told: int, *, why: str = "") -> None:
    """Everything that was wanted when `told` was counted is there. `why`: but for this, which a manager must decide."""
    destination.told, destination.last_ok_at = told, now()
    destination.attempts, destination.why, destination.cause = 0, why, ""
    _enter(destination, DestinationState.NEEDS_YOU if why else DestinationState.IN_STEP)
    destination.next_at = _next(destination)
    _end(destination)


def fail(destination: Destination, failure: Failure) -> None:
    """Who can act decides what is next: a manager, or the job after a wait."""
    is_another = destination.cause != failure.cause
    destination.why, destination.cause = failure.sentence, failure.cause.value
    destination.attempts += 1
    if failure.needs_member(1 if is_another else destination.attempts):
        _enter(destination, DestinationState.NEEDS_YOU)
        destination.next_at = None
    else:
        _enter(destination, DestinationState.RETRYING)
        wait = jittered(backoff(destination.attempts))
        if isinstance(failure, TryLater) and failure.retry_after:
            wait = max(wait, failure.retry_after)
        destination.next_at = now() + wait
    _end(destination)


def release(destination: Destination) -> None:
    """The sending ends before it has a result: it is due as before, and no failure counts."""
    _end(destination)


def try_now(destination: Destination, at: datetime) -> None:
    """Somebody wants to see whether it works: whatever it waits for. One that is off stays off."""
    if destination.state is DestinationState.OFF:
        return
    destination.wanted += 1
    destination.attempts, destination.next_at = 0, at


def changed(destination: Destination, at: datetime) -> None:
    """Its address, secrets or choices are others. What is under way with the old ones doesn't count."""
    _end(destination)
    if destination.state is not DestinationState.OFF:
        _enter(destination, DestinationState.WAITING)
        destination.why, destination.cause = "", ""
    try_now(destination, at)


def switch_on(destination: Destination, at: datetime) -> None:
    if destination.state is DestinationState.OFF:
        _enter(destination, DestinationState.WAITING)
        try_now(destination, at)


def switch_off(destination: Destination) -> None:
    """What is there stays there; nothing is sent and nothing noted."""
    _enter(destination, DestinationState.OFF)
    destination.attempts, destination.why, destination.cause, destination.next_at = 0, "", "", None
    destination.result = {}
    _end(destination)


def _next(destination: Destination) -> datetime | None:
    if destination.wanted != destination.told:
        return now()
    return now() + jittered(READ_BACK) if destination.kind.keeps_shifts else None


def _enter(destination: Destination, state: DestinationState) -> None:
    if destination.state is not state:
        destination.state, destination.state_since = state, now()


def _end(destination: Destination) -> None:
    destination.lease, destination.lease_until = None, None
