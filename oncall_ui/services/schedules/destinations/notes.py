"""What we wrote into another program: noted before each request, so that no lost answer and no kill is a riddle.

Each is one short transaction that ends the sending, with LeaseLost, once another process has the destination.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlmodel import Session, col, delete, select, update

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.copies import Difference, Held, Intent, Item
from oncall_ui.models import DestinationItem, now
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.claim import Sending

T = TypeVar("T")


class LeaseLost(Exception):
    """Another process sends by now, or the destination was changed: what this one found doesn't count."""


class Notes:
    """Of one destination, while it is sent to."""

    def __init__(self, app: App, sending: Sending) -> None:
        self._app, self._sending = app, sending

    async def items(self, place: str) -> list[Item]:
        def read(session: Session) -> list[Item]:
            rows = select(DestinationItem).where(*self._mine(), DestinationItem.place == place)
            found = session.exec(rows.order_by(col(DestinationItem.id)))
            return [_item(row) for row in found]

        return await self._do(read)

    async def places(self) -> set[str]:
        """Where something of ours is, also what isn't wanted there any more."""

        def read(session: Session) -> set[str]:
            return set(session.exec(select(DestinationItem.place).where(*self._mine())))

        return await self._do(read)

    async def settle(self, found: Difference) -> None:
        """Stores what the comparison taught: ids, and what is no longer there."""

        def write(session: Session) -> None:
            for number, override in found.learned:
                values = {"remote_id": override.id, "intent": Intent.NONE}
                session.exec(update(DestinationItem).where(col(DestinationItem.id) == number).values(**values))
            session.exec(delete(DestinationItem).where(col(DestinationItem.id).in_(found.gone)))

        if found.learned or found.gone:
            await self._do(write)

    async def creating(self, place: str, shifts: Iterable[Held]) -> None:
        def write(session: Session) -> None:
            session.add_all(
                DestinationItem(
                    destination_id=self._sending.destination_id,
                    place=place,
                    start=each.start,
                    end=each.end,
                    user=each.user,
                    intent=Intent.CREATING,
                    written_at=now(),
                )
                for each in shifts
            )

        await self._do(write)

    async def deleting(self, numbers: Sequence[int]) -> None:
        def write(session: Session) -> None:
            rows = update(DestinationItem).where(col(DestinationItem.id).in_(numbers))
            session.exec(rows.values(intent=Intent.DELETING))

        await self._do(write)

    async def forget(self, numbers: Sequence[int]) -> None:
        def write(session: Session) -> None:
            session.exec(delete(DestinationItem).where(col(DestinationItem.id).in_(numbers)))

        await self._do(write)

    def _mine(self) -> tuple[bool, ...]:
        return (DestinationItem.destination_id == self._sending.destination_id,)

    async def _do(self, work: Callable[[Session], T]) -> T:
        def run() -> T:
            with self._app.db.write() as session:
                if state.held(session, self._sending.destination_id, self._sending.lease) is None:
                    raise LeaseLost
                return work(session)

        return await asyncio.to_thread(run)


def _item(row: DestinationItem) -> Item:
    return Item(row.id or 0, row.remote_id, Held(row.start, row.end, row.user), row.intent)
