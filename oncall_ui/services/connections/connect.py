"""Connecting an account or a feed: it is checked first, then stored completely or not at all."""

import asyncio
from collections.abc import Mapping
from functools import partial

import httpx
from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.imports.first_attempt import on_entering
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Calendar, Connection
from oncall_ui.security.http.urls import normalise_url
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.services.audit.record import record
from oncall_ui.services.connections.caps import checking, require_room
from oncall_ui.services.connections.credentials import fingerprint_of, seal_credentials
from oncall_ui.services.connections.views import calendars_of, get_connection, owned
from oncall_ui.services.imports import state
from oncall_ui.services.imports.fetching.fetch import Source, discover
from oncall_ui.services.text_input import checked_line, without_hidden
from providers.base import Discovery, Field, FieldKind, Product, RemoteCalendar


async def connect(app: App, member_id: int, product_key: str, nickname: str, values: Mapping[str, str]) -> int:
    """Checks the account or feed, then stores the connection with its calendars and returns its id.

    If the member has connected it before, that connection gets the new credentials and keeps every setting. Raises
    InvalidInput for a field, Failure when it can't be read; then nothing is stored.
    """
    product = app.product(product_key)
    if product is None:
        raise NotAllowed
    with checking(app, member_id, product):
        credentials, found = await _read(app, product, nickname, values)
    return await asyncio.to_thread(store, app, member_id, product, nickname.strip(), credentials, found)


async def reconnect(app: App, member_id: int, connection_id: int, nickname: str, values: Mapping[str, str]) -> int:
    """Checks the account or feed, then makes it the one this connection leads to, and returns the connection's id.

    Its calendars keep every setting and their availability; those that are on are imported again at once. Raises
    NotAllowed unless it is the member's, InvalidInput for a field, Failure when it can't be read; then nothing changes.
    """
    former = await asyncio.to_thread(get_connection, app, member_id, connection_id)
    product = app.product(former.product)
    if product is None:
        raise NotAllowed
    with checking(app, member_id, product):
        credentials, found = await _read(app, product, nickname, values)
    await asyncio.to_thread(put_in_place, app, member_id, connection_id, product, nickname.strip(), credentials, found)
    return connection_id


async def _read(
    app: App, product: Product, nickname: str, values: Mapping[str, str]
) -> tuple[dict[str, str], Discovery]:
    if product.sign_in is not None:
        raise NotAllowed
    required = (field for field in product.fields if field.required)
    all_valid(lambda: _check_nickname(nickname), *(partial(_check_filled, field, values) for field in required))
    credentials = _credentials(product, values)
    try:
        found = await discover(app, Source(product, credentials))
    except Failure as failure:
        failure.sentence = on_entering(failure, _host(product, credentials))
        raise
    return credentials, found


def _host(product: Product, credentials: Mapping[str, str]) -> str:
    """Of the address that was entered; empty for a product without one."""
    keys = (field.key for field in product.fields if field.kind is FieldKind.ADDRESS)
    return next((httpx.URL(credentials[key]).host for key in keys), "")


def _check_nickname(nickname: str) -> None:
    sentence = "Choose a nickname of at most 200 characters."
    checked_line(nickname, "Nickname", longest=200, sentence=sentence, may_be_empty=True)


def _check_filled(field: Field, values: Mapping[str, str]) -> None:
    if not values.get(field.key, "").strip():
        raise InvalidInput(field.label, f"Enter the {_in_sentence(field.label)}.")


def _credentials(product: Product, values: Mapping[str, str]) -> dict[str, str]:
    credentials = product.normalise(values)
    for field in product.fields:
        if field.kind is FieldKind.ADDRESS:
            credentials[field.key] = normalise_url(credentials[field.key])
    return credentials


def _in_sentence(label: str) -> str:
    """`User name` in lower case, `URL` as it is."""
    return label if label.isupper() else label.lower()


