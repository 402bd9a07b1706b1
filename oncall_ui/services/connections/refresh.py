"""Refreshing the list of calendars of a connection: which are new, which are gone."""

import asyncio

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Calendar, Connection
from oncall_ui.services.connections.caps import checking
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.connections.views import calendars_of, owned
from oncall_ui.services.imports import state
from oncall_ui.services.imports.fetching.fetch import Source, discover
from oncall_ui.services.text_input import without_hidden
from providers.base import Discovery, RemoteCalendar


async def refresh_calendars(app: App, member_id: int, connection_id: int) -> None:
    """Asks the connection's server for its calendars. New ones are stored, switched off; those that are gone say so.

    A calendar that is on stays on, with every setting; if it isn't listed any more, it is imported next, which shows
    whether it can still be read. Products whose connections are a single calendar are not asked. Raises NotAllowed
    unless the connection is the member's, InvalidInput while too many checks run, Failure when the list can't be read;
    then nothing changes.
    """
    connection = await asyncio.to_thread(_owned, app, member_id, connection_id)
    product = app.product(connection.product)
    if product is None or not product.lists:
        return
    credentials = open_credentials(app, connection)
    with checking(app, member_id, product):
        found = await discover(app, Source(product, credentials, connection_id, connection.account))
    await asyncio.to_thread(_store, app, member_id, connection, found)


def _owned(app: App, member_id: int, connection_id: int) -> Connection:
    with app.db.read() as session:
        row = owned(session, member_id, connection_id)
        session.expunge(row)
        return row


def _store(app: App, member_id: int, asked: Connection, found: Discovery) -> None:
    with app.db.write() as session:
        # Locked, or two browsers that open the page at once would both add what is new.
        row = session.get(Connection, asked.id, with_for_update=True)
        if row is None or row.fingerprint != asked.fingerprint:
            return  # disconnected meanwhile, or connected to something else
        known = {each.remote_id: each for each in calendars_of(session, row.id or 0)}
        listed = {each.remote_id for each in found.calendars}
        changed = [_listed(session, row, known.get(each.remote_id), each) for each in found.calendars]
        changed += [
            state.gone(calendar, f"{found.account} no longer has this calendar.")
            for remote_id, calendar in known.items()
            if remote_id not in listed
        ]
    if any(changed):
        app.hub.publish(MemberChanged(member_id))


def _listed(session: Session, row: Connection, calendar: Calendar | None, remote: RemoteCalendar) -> bool:
    """Whether that is news."""
    name = (without_hidden(remote.name) or row.nickname)[:300]
    if calendar is None:
        session.add(Calendar(connection_id=row.id or 0, remote_id=remote.remote_id, name=name))
        return True
    was_gone = state.found_again(calendar)
    was_renamed = calendar.name != name
    calendar.name = name
    return was_gone or was_renamed
