"""Sends to every channel that is due. Used by the jobs, once a process."""

from collections.abc import Sequence

from oncall_ui.domain.imports.failures import TryLater
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Channel
from oncall_ui.services.imports.fetching.places import Room
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.running import Running
from oncall_ui.services.sharing.channels.claim import ChannelSending, claim_channels
from oncall_ui.services.sharing.channels.deliver import deliver_messages


class ChannelSendings(Running[ChannelSending]):
    """Those to members' channels."""

    def claim(self, room: Room, *, retries: bool) -> Sequence[ChannelSending]:
        return claim_channels(self.app, room, retries=retries)

    async def send(self, claimed: ChannelSending) -> None:
        await deliver_messages(self.app, claimed)

    def fail(self, claimed: ChannelSending, failure: TryLater) -> None:
        with self.app.db.write() as session:
            if channel := state.held_of(session, Channel, claimed.channel_id, claimed.lease):
                state.fail(channel, failure)
        self.app.hub.publish(MemberChanged(claimed.member_id))

    def release(self, claimed: Sequence[ChannelSending]) -> None:
        with self.app.db.write() as session:
            for sending in sorted(claimed, key=lambda each: each.channel_id):
                if channel := state.held_of(session, Channel, sending.channel_id, sending.lease):
                    state.release(channel)
