"""Sends the messages that wait for one channel, oldest first, and records how each went.

A message counts as delivered before it is sent, so that nothing is sent twice, whenever this process ends; one that
certainly didn’t arrive waits again. It is written when it is sent, from what is so by then.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog
from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.answers import RefusedOne, check_status
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationState
from oncall_ui.domain.schedules.destinations.messages import Message as Brief
from oncall_ui.domain.schedules.messages.channels import may_try_again
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Channel, ChannelDelivery, Message, now
from oncall_ui.services.imports.damage import DATABASE_LOST
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.posting import Conversation, post
from oncall_ui.services.schedules.destinations.requests import message_request
from oncall_ui.services.schedules.messages.outbox import due_now
from oncall_ui.services.sharing.channels.claim import ChannelSending
from oncall_ui.services.sharing.messages.writers import brief

log = structlog.get_logger()

MOST_AT_ONCE = 10
"""Messages for which a channel keeps its place; then it queues up again."""
MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message that counts as delivered, ready to be sent."""

    delivery_id: int
    event_id: str
    brief: Brief


@dataclass(frozen=True, slots=True)
class _Tried:
    failure: Failure | None = None
    refusal: str = ""
    may_have_arrived: bool = False


async def deliver_messages(app: App, sending: ChannelSending, *, at: datetime | None = None) -> None:
    """Raises nothing that a receiver can cause."""
    held: dict[int, datetime] = {}
    sent, refusal = 0, ""
    for delivery_id in await asyncio.to_thread(_waiting, app, sending):
        if sent == MOST_AT_ONCE:
            break
        taken = await asyncio.to_thread(_take, app, sending, delivery_id, at or now())
        if isinstance(taken, datetime):
            held[delivery_id] = taken
        elif taken is not None:
            tried = await _try(app, sending, taken)
            is_ours = await asyncio.to_thread(_record, app, sending, taken, tried)
            if tried.failure or not is_ours:
                app.hub.publish(MemberChanged(sending.member_id))
                return
            sent, refusal = sent + 1, tried.refusal
    await asyncio.to_thread(_finish, app, sending, held, sent=sent, refusal=refusal)
    app.hub.publish(MemberChanged(sending.member_id))


def _waiting(app: App, sending: ChannelSending) -> list[int]:
    with app.db.read() as session:
        rows = select(ChannelDelivery.id).where(*_waits(sending)).order_by(col(ChannelDelivery.id))
        return [row or 0 for row in session.exec(rows.limit(MOST_WAITING))]


def _waits(sending: ChannelSending) -> tuple[bool, bool]:
    return ChannelDelivery.channel_id == sending.channel_id, ChannelDelivery.state == DeliveryState.WAITING


def _take(app: App, sending: ChannelSending, delivery_id: int, moment: datetime) -> _Taken | datetime | None:
    """Marks it as delivered. A moment: not before then. None: it isn't wanted, isn't news, or the lease is lost."""
    try:
        with app.db.write() as session:
            return _taken(app, session, sending, delivery_id, moment)
    except DATABASE_LOST:
        raise
    except Exception:  # whatever is stored there: the others still go
        log.exception("message can't be written, giving it up", delivery=delivery_id)
        with app.db.write() as session:
            if delivery := session.get(ChannelDelivery, delivery_id):
                delivery.state = DeliveryState.GIVEN_UP
        return None


def _taken(
    app: App, session: Session, sending: ChannelSending, delivery_id: int, moment: datetime
) -> _Taken | datetime | None:
    channel = state.held_of(session, Channel, sending.channel_id, sending.lease)
    delivery = session.get(ChannelDelivery, delivery_id)
    if channel is None or delivery is None or delivery.state is not DeliveryState.WAITING:
        return None
    message = session.get_one(Message, delivery.message_id)
    due = due_now(session, message, moment)
    if moment < due <= message.until:
        return due
    is_news = due <= moment <= message.until and message.kind.switch.value in channel.kinds
    written = brief(session, message, moment, app.settings.public_url) if is_news else None
    delivery.state = DeliveryState.DELIVERED if written else DeliveryState.GIVEN_UP
    if written is None:
        return None
    delivery.attempts, delivery.tried_at = delivery.attempts + 1, moment
    return _Taken(delivery_id, delivery.event_id, written)


async def _try(app: App, sending: ChannelSending, taken: _Taken) -> _Tried:
    conversation, answer = Conversation(), None
    try:
        made = message_request(sending.kind, sending.secrets, taken.event_id, taken.brief)
        answer = await post(app, made.url, made.body, made.headers, conversation)
        check_status(answer.status, httpx.URL(made.url).host, answer.retry_after)
    except RefusedOne as refused:
        return _Tried(refusal=refused.sentence)
    except Failure as failure:
        # An answer that is an error means that it wasn't taken.
        return _Tried(failure, may_have_arrived=answer is None and conversation.has_begun)
    return _Tried()


def _record(app: App, sending: ChannelSending, taken: _Taken, tried: _Tried) -> bool:
    """Whether the lease was still its own. What certainly didn't arrive waits again in any case."""
    about = {"channel": sending.channel_id, "host": sending.holder.host, "delivery": taken.delivery_id}
    is_again = may_try_again(sending.kind, may_have_arrived=tried.may_have_arrived)
    with app.db.write() as session:
        channel = state.held_of(session, Channel, sending.channel_id, sending.lease)
        delivery = session.get(ChannelDelivery, taken.delivery_id)
        if delivery is not None and tried.refusal:
            delivery.state = DeliveryState.REFUSED
        elif delivery is not None and tried.failure and is_again:
            owner = session.get_one(Channel, sending.channel_id)
            is_off = owner.state is DestinationState.OFF  # paused meanwhile: what waits is dropped
            delivery.state = DeliveryState.GIVEN_UP if is_off else DeliveryState.WAITING
        is_news = channel is None or state.is_news(channel, tried.failure)
        if channel is not None and tried.failure:
            state.fail(channel, tried.failure)
    if failure := tried.failure:
        unclear = tried.may_have_arrived
        (log.warning if is_news else log.debug)(
            "message not delivered", **about, cause=failure.cause.value, detail=failure.detail, unclear=unclear
        )
    else:
        log.info("message delivered", **about, refused=bool(tried.refusal))
    return channel is not None


def _finish(app: App, sending: ChannelSending, held: dict[int, datetime], *, sent: int, refusal: str) -> None:
    with app.db.write() as session:
        channel = state.held_of(session, Channel, sending.channel_id, sending.lease)
        if channel is None:
            return
        told = sending.wanted - (_count(session, sending, held) > 0)
        if sent:
            state.succeed(channel, told, why=refusal)
        else:
            state.nothing_sent(channel, told)
        if held:
            state.wait_until(channel, min(held.values()))


def _count(session: Session, sending: ChannelSending, held: Collection[int]) -> int:
    rows = select(func.count(col(ChannelDelivery.id))).where(*_waits(sending))
    return session.exec(rows.where(col(ChannelDelivery.id).not_in(list(held)))).one()
