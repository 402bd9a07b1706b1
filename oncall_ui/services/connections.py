"""What a member connected: find it, choose from it, read it again, let it go. Everything is filtered by its owner."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from oncall_ui.domain.rules import Mode
from oncall_ui.domain.status import State
from oncall_ui.events import CalendarChanged
from oncall_ui.models import Availability, Calendar, Connection, Member, now
from oncall_ui.security.outbound import normalise
from oncall_ui.services.installation import CHECK_SECONDS, Installation
from oncall_ui.services.members import InvalidInput, NotAllowed
from oncall_ui.services.reading import open_client, sample
from providers.base import Discovery, FieldKind, Product, RemoteCalendar


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar's row as a page may show it."""

    id: int
    connection_id: int
    name: str
    is_on: bool
    mode: Mode
    counts_free: bool
    state: State
    state_since: datetime
    why: str
    cause: str
    attempts: int
    events_read: int
    entries: int
    problems: tuple[str, ...]
    progress: int
    progress_share: float | None
    next_import_at: datetime | None
    last_read_at: datetime | None


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


@dataclass(frozen=True, slots=True)
class Choice:
    """How a member wants one calendar to count."""

    is_on: bool
    mode: Mode
    counts_free: bool = False


async def connect(app: Installation, member_id: int, product_key: str, nickname: str, values: Mapping[str, str]) -> int:
    """Reads what `values` lead to, then stores the connection with its calendars and returns its id.

    What is connected already is found again and given the new credentials, with every setting kept. Raises InvalidInput
    for a field, Failure when it can't be read; then nothing is stored.
    """
    product = app.product(product_key)
    if product is None:
        raise NotAllowed
    credentials, found = await _read(app, product, nickname, values)
    return await asyncio.to_thread(_store, app, member_id, product, nickname.strip(), credentials, found)


async def reconnect(
    app: Installation, member_id: int, connection_id: int, nickname: str, values: Mapping[str, str]
) -> int:
    """Reads what `values` lead to, then puts it in the place of what the connection led to, and returns its id.

    Its calendars stay, with every setting and what was read from them; those that are on are read anew at once. Raises
    NotAllowed unless it is the member's, InvalidInput for a field, Failure when it can't be read; then nothing changes.
    """
    former = await asyncio.to_thread(get_connection, app, member_id, connection_id)
    product = app.product(former.product)
    if product is None:
        raise NotAllowed
    credentials, found = await _read(app, product, nickname, values)
    await asyncio.to_thread(_replace, app, member_id, connection_id, product, nickname.strip(), credentials, found)
    return connection_id


def list_connections(app: Installation, member_id: int) -> list[ConnectionView]:
    """The member's connections, oldest first."""
    with app.db.read() as session:
        rows = session.exec(
            select(Connection).where(Connection.member_id == member_id).order_by(col(Connection.id))
        ).all()
        return [_view(app, session, row) for row in rows]


def get_connection(app: Installation, member_id: int, connection_id: int) -> ConnectionView:
    """Raises NotAllowed when it is not the member's, or not there: which of both is nobody's business."""
    with app.db.read() as session:
        return _view(app, session, _owned(session, member_id, connection_id))


def choose(app: Installation, member_id: int, connection_id: int, choices: Mapping[int, Choice]) -> None:
    """Saves which calendars are on and how they count. What was changed is imported next; what is off is emptied."""
    with app.db.write() as session:
        _owned(session, member_id, connection_id)
        calendars = session.exec(select(Calendar).where(Calendar.connection_id == connection_id)).all()
        if unknown := choices.keys() - {calendar.id for calendar in calendars}:
            raise NotAllowed(f"calendars of another connection: {unknown}")
        for calendar in calendars:
            if (choice := choices.get(calendar.id or 0)) is not None:
                _apply(session, calendar, choice)
    app.hub.publish(CalendarChanged(member_id, 0))


