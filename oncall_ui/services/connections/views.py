"""Connections and calendars as pages may see them: read, filtered by their owner, nothing of credentials."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import CalendarHealth
from oncall_ui.domain.imports.hints import CHOOSING_HELPS, Hint, hint_from, hint_words
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import RESOLVE_WITHIN, Resolution
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Connection
from oncall_ui.services.availability.coverage import calendar_health
from oncall_ui.services.connections.names import shown_name

FAILED = (State.RETRYING, State.NEEDS_YOU)


@dataclass(frozen=True, slots=True)
class SuspectedLossView:
    """An import that is held back: `after` entries ahead where there were `before`."""

    before: int
    after: int
    since: datetime
    taken_at: datetime
    """When it is accepted unless the member decides."""
    is_kept: bool
    """The member chose to keep the old data."""


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar's row as a page may show it."""

    id: int
    connection_id: int
    name: str
    """What it is called on pages, see `shown_name`."""
    own_name: str
    """Its name at the provider, or inside the feed."""
    is_on: bool
    mode: Mode
    counts_free: bool
    counts_all_day: bool
    state: State
    state_since: datetime
    why: str
    cause: Cause | None
    attempts: int
    events_read: int
    events_counted: int
    entries: int
    problems: tuple[str, ...]
    progress: int
    progress_share: float | None
    next_import_at: datetime | None
    last_read_at: datetime | None
    """The last complete reading, or the last time it was found unchanged."""
    last_changed_at: datetime | None = None
    broken_since: datetime | None = None
    suspected_loss: SuspectedLossView | None = None
    hint: Hint | Reason | None = None
    """What to change when the last import found nothing that counts."""

    @property
    def needs_you(self) -> bool:
        """Whether only the member can fix it. A suspected loss stays a question while the calendar is checked."""
        return self.state is State.NEEDS_YOU or (self.suspected_loss is not None and not self.suspected_loss.is_kept)

    @property
    def last_checked_at(self) -> datetime | None:
        """The last try that came to an end, whatever it brought."""
        return self.state_since if self.state in FAILED else self.last_read_at

    def is_stale(self, now: datetime) -> bool:
        """Whether what counts of it is more than a day old; also when it never could be read for so long."""
        return self.is_read and self.health.is_stale(now)

    @property
    def is_read(self) -> bool:
        """Whether it is imported: on, and that was saved. One that is offered switched on isn't read until then."""
        return self.is_on and self.state is not State.OFF

    @property
    def should_choose(self) -> bool:
        """Whether nothing counts, and choosing how its events count can change that."""
        return self.state is State.UP_TO_DATE and self.hint in CHOOSING_HELPS

    @property
    def health(self) -> CalendarHealth:
        """What decides which days are known; only of a calendar that is on."""
        return calendar_health(self)


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection with its calendars, by name; nothing of its credentials."""

    id: int
    product: str
    product_name: str
    logo: str
    nickname: str
    account: str
    calendars: tuple[CalendarView, ...]

    @property
    def entries(self) -> int:
        return sum(calendar.entries for calendar in self.calendars)


def list_connections(app: App, member_id: int) -> list[ConnectionView]:
    """The member's connections, oldest first."""
    with app.db.read() as session:
        return _views(app, session, member_id)


def get_connection(app: App, member_id: int, connection_id: int) -> ConnectionView:
    """Raises NotAllowed when it is not the member's or doesn't exist; callers can't tell which."""
    with app.db.read() as session:
        found = _views(app, session, member_id, connection_id)
    if not found:
        raise NotAllowed
    return found[0]


