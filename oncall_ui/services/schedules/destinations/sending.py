"""Sends to every destination of a schedule that is due. Used by the jobs, once a process."""

from collections.abc import Sequence

from oncall_ui.domain.imports.failures import TryLater
from oncall_ui.hub import ScheduleChanged
from oncall_ui.services.imports.fetching.places import Room
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import Sending, claim_due
from oncall_ui.services.schedules.destinations.copies.copying import copy_shifts
from oncall_ui.services.schedules.destinations.deliver import deliver
from oncall_ui.services.schedules.destinations.running import Running


class Sendings(Running[Sending]):
    """Those to destinations."""

    def claim(self, room: Room, *, retries: bool) -> Sequence[Sending]:
        return claim_due(self.app, room, retries=retries)

    async def send(self, claimed: Sending) -> None:
        await (copy_shifts if claimed.kind.keeps_shifts else deliver)(self.app, claimed)

    def fail(self, claimed: Sending, failure: TryLater) -> None:
        with self.app.db.write() as session:
            if destination := state.held(session, claimed.destination_id, claimed.lease):
                state.fail(destination, failure)
        self.app.hub.publish(ScheduleChanged(claimed.schedule_id))

    def release(self, claimed: Sequence[Sending]) -> None:
        with self.app.db.write() as session:
            for sending in sorted(claimed, key=lambda each: each.destination_id):
                if destination := state.held(session, sending.destination_id, sending.lease):
                    state.release(destination)
