"""Members with many calendars each, written as the services write them, in a fraction of the time."""

import random
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlmodel import col, func, select

from bench.faults.stage.content import Content, Span
from bench.faults.stage.world import Fed, World
from oncall_ui.app import App
from oncall_ui.models import Calendar, Connection, now

FIRST = 101
"""Events of the calendar of each member that grows; all others have fewer than a hundred."""
FEW = 8
HOSTS = [f"127.0.3.{1 + at}" for at in range(100)]


class Growing(Content):
    """Has one more event in each version: its status tells which version a page shows."""

    def body(self, version: int) -> bytes:
        self._events = FIRST + version
        return super().body(version)

    def spans(self, version: int) -> list[Span]:
        self._events = FIRST + version
        return super().spans(version)


class Crowd(World):
    """Each member's first calendar grows; the others stay as they are."""

    def __init__(self, folder: Path, database_url: str | None, members: int, each: int) -> None:
        self._each = each
        super().__init__(
            folder, members=members, calendars=each, hosts=HOSTS, database_url=database_url, is_running=False
        )

    @property
    def growing(self) -> Sequence[Fed]:
        return self.calendars[:: self._each]

    def spread(self, minutes: float) -> None:
        """From now on about as many are due in each second, as after some hours."""
        moment = now()
        with self.db.write() as session:
            for calendar in session.exec(select(Calendar)):
                calendar.next_import_at = moment + timedelta(minutes=minutes * random.random())  # noqa: S311 - no secret

    def unread(self) -> int:
        """How many calendars have never been imported."""
        never = select(func.count()).select_from(Calendar).where(col(Calendar.last_read_at).is_(None))
        with self.db.read() as session:
            return session.exec(never).one()

    async def _member(self, app: App, member: int, share: int) -> None:
        self._content = Growing
        await super()._member(app, member, 1)
        first = self.calendars[-1]
        with app.db.write() as session:
            connection = session.exec(select(Connection).where(Connection.id == first.connection_id)).one()
            calendar = session.exec(select(Calendar).where(col(Calendar.id) == first.id)).one()
            opened = app.vault.open(connection.sealed)
            for _ in range(share - 1):
                number = len(self.calendars)
                feed = self.feeds.add(Content(number, FEW), host=HOSTS[number % len(HOSTS)])
                own = Connection(
                    **connection.model_dump(exclude={"id", "sealed", "fingerprint"}),
                    sealed=app.vault.seal(opened.replace(first.feed.url, feed.url)),
                    fingerprint=sha256(feed.url.encode()).hexdigest(),
                )
                session.add(own)
                session.flush()
                copied = Calendar(**calendar.model_dump(exclude={"id", "connection_id"}) | {"connection_id": own.id})
                session.add(copied)
                session.flush()
                assert own.id is not None and copied.id is not None  # both have been written
                self.calendars.append(Fed(copied.id, member, first.member_id, own.id, feed))