def _views(app: App, session: Session, member_id: int, only: int | None = None) -> list[ConnectionView]:
    """Two questions to the database, however many connections there are: open pages ask them after every change.

    `only`: the id of one of them.
    """
    one = () if only is None else (col(Connection.id) == only,)
    whose = {"member": member_id}
    rows = session.execute(_connections().where(*one), whose).all()
    if not rows:
        return []
    by_connection: defaultdict[int, list[CalendarView]] = defaultdict(list)
    for row in session.execute(_calendars().where(*one), whose):
        # It has the columns of a Calendar, and is made in three quarters of the time.
        by_connection[row.connection_id].append(calendar_view(cast(Calendar, row), row.shown))
    return [_view(app, row, tuple(by_connection[row.id])) for row in rows]


@cache  # put together once, as the next one: every page asks them, after every change
def _connections() -> Any:
    shown = columns(col(Connection.id), col(Connection.product), col(Connection.nickname), col(Connection.account))
    return shown.where(_is_theirs()).order_by(col(Connection.id))


@cache
def _calendars() -> Any:
    named = columns(*Calendar.metadata.tables["calendar"].columns, shown_name().label("shown"))
    theirs = named.join_from(Calendar, Connection, col(Calendar.connection_id) == col(Connection.id))
    return theirs.where(_is_theirs()).order_by(col(Calendar.name), col(Calendar.id))


def _is_theirs() -> ColumnElement[bool]:
    return col(Connection.member_id) == bindparam("member")


def _view(app: App, row: Any, calendars: tuple[CalendarView, ...]) -> ConnectionView:
    product = app.product(row.product)
    return ConnectionView(
        id=row.id,
        product=row.product,
        product_name=product.name if product else row.product,
        logo=product.logo if product else "ics.svg",
        nickname=row.nickname,
        account=row.account,
        calendars=calendars,
    )


def calendar_view(row: Calendar, name: str) -> CalendarView:
    """`name`: what it is called on pages."""
    hint = hint_from(row.hint)
    return CalendarView(
        id=row.id or 0,
        connection_id=row.connection_id,
        name=name,
        own_name=row.name,
        is_on=row.is_on,
        mode=row.mode,
        counts_free=row.counts_free,
        counts_all_day=row.counts_all_day,
        state=row.state,
        state_since=row.state_since,
        hint=hint,
        why=hint_words(hint) if row.state is State.UP_TO_DATE else row.why,
        cause=Cause(row.cause) if row.cause else None,
        attempts=row.attempts,
        events_read=row.events_read,
        events_counted=row.events_counted,
        entries=row.entries,
        problems=tuple(
            f"line {problem['line']}: {problem['message']}" if problem["line"] else str(problem["message"])
            for problem in row.problems
        ),
        progress=row.progress,
        progress_share=row.progress_share,
        next_import_at=row.next_import_at,
        last_read_at=row.last_read_at,
        last_changed_at=row.last_changed_at,
        broken_since=row.broken_since,
        suspected_loss=_suspected_loss(row),
    )


def _suspected_loss(row: Calendar) -> SuspectedLossView | None:
    """None also while the calendar fails in another way, which is what can be acted on then."""
    is_held_back = row.cause in {Cause.SUSPECTED_LOSS, Cause.LOSS_KEPT}
    if not is_held_back or not row.suspected_loss or row.suspected_since is None:
        return None
    return SuspectedLossView(
        before=row.suspected_loss["before"],
        after=row.suspected_loss["after"],
        since=row.suspected_since,
        taken_at=row.suspected_since + RESOLVE_WITHIN,
        is_kept=row.resolution == Resolution.KEEP,
    )


def calendars_of(session: Session, connection_id: int) -> Sequence[Calendar]:
    """Locked until the transaction ends, for state transitions."""
    # By id, as every transaction that locks several calendars: else two of them could wait for each other.
    rows = select(Calendar).where(Calendar.connection_id == connection_id).order_by(col(Calendar.id))
    return session.exec(rows.with_for_update()).all()


def owned(session: Session, member_id: int, connection_id: int) -> Connection:
    row = session.get(Connection, connection_id)
    if row is None or row.member_id != member_id:
        raise NotAllowed
    return row
