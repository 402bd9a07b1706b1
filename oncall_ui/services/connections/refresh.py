"""Which calendars a connection leads to now: what appeared there, and what has gone."""

import asyncio

from sqlmodel import Session, select

from oncall_ui.app import CHECK_SECONDS, App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import CalendarChanged
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.services.connections.choose import enter_anew
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.connections.views import owned
from oncall_ui.services.imports.fetch import open_provider
from providers.base import Discovery, RemoteCalendar

GONE = Cause.NOT_FOUND.value
"""The cause of a calendar that is no longer where it was; also of one that is off."""


async def look_again(app: App, member_id: int, connection_id: int) -> None:
    """Asks the connection's server for its calendars. New ones are kept, switched off; those that are gone say so.

    Whatever is on stays on, with every setting; where it isn't listed any more it is read next, which shows the rest.
    Nothing is asked of a product whose connections are one calendar. Raises NotAllowed unless it is the member's,
    Failure when it can't be read; then nothing changes.
    """
    connection = await asyncio.to_thread(_owned, app, member_id, connection_id)
    product = app.product(connection.product)
    if product is None or product.open is None or not product.lists:
        return
    credentials = open_credentials(app, connection)
    async with open_provider(
        app, product, credentials, CHECK_SECONDS, connection_id=connection_id, account=connection.account
    ) as provider:
        found = await provider.discover()
    await asyncio.to_thread(_compare, app, member_id, connection, found)


def _owned(app: App, member_id: int, connection_id: int) -> Connection:
    with app.db.read() as session:
        row = owned(session, member_id, connection_id)
        session.expunge(row)
        return row


def _compare(app: App, member_id: int, asked: Connection, found: Discovery) -> None:
    with app.db.write() as session:
        # Locked, or two browsers that open the page at once would both add what is new.
        row = session.get(Connection, asked.id, with_for_update=True)
        if row is None or row.fingerprint != asked.fingerprint:
            return  # disconnected meanwhile, or connected to something else
        known = {
            each.remote_id: each for each in session.exec(select(Calendar).where(Calendar.connection_id == row.id))
        }
        there = {each.remote_id: each for each in found.calendars}
        changed = [_met(session, row, known.get(each.remote_id), each) for each in found.calendars]
        changed += [_missed(calendar, found.account) for key, calendar in known.items() if key not in there]
    if any(changed):
        app.hub.publish(CalendarChanged(member_id, 0))


def _met(session: Session, row: Connection, calendar: Calendar | None, remote: RemoteCalendar) -> bool:
    """Whether that is news."""
    name = (remote.name or row.nickname)[:300]
    if calendar is None:
        session.add(Calendar(connection_id=row.id or 0, remote_id=remote.remote_id, name=name))
        return True
    was_gone = calendar.cause == GONE
    if was_gone:
        calendar.why, calendar.cause = "", ""
        if calendar.state is State.NEEDS_YOU:
            enter_anew(calendar, State.WAITING)
            calendar.next_import_at = now()
    renamed = calendar.name != name
    calendar.name = name
    return was_gone or renamed


def _missed(calendar: Calendar, account: str) -> bool:
    if calendar.cause == GONE:
        return False
    if calendar.state is not State.OFF:
        # One that isn't listed can still be readable, when somebody shared it: the import finds out.
        calendar.next_import_at = now()
        return False
    calendar.why, calendar.cause = f"{account} no longer has this calendar.", GONE
    return True
