"""An installation with members whose calendars lie on feed servers with memory, and what became of their content.

    with World(folder, members=3, calendars=2) as world:  # read once, and running
        world.say_more()
        taken, stuck = world.read_all(within=20)

Members and calendars are made by the services the pages call. Stored availability is compared with every version the
feeds ever served, from outside the app.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select, update

from bench.due.team import PASSWORD, email_of
from bench.faults.stage.content import Content, Span
from bench.faults.stage.feeds import Feed, Feeds
from bench.faults.stage.outcome import Outcome
from bench.faults.stage.running import Running
from oncall_ui.app import App, open_app
from oncall_ui.database.database import Database
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.state import State
from oncall_ui.migrations import migrate
from oncall_ui.models import Availability, Calendar, now
from oncall_ui.security.passwords import Passwords
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import get_connection
from oncall_ui.settings import Settings

QUICK_PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
LOOPBACK = "127.0.0.0/8"
FIRST_READING = 90
USUAL_START = 6.0
"""Seconds a start takes on an idle machine, generously; on a busy one limits are longer, see `patiently`."""
ADDRESS = re.compile(r"127\.\d+\.\d+\.\d+")
ContentOf = Callable[[int], Content]


@dataclass(frozen=True, slots=True)
class Fed:
    """A calendar, whose it is, and where it comes from."""

    id: int
    member: int
    """From 0; see `email_of`."""
    member_id: int
    connection_id: int
    feed: Feed


@dataclass(frozen=True, slots=True)
class Damage:
    """Calendars whose stored availability is no version's, by what is wrong with it."""

    lost: int = 0
    doubled: int = 0

    def __add__(self, other: "Damage") -> "Damage":
        return Damage(self.lost + other.lost, self.doubled + other.doubled)


