"""Claiming channels that are due: each in its own transaction, so that one that can’t be claimed fails alone.

Used by the job, in a thread.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Channel, now
from oncall_ui.services.imports.fetching.places import Holder, Room
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import due_ids, is_due
from oncall_ui.services.schedules.destinations.secrets import open_secrets

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ChannelSending:
    """One claimed channel with everything sending needs, so that no row is held open meanwhile."""

    channel_id: int
    member_id: int
    kind: DestinationKind
    secrets: Mapping[str, str] = field(repr=False)
    lease: str
    wanted: int
    """What to note as told once all has been sent."""
    holder: Holder


def claim_channels(app: App, room: Room, *, retries: bool | None = None) -> list[ChannelSending]:
    """As `claim_due` of destinations; of one member no more than their share are under way at once."""
    found = []
    for channel_id in due_ids(app, Channel, col(Channel.member_id), room, retries):
        if room.free <= 0:
            break
        if (sending := _claim(app, channel_id, room)) is not None:
            found.append(sending)
    return found


def _claim(app: App, channel_id: int, room: Room) -> ChannelSending | None:
    """None: it waits for a place, another process was faster, or its secrets are lost, which it then says."""
    rows = select(Channel).where(Channel.id == channel_id, *is_due(Channel, now()))
    with app.db.write() as session:
        channel = session.exec(rows.with_for_update(skip_locked=True)).first()
        if channel is None:
            return None
        holder = Holder(channel.member_id, f"channel {channel_id}", channel.account)
        try:
            opened = open_secrets(app, channel)
        except Failure as failure:
            state.fail(channel, failure)
            app.hub.publish(MemberChanged(channel.member_id))
            return None
        if not room.take(holder):
            return None
        lease = secrets.token_hex(16)
        state.claim(channel, lease)
        return ChannelSending(channel_id, channel.member_id, channel.kind, opened, lease, channel.wanted, holder)