def store(
    app: App,
    member_id: int,
    product: Product,
    nickname: str,
    credentials: Mapping[str, str],
    found: Discovery,
) -> int:
    fingerprint = fingerprint_of(app, found.identity)
    sealed = seal_credentials(app, credentials, found)
    with app.db.write() as session:
        lock_member(session, member_id)  # in two browsers at once, the second finds what the first has stored
        row = _same(session, member_id, product, fingerprint)
        action = AuditAction.CONNECTED if row is None else AuditAction.RECONNECTED
        if row is None:
            require_room(session, app, member_id, product)
            row = Connection(
                member_id=member_id, product=product.key, nickname="", account="", fingerprint=fingerprint, sealed=""
            )
        row.sealed, row.account, row.addresses = sealed, without_hidden(found.account), list(found.addresses)
        row.nickname = nickname or row.nickname or _usual_name(found)
        session.add(row)
        session.flush()
        assert row.id is not None  # just stored
        _store_calendars(session, row, found.calendars)
        _record(session, action, row, product, found)
    app.hub.publish(MemberChanged(member_id))
    return row.id


def put_in_place(
    app: App,
    member_id: int,
    connection_id: int,
    product: Product,
    nickname: str,
    credentials: Mapping[str, str],
    found: Discovery,
) -> None:
    fingerprint = fingerprint_of(app, found.identity)
    sealed = seal_credentials(app, credentials, found)
    with app.db.write() as session:
        lock_member(session, member_id)
        row = owned(session, member_id, connection_id)
        other = _same(session, member_id, product, fingerprint)
        if other is not None and other.id != row.id:
            label = product.fields[0].label if product.fields else ""
            raise InvalidInput(label, f"Already connected as {other.nickname}. Enter a different one.")
        row.sealed, row.fingerprint = sealed, fingerprint
        row.account, row.addresses = without_hidden(found.account), list(found.addresses)
        row.nickname = nickname or row.nickname
        for calendar in calendars_of(session, connection_id):
            state.source_replaced(calendar)
        session.flush()
        _store_calendars(session, row, found.calendars)
        _record(session, AuditAction.RECONNECTED, row, product, found)
    app.hub.publish(MemberChanged(member_id))


def _record(session: Session, action: AuditAction, row: Connection, product: Product, found: Discovery) -> None:
    brought: dict[str, str | int] = {"product": product.name, "calendars": len(found.calendars)}
    record(session, action, by=row.member_id, what=row.nickname, also=brought)


def _usual_name(found: Discovery) -> str:
    """The only calendar's name, else the account's."""
    names = [without_hidden(calendar.name) for calendar in found.calendars]
    return ((names[0] if len(names) == 1 else "") or without_hidden(found.account))[:200]


def connection_like(app: App, member_id: int, product: Product, fingerprint: str) -> int | None:
    """The member's connection to the same account or feed."""
    with app.db.read() as session:
        row = _same(session, member_id, product, fingerprint)
        return row.id if row else None


def _same(session: Session, member_id: int, product: Product, fingerprint: str) -> Connection | None:
    return session.exec(
        select(Connection).where(
            Connection.member_id == member_id,
            Connection.product == product.key,
            Connection.fingerprint == fingerprint,
        )
    ).first()


def _store_calendars(session: Session, connection: Connection, found: tuple[RemoteCalendar, ...]) -> None:
    assert connection.id is not None  # flushed by the caller
    known = {calendar.remote_id: calendar for calendar in calendars_of(session, connection.id)}
    for remote in found:
        calendar = known.get(remote.remote_id)
        if calendar is None:
            calendar = Calendar(connection_id=connection.id, remote_id=remote.remote_id, name="")
            # A primary calendar is offered switched on; it is read only once the member has saved that.
            calendar.is_on = remote.primary
        elif calendar.is_on:
            state.reconnected(calendar)
        calendar.name = (without_hidden(remote.name) or connection.nickname)[:300]
        session.add(calendar)


__all__ = ["Field", "FieldKind", "Product", "get_product"]


def get_product(app: App, key: str) -> Product:
    """Raises NotAllowed when there is none of this key."""
    product = app.product(key)
    if product is None:
        raise NotAllowed
    return product