def sync_now(app: Installation, member_id: int, connection_id: int) -> None:
    """Makes every calendar of the connection that is on due, and read in full."""
    with app.db.write() as session:
        _owned(session, member_id, connection_id)
        due = select(Calendar).where(Calendar.connection_id == connection_id, col(Calendar.is_on))
        for calendar in session.exec(due):
            calendar.next_import_at = now()
            calendar.cursor = {}
            if calendar.state is not State.IMPORTING:
                _enter(calendar, State.WAITING)
    app.hub.publish(CalendarChanged(member_id, 0))


def disconnect(app: Installation, member_id: int, connection_id: int) -> None:
    """Removes the credentials, the calendars and the availability read from them."""
    with app.db.write() as session:
        session.delete(_owned(session, member_id, connection_id))
    app.hub.publish(CalendarChanged(member_id, 0))


async def _read(
    app: Installation, product: Product, nickname: str, values: Mapping[str, str]
) -> tuple[dict[str, str], Discovery]:
    if product.open is None:
        raise NotAllowed
    credentials = _credentials(product, values)
    if len(nickname) > 200:
        raise InvalidInput("Nickname", "Choose a nickname of at most 200 characters.")
    async with open_client(app, credentials, CHECK_SECONDS) as client:
        found = await product.open(client, credentials).discover()
    if found.content is not None:
        found = await sample(app, product, found)
    return credentials, found


def _credentials(product: Product, values: Mapping[str, str]) -> dict[str, str]:
    for field in product.fields:
        if field.required and not values.get(field.key, "").strip():
            raise InvalidInput(field.label, "Fill this in.")
    credentials = product.normalise(values)
    for field in product.fields:
        if field.kind is FieldKind.ADDRESS:
            credentials[field.key] = normalise(credentials[field.key])
    return credentials


def _store(
    app: Installation,
    member_id: int,
    product: Product,
    nickname: str,
    credentials: Mapping[str, str],
    found: Discovery,
) -> int:
    fingerprint = _fingerprint(app, found)
    sealed = app.vault.seal(json.dumps(dict(credentials)))
    with app.db.write() as session:
        if session.get(Member, member_id) is None:
            raise NotAllowed
        row = _same(session, member_id, product, fingerprint)
        if row is None:
            row = Connection(
                member_id=member_id, product=product.key, nickname="", account="", fingerprint=fingerprint, sealed=""
            )
        row.sealed, row.account = sealed, found.account
        row.nickname = nickname or row.nickname or _usual_name(found)
        session.add(row)
        session.flush()
        assert row.id is not None  # just stored
        _store_calendars(session, row, found.calendars)
    app.hub.publish(CalendarChanged(member_id, 0))
    return row.id


def _replace(
    app: Installation,
    member_id: int,
    connection_id: int,
    product: Product,
    nickname: str,
    credentials: Mapping[str, str],
    found: Discovery,
) -> None:
    fingerprint = _fingerprint(app, found)
    sealed = app.vault.seal(json.dumps(dict(credentials)))
    with app.db.write() as session:
        row = _owned(session, member_id, connection_id)
        other = _same(session, member_id, product, fingerprint)
        if other is not None and other.id != row.id:
            raise InvalidInput(product.fields[0].label, f"This is connected already, as {other.nickname}.")
        row.sealed, row.fingerprint, row.account = sealed, fingerprint, found.account
        row.nickname = nickname or row.nickname
        for calendar in session.exec(select(Calendar).where(Calendar.connection_id == connection_id)):
            # An import that still reads the former place must not finish, nor may its validators be asked here.
            calendar.lease, calendar.cursor = None, {}
        session.flush()
        _store_calendars(session, row, found.calendars)
    app.hub.publish(CalendarChanged(member_id, 0))


def _usual_name(found: Discovery) -> str:
    """The only calendar's name, else the account's."""
    names = [calendar.name for calendar in found.calendars]
    return ((names[0] if len(names) == 1 else "") or found.account)[:200]


