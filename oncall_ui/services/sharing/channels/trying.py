"""A member looks whether a channel works, before adding it or later: a test message, at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

import httpx

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.domain.schedules.destinations.answers import RefusedOne, check_status
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.destinations.messages import Message
from oncall_ui.hub import MemberChanged
from oncall_ui.models import now
from oncall_ui.services.connections.caps import checking_at
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.posting import Answer, post
from oncall_ui.services.schedules.destinations.requests import message_request
from oncall_ui.services.schedules.destinations.secrets import open_secrets
from oncall_ui.services.sharing.channels.manage import checked_channel, opened, own_channel

HEADING, LINE, OPENS = "Test from On-Call Optimizer", "Messages to you arrive here.", "Open Notifications"


@dataclass(frozen=True, slots=True)
class Tried:
    """Who answered, and how fast."""

    host: str
    milliseconds: int


async def try_values(
    app: App, member_id: int, kind: DestinationKind, values: Mapping[str, str], channel_id: int = 0
) -> Tried:
    """Sends a test to what was typed. With `channel_id` what is left empty is as stored for that channel.

    Raises InvalidInput, also while the member has too many tests running, a Failure where it didn't work, and
    NotAllowed.
    """
    before = await asyncio.to_thread(_stored, app, member_id, channel_id) if channel_id else {}
    found = checked_channel(kind, "", values, before)
    return await _send(app, member_id, kind, found.secrets)


async def try_channel(app: App, member_id: int, channel_id: int) -> Tried:
    """Sends a test to a channel as it is stored. What waits for it is sent next. Raises as `try_values`."""
    kind, secrets = await asyncio.to_thread(_own, app, member_id, channel_id)
    try:
        tried = await _send(app, member_id, kind, secrets)
    except Failure as failure:
        await asyncio.to_thread(_note, app, member_id, channel_id, failure)
        raise
    await asyncio.to_thread(_note, app, member_id, channel_id, None)
    return tried


async def _send(app: App, member_id: int, kind: DestinationKind, secrets: Mapping[str, str]) -> Tried:
    message = Message(HEADING, (LINE,), f"{app.settings.public_url}/you/notifications", opens=OPENS)
    made = message_request(kind, secrets, token_hex(16), message)
    host = httpx.URL(made.url).host
    with checking_at(app, member_id, "Send test"):
        answer = await post(app, made.url, made.body, made.headers)
    _require_taken(answer, host)
    return Tried(host, answer.milliseconds)


def _require_taken(answer: Answer, host: str) -> None:
    try:
        check_status(answer.status, host, answer.retry_after)
    except RefusedOne as refused:
        raise MemberMustAct(Cause.REFUSED, refused.sentence, detail=f"{host}: {answer.status}") from None


def _stored(app: App, member_id: int, channel_id: int) -> dict[str, str]:
    with app.db.read() as session:
        return opened(app, own_channel(session, member_id, channel_id))


def _own(app: App, member_id: int, channel_id: int) -> tuple[DestinationKind, dict[str, str]]:
    with app.db.read() as session:
        channel = own_channel(session, member_id, channel_id)
        return channel.kind, open_secrets(app, channel)


def _note(app: App, member_id: int, channel_id: int, failure: Failure | None) -> None:
    """A job that is sending there just now finds out by itself."""
    with app.db.write() as session:
        channel = own_channel(session, member_id, channel_id, for_update=True)
        if channel.lease is None and failure is None:
            state.worked(channel, now())
        elif channel.lease is None and failure is not None:
            state.tried_in_vain(channel, failure)
    app.hub.publish(MemberChanged(member_id))
