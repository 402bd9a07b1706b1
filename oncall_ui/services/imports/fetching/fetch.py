"""From credentials to an outcome: a worker runs the provider, the app sends its requests. For checks and imports."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import httpx

from oncall_ui.app import CHECK_SECONDS, IMPORT_SECONDS, App
from oncall_ui.domain.availability.preview import CountingMode, Preview
from oncall_ui.domain.imports.failures import Cause, Unreadable
from oncall_ui.security.oauth import Bearer
from oncall_ui.services.connections.oauth_tokens import access_token
from oncall_ui.services.imports.fetching import in_worker
from oncall_ui.services.imports.fetching.in_worker import Question, Reading
from oncall_ui.services.imports.fetching.remote import HandedOver, Probe, RemoteClient
from oncall_ui.services.imports.fetching.requests import Requests
from oncall_ui.worker import Served
from providers.base import Discovery, FieldKind, Product, too_much_listed

LARGEST_LISTING = 8 * 1024 * 1024
"""Bytes of one answer while calendars are listed: sixteen times as much as 500 calendars with a time zone each need."""


@dataclass(frozen=True, slots=True)
class Source:
    """An account or a feed, and how its provider gets in.

    Without a `connection_id` nothing is stored yet: an access token among the credentials is used as it is.
    """

    product: Product
    credentials: Mapping[str, str] = field(repr=False)
    connection_id: int | None = None
    account: str = ""


class Watcher(Protocol):
    """Follows a reading."""

    def arrived(self, share: float | None, events: int = 0) -> None:
        """`share` of the content, 0 to 1, has arrived, with so many events; None if its size is unknown."""

    def counted(self, events: int) -> None:
        """So many events were read."""

    def fetched(self) -> None:
        """The server has answered completely."""

    async def previous(self) -> bytes | None:
        """The digest of the last reading, if it counts; asked for when there is content."""


async def discover(app: App, source: Source) -> Discovery:
    """The account and its calendars. The only calendar of a feed has proved readable, and names itself."""
    async with _requests(app, source, CHECK_SECONDS, is_listing=source.product.lists) as requests:
        settings = _settings(app, source)
        with contextlib.suppress(HandedOver):
            await source.product.open(RemoteClient(Probe(requests)), settings).discover()
        try:
            return await app.workers.converse(in_worker.discover, source.product, settings, served=requests.served)
        except Unreadable as failure:
            if source.product.lists and failure.cause is Cause.TOO_LARGE:
                raise too_much_listed(_name(source), failure.detail) from None
            raise


async def read(app: App, source: Source, question: Question, watcher: Watcher) -> Reading | None:
    """What the calendar holds; None if nothing has changed since the cursor was issued."""
    async with _requests(app, source, IMPORT_SECONDS) as requests:
        settings = _settings(app, source)
        with contextlib.suppress(HandedOver):
            provider = source.product.open(RemoteClient(Probe(requests)), settings)
            content = await provider.fetch(question.remote_id, question.window, question.cursor, watcher.arrived)
            if content is None:
                return None
        served = _served(requests, watcher)
        return await app.workers.converse(
            in_worker.read, source.product, settings, question, served=served, counted=watcher.counted
        )


async def preview(
    app: App, source: Source, question: Question, others: frozenset[str], counted: Callable[[int], None]
) -> dict[CountingMode, Preview]:
    """What the calendar would bring in each mode. Of its events only the few titles that are shown leave the worker."""

    async def arrived(_share: float | None, events: int) -> None:
        counted(events)

    async with _requests(app, source, CHECK_SECONDS) as requests:
        settings = _settings(app, source)
        return await app.workers.converse(
            in_worker.preview,
            source.product,
            settings,
            question,
            others,
            served={**requests.served, "arrived": arrived},
            counted=counted,
        )


async def whose(app: App, source: Source) -> str:
    """Which account it is, as `Discovery.identity`; empty if that isn't known."""
    async with _requests(app, source, CHECK_SECONDS, is_listing=True) as requests:
        settings = _settings(app, source)
        return await app.workers.converse(in_worker.whose, source.product, settings, served=requests.served)


@contextlib.asynccontextmanager
async def _requests(app: App, source: Source, seconds: float, *, is_listing: bool = False) -> AsyncIterator[Requests]:
    """Over a guarded client that carries what the provider must not know."""
    product, credentials = source.product, source.credentials
    limits = app.limits(seconds)
    if is_listing:
        limits = replace(limits, compressed_bytes=LARGEST_LISTING, decompressed_bytes=LARGEST_LISTING)
    authority, login = app.oauth_client(product), product.login(credentials)
    if authority is None:
        client = app.http.client(limits=limits, auth=login)
    else:
        bearer = Bearer(authority, partial(_token, app, source))
        client = app.operator_http.client(limits=limits, auth=bearer, concurrency=app.concurrency_of(product))
    challenged = partial(product.challenged, *login) if product.challenged and login else None
    async with client:
        requests = Requests(client, partial(product.may_ask, _settings(app, source)), challenged, app.large_bodies)
        try:
            yield requests
        finally:
            await requests.close()


async def _token(app: App, source: Source, stale: str) -> str:
    if source.connection_id is None:
        return source.credentials["access_token"]
    return await access_token(app, source.product, source.connection_id, stale)


def _settings(app: App, source: Source) -> Mapping[str, str]:
    """What the provider is opened with."""
    authority = app.oauth_client(source.product)
    if authority is None:
        return source.product.without_password(source.credentials)
    return {
        "api_url": authority.api_url,
        "userinfo_url": authority.userinfo_url,
        "scope": source.credentials["scope"],
        "account": source.account,
    }


def _served(requests: Requests, watcher: Watcher) -> Served:
    async def arrived(share: float | None, events: int) -> None:
        watcher.arrived(share, events)

    async def fetched() -> None:
        watcher.fetched()

    return {**requests.served, "arrived": arrived, "fetched": fetched, "previous": watcher.previous}


def _name(source: Source) -> str:
    """The server's, as members know it."""
    addresses = [each.key for each in source.product.fields if each.kind is FieldKind.ADDRESS]
    hosts = (httpx.URL(source.credentials[key]).host for key in addresses)
    return source.product.company or next(hosts, "") or source.product.name