def _fingerprint(app: Installation, found: Discovery) -> str:
    return hmac.new(app.vault.derive("fingerprint").encode(), found.identity.encode(), hashlib.sha256).hexdigest()


def _same(session: Session, member_id: int, product: Product, fingerprint: str) -> Connection | None:
    """The member's connection to the same account or feed."""
    return session.exec(
        select(Connection).where(
            Connection.member_id == member_id,
            Connection.product == product.key,
            Connection.fingerprint == fingerprint,
        )
    ).first()


def _store_calendars(session: Session, connection: Connection, found: tuple[RemoteCalendar, ...]) -> None:
    rows = session.exec(select(Calendar).where(Calendar.connection_id == connection.id))
    known = {calendar.remote_id: calendar for calendar in rows}
    for remote in found:
        calendar = known.get(remote.remote_id)
        if calendar is None:
            calendar = Calendar(connection_id=connection.id or 0, remote_id=remote.remote_id, name="")
            # A primary calendar is offered switched on; it is read only once the member has saved that.
            calendar.is_on = remote.primary
        elif calendar.is_on and calendar.state is not State.OFF:
            calendar.next_import_at = now()
            _enter(calendar, State.WAITING)
        calendar.name = (remote.name or connection.nickname)[:300]
        session.add(calendar)


def _apply(session: Session, calendar: Calendar, choice: Choice) -> None:
    before = (calendar.is_on, calendar.mode, calendar.counts_free)
    calendar.is_on, calendar.mode, calendar.counts_free = choice.is_on, choice.mode, choice.counts_free
    if not choice.is_on:
        session.exec(delete(Availability).where(col(Availability.calendar_id) == calendar.id))
        calendar.entries, calendar.events_read, calendar.cursor = 0, 0, {}
        calendar.why, calendar.hint, calendar.cause, calendar.problems = "", "", "", []
        calendar.next_import_at, calendar.lease, calendar.last_read_at = None, None, None
        if calendar.state is not State.OFF:
            _enter(calendar, State.OFF)
    elif calendar.state is State.OFF or before != (choice.is_on, choice.mode, choice.counts_free):
        calendar.next_import_at = now()
        calendar.lease = None  # an import under the old settings must not finish
        _enter(calendar, State.WAITING)


def _enter(calendar: Calendar, state: State) -> None:
    calendar.state, calendar.state_since, calendar.attempts = state, now(), 0
    calendar.progress, calendar.progress_share = 0, None


def _owned(session: Session, member_id: int, connection_id: int) -> Connection:
    row = session.get(Connection, connection_id)
    if row is None or row.member_id != member_id:
        raise NotAllowed
    return row


def _view(app: Installation, session: Session, row: Connection) -> ConnectionView:
    product = app.product(row.product)
    calendars = session.exec(
        select(Calendar).where(Calendar.connection_id == row.id).order_by(col(Calendar.name), col(Calendar.id))
    )
    return ConnectionView(
        id=row.id or 0,
        product=row.product,
        product_name=product.name if product else row.product,
        logo=product.logo if product else "ics.svg",
        nickname=row.nickname,
        account=row.account,
        calendars=tuple(calendar_view(calendar) for calendar in calendars),
    )


def calendar_view(row: Calendar) -> CalendarView:
    return CalendarView(
        id=row.id or 0,
        connection_id=row.connection_id,
        name=row.name,
        is_on=row.is_on,
        mode=row.mode,
        counts_free=row.counts_free,
        state=row.state,
        state_since=row.state_since,
        why=row.hint if row.state is State.UP_TO_DATE else row.why,
        cause=row.cause,
        attempts=row.attempts,
        events_read=row.events_read,
        entries=row.entries,
        problems=tuple(
            f"line {problem['line']}: {problem['message']}" if problem["line"] else str(problem["message"])
            for problem in row.problems
        ),
        progress=row.progress,
        progress_share=row.progress_share,
        next_import_at=row.next_import_at,
        last_read_at=row.last_read_at,
    )