class World:
    """Seeded and started by `with`; every process is gone after it."""

    def __init__(
        self,
        folder: Path,
        *,
        members: int = 3,
        calendars: int | Sequence[int] = 2,
        content: ContentOf = Content,
        hosts: Sequence[str] = ("127.0.0.1",),
        settings: Mapping[str, str] | None = None,
        database_url: str | None = None,
        is_running: bool = True,
        warm: bool = False,
    ) -> None:
        """`calendars`: how many each member has, or one number per member. `is_running`: whether `with` starts it.

        `warm` starts are forks, as in tests/e2e/warm.py.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.feeds = Feeds(hosts)
        self._shares = [calendars] * members if isinstance(calendars, int) else list(calendars)
        self._content = content
        self._is_running = is_running
        self._delay = 0.0
        own = {"ONCALL_ALLOWED_PRIVATE_HOSTS": LOOPBACK}
        self.app = Running(folder, database_url=database_url, settings=own | dict(settings or {}), warm=warm)
        self.app.leave_bytecode()
        self.url = database_url or f"sqlite:///{self.file}"
        self.db = Database(self.url)
        self.calendars: list[Fed] = []
        self.seen: Counter[str] = Counter()
        """Every state and sentence a calendar was seen in, with how often."""

    @property
    def file(self) -> Path:
        return self.app.data / "oncall.db"

    def __enter__(self) -> Self:
        self.feeds.__enter__()
        try:
            asyncio.run(self._seed())
            if self._is_running:
                self.start()
                self.read_first()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def start(self) -> None:
        """Starts the app, and takes from it how patient the rest of the play must be."""
        began = time.monotonic()
        self.app.start()
        self._delay = min(max(3 * (time.monotonic() - began - USUAL_START), 0.0), 60.0)

    def patiently(self, seconds: float) -> float:
        """That, and more on a machine that has other things to do: as long as three starts took too long."""
        return seconds + self._delay

    def _close(self) -> None:
        self.app.kill()
        self.db.close()
        self.feeds.__exit__(None, None, None)

    # What the world does

    def say_more(self, which: Collection[Fed] | None = None) -> None:
        """Their feeds serve the next version, and the app should look at once."""
        for fed in self._of(which):
            fed.feed.say_more()
        self.make_due(which)

    def make_due(self, which: Collection[Fed] | None = None, moment: datetime | None = None) -> None:
        ids = [fed.id for fed in self._of(which)]
        with self.db.write() as session:
            session.exec(update(Calendar).where(col(Calendar.id).in_(ids)).values(next_import_at=moment or now()))

    def end_leases(self) -> None:
        """What a dead app held runs out at once instead of after its seconds."""
        with self.db.write() as session:
            session.exec(
                update(Calendar)
                .where(col(Calendar.lease).is_not(None))
                .values(lease_until=now() - timedelta(seconds=1))
            )

    def read_first(self) -> None:
        """Everything is well before the fault begins."""
        _, stuck = self.read_all(within=FIRST_READING)
        assert not stuck, f"{stuck} calendars weren’t read before the fault: {self.states()}"
        self.seen.clear()

    # What became of it

    def read_all(self, *, within: float, which: Collection[Fed] | None = None) -> tuple[float, int]:
        """Waits until the newest version of each is stored: seconds taken, and how many weren't in time."""
        began, left, limit = time.monotonic(), list(self._of(which)), self.patiently(within)
        while left and time.monotonic() - began < limit:
            time.sleep(0.2)
            with suppress(SQLAlchemyError):  # the database may be what is broken
                left = self._unread(left)
        return time.monotonic() - began, len(left)

    def states(self) -> dict[int, str]:
        """State and sentence of each calendar, as its row has them. Counted in `seen`."""
        # In plain SQL: a row may hold what no version of the app writes.
        with self.db.engine.connect() as connection:
            rows = connection.execute(text("SELECT id, state, why FROM calendar")).all()
        found = {number: f"{_words(state)}: {why}" if why else _words(state) for number, state, why in rows}
        self.seen.update(found.values())
        return found

    def count_in(self, state: State) -> int:
        return sum(each.partition(":")[0] == _words(state) for each in self.states().values())

    def leased(self) -> int:
        with self.db.read() as session:
            return len(session.exec(select(Calendar.id).where(col(Calendar.lease).is_not(None))).all())

    def stored(self, fed: Fed) -> list[Span]:
        """In order, an entry as often as it is stored."""
        rows = select(col(Availability.start), col(Availability.end)).where(Availability.calendar_id == fed.id)
        with self.db.read() as session:
            return sorted((start, end) for start, end in session.exec(rows))

    def damage(self) -> Damage:
        """Compares all that is stored with all that was ever served."""
        return sum((self._damage(fed) for fed in self.calendars), Damage())

    def start_again(self, fault: str, within: float, operator: str, broken: tuple[str, ...]) -> Outcome:
        """Starts the app, which refused to start before, and waits until everything is read."""
        began = time.monotonic()
        self.app.start()
        _, stuck = self.read_all(within=within)
        seconds = None if stuck else time.monotonic() - began
        damage = self.damage()
        return Outcome(fault, 1, damage.lost, damage.doubled, stuck, seconds, self.troubles(), operator, broken)

    def troubles(self) -> str:
        """What members saw other than `Up to date`, `Waiting` and `Importing`, each once."""
        ordinary = ("Up to date", "Waiting", "Importing")
        found = {ADDRESS.sub("a.example", each) for each in self.seen if each not in ordinary}
        return "; ".join(sorted(found))

    def _of(self, which: Collection[Fed] | None) -> Collection[Fed]:
        return self.calendars if which is None else which

    def _unread(self, which: Collection[Fed]) -> list[Fed]:
        states = self.states()
        read = [fed for fed in which if states.get(fed.id) == "Up to date"]
        done = {fed.id for fed in read if self.stored(fed) == fed.feed.content.spans(fed.feed.version)}
        return [fed for fed in which if fed.id not in done]

    def _damage(self, fed: Fed) -> Damage:
        stored = self.stored(fed)
        if any(stored == fed.feed.content.spans(version) for version in range(fed.feed.version, -1, -1)):
            return Damage()
        is_part = len(stored) < len(fed.feed.content.spans(0))
        return Damage(lost=int(is_part), doubled=int(not is_part))

    # How it comes about

    def open_app(self) -> App:
        """The same installation, put together in this process."""
        settings = Settings(
            _env_file=None, data_dir=self.app.data, database_url=self.url, allowed_private_hosts=LOOPBACK
        )
        return open_app(settings, passwords=QUICK_PASSWORDS)

    async def _seed(self) -> None:
        app = self.open_app()
        try:
            migrate(app.db)
            for member, share in enumerate(self._shares):
                await self._member(app, member, share)
        finally:
            app.close()

    async def _member(self, app: App, member: int, share: int) -> None:
        email = email_of(member)
        me = add_member(app, name=f"Member {member}", email=email, password=PASSWORD, zone="UTC", is_admin=not member)
        for _ in range(share):
            number = len(self.calendars)
            feed = self.feeds.add(self._content(number), host=self.feeds.hosts[number % len(self.feeds.hosts)])
            connection = await connect(app, me, "ics", "", {"url": feed.url})
            (calendar,) = get_connection(app, me, connection).calendars
            choose(app, me, connection, {calendar.id: Choice(True, Mode.MATCHING)})
            self.calendars.append(Fed(calendar.id, member, me, connection, feed))


def _words(state: str) -> str:
    """As the pages begin a status."""
    return state.replace("_", " ").capitalize()
