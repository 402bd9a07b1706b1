"""Sends the events that wait for one destination, oldest first, and records how each went.

An event is sent until its receiver has taken it, so after a killed process one may arrive twice: with the same id.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
import structlog
from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.answers import RefusedOne, check_status
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState
from oncall_ui.domain.schedules.destinations.retrying import WORTH_SENDING
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Delivery, now
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import Sending
from oncall_ui.services.schedules.destinations.posting import Answer, post
from oncall_ui.services.schedules.destinations.requests import Event, Outgoing, outgoing

log = structlog.get_logger()

MOST_AT_ONCE = 10
"""Deliveries for which a destination keeps its place; then it queues up again."""
TOO_OLD = "It stayed undelivered for 7 days."


@dataclass(frozen=True, slots=True)
class _Tried:
    answer: Answer | None = None
    failure: Failure | None = None
    refusal: str = ""


async def deliver(app: App, sending: Sending) -> None:
    """Raises nothing that a receiver can cause."""
    refusal = ""
    for _ in range(MOST_AT_ONCE):
        event = await asyncio.to_thread(_next, app, sending)
        if event is None:
            break
        tried = await _try(app, sending, event)
        if not await asyncio.to_thread(_record, app, sending, event, tried):
            break
        if tried.failure:
            break
        refusal = tried.refusal
    else:
        event = None
    if event is None:
        await asyncio.to_thread(_finish, app, sending, refusal)
    app.hub.publish(ScheduleChanged(sending.schedule_id))


def forget_deliveries(app: App) -> int:
    """Erases what was sent, or given up, more than 30 days ago. Returns how many."""
    with app.db.write() as session:
        rows = select(Delivery).where(
            Delivery.state != DeliveryState.WAITING, col(Delivery.noted_at) < now() - timedelta(days=30)
        )
        found = session.exec(rows).all()
        for row in found:
            session.delete(row)
        return len(found)


def _next(app: App, sending: Sending) -> Event | None:
    with app.db.write() as session:
        waiting = (
            col(Delivery.destination_id) == sending.destination_id,
            col(Delivery.state) == DeliveryState.WAITING,
        )
        too_old = col(Delivery.noted_at) < now() - WORTH_SENDING
        session.exec(update(Delivery).where(*waiting, too_old).values(state=DeliveryState.GIVEN_UP, why=TOO_OLD))
        row = session.exec(select(Delivery).where(*waiting).order_by(col(Delivery.id))).first()
        if row is None:
            return None
        url = f"{app.settings.public_url}/schedules/{sending.schedule_id}"
        return Event(row.event_id, row.kind, row.facts, row.created_at, url)


async def _try(app: App, sending: Sending, event: Event) -> _Tried:
    answer = None
    try:
        made = _made(sending, event)
        answer = await post(app, made.url, made.body, made.headers)
        check_status(answer.status, httpx.URL(made.url).host, answer.retry_after)
    except RefusedOne as refused:
        return _Tried(answer, refusal=refused.sentence)
    except Failure as failure:
        return _Tried(answer, failure)
    return _Tried(answer)


def _made(sending: Sending, event: Event) -> Outgoing:
    """Raises RefusedOne for an event that can't be written, whatever is stored there: the others still go."""
    try:
        return outgoing(sending.kind, sending.secrets, event, now())
    except (LookupError, TypeError, ValueError):
        log.exception("event can't be written, giving it up", destination=sending.destination_id, event=event.id)
        raise RefusedOne("Something went wrong on this server. Its log says what.") from None


def _record(app: App, sending: Sending, event: Event, tried: _Tried) -> bool:
    """Whether the lease was still its own."""
    with app.db.write() as session:
        destination = state.held(session, sending.destination_id, sending.lease)
        if destination is None:
            # The receiver has it all the same, unless it was changed meanwhile.
            return False
        delivery = _row(session, sending, event)
        delivery.attempts, delivery.tried_at = delivery.attempts + 1, now()
        delivery.status = tried.answer.status if tried.answer else None
        delivery.milliseconds = tried.answer.milliseconds if tried.answer else None
        delivery.why = tried.failure.sentence if tried.failure else tried.refusal
        is_news = state.is_news(destination, tried.failure)
        if tried.failure:
            state.fail(destination, tried.failure)
        else:
            delivery.state = DeliveryState.REFUSED if tried.refusal else DeliveryState.DELIVERED
    if tried.failure:
        failure = tried.failure
        (log.warning if is_news else log.debug)(
            "not delivered", **_about(sending, event), cause=failure.cause.value, detail=failure.detail
        )
    else:
        log.info("delivered", **_about(sending, event), status=tried.answer.status if tried.answer else None)
    return True


def _row(session: Session, sending: Sending, event: Event) -> Delivery:
    rows = select(Delivery).where(Delivery.destination_id == sending.destination_id, Delivery.event_id == event.id)
    return session.exec(rows).one()


def _finish(app: App, sending: Sending, refusal: str) -> None:
    with app.db.write() as session:
        if destination := state.held(session, sending.destination_id, sending.lease):
            waiting = select(Delivery.id).where(
                Delivery.destination_id == sending.destination_id, Delivery.state == DeliveryState.WAITING
            )
            is_more = session.exec(waiting).first() is not None
            state.succeed(destination, sending.wanted - is_more, why=refusal)


def _about(sending: Sending, event: Event) -> dict[str, object]:
    return {"destination": sending.destination_id, "host": sending.holder.host, "kind": event.kind.value}
