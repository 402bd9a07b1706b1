"""What a provider is, and the vocabulary of this folder.

product      what a member sees in the list of things to connect: a name, a logo, a sentence, a button
connection   one account or feed of a product that a member connected
calendar     one calendar inside a connection; the provider knows it by its `remote_id`
content      what a provider fetched: bytes, not yet interpreted
cursor       what a provider gets back at the next fetch, so that it can say "not modified"
reading      content interpreted: occurrences inside a window (oncall_ui.domain.imports.events)

A provider runs in a worker process, which may be ended: whatever another server answers is understood there. Its HTTP
client hands each request to the app, which alone reaches the network, adds the member's credentials and refuses
addresses that aren't public. Up to the first answer with content, a provider runs in the app; then it begins again in
the worker, and gets that answer. So the same arguments must lead to the same first request. It fails in three ways
only, those of oncall_ui.domain.imports.failures: the member must act, try later, unreadable.

To add one: CONTRIBUTING.md, "Adding a provider".
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Changes, Digest
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable

__all__ = [
    "TURN",
    "Cause",
    "Changes",
    "Content",
    "Cursor",
    "Digest",
    "Discovery",
    "Failure",
    "Field",
    "FieldKind",
    "Interpret",
    "MemberMustAct",
    "Product",
    "Progress",
    "Provider",
    "Refusal",
    "RemoteCalendar",
    "SignIn",
    "TryLater",
    "Turn",
    "Unreadable",
    "too_much_listed",
]

Cursor = Mapping[str, str]
TURN = "turn"
"""Extension of a response: a `Turn`. What takes long to compute is computed in one, and may be ended there."""
Turn = Callable[[], AbstractAsyncContextManager[None]]


class Progress(Protocol):
    """Receives download progress."""

    def __call__(self, share: float | None, events: int = 0) -> None:
        """`share` of the content received, 0 to 1, None if its size is unknown; `events` counted in it so far."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar as its provider lists it. `zone` is an IANA name or empty; `primary`: offered switched on."""

    remote_id: str
    name: str
    zone: str = ""
    primary: bool = False


API_ADDRESSES = ("api_url", "userinfo_url")
"""Of a product with `sign_in`, in what `open` receives."""
CALENDARS = 500
"""The most calendars of one account that are listed."""


def too_much_listed(name: str, detail: str = "") -> MemberMustAct:
    """An account with more calendars than CALENDARS, or whose list is larger than that could be."""
    sentence = (
        f"{name} lists more than this server reads for one account. Use the address of a single calendar instead."
    )
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail=detail or f"more than {CALENDARS} calendars")


@dataclass(frozen=True, slots=True)
class Content:
    """What was fetched for one calendar, and the cursor of this version of it.

    Without `parts` it is the version that was read last, and only the cursor is new.
    """

    parts: tuple[bytes, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a connection leads to. `account` may be shown; `identity` tells it from the member's other connections.

    `content` is set when listing the calendars meant fetching the only one; the app then checks that it can be read.
    `addresses` are the account's own email addresses, lower case: invitations they organised or accepted are the
    member's.
    """

    account: str
    identity: str
    calendars: tuple[RemoteCalendar, ...]
    content: Content | None = None
    addresses: tuple[str, ...] = ()


class Provider(Protocol):
    """One open connection. Its methods raise MemberMustAct and TryLater, and nothing else."""

    async def discover(self) -> Discovery:
        """The account and its calendars."""
        ...

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """The content of a calendar, at least inside `window`; None if it hasn't changed since `cursor` was issued.

        With an empty cursor it always returns content, with parts.
        """
        ...


class Interpret(Protocol):
    """Content → events. Pure and importable by name, because it runs in a worker process. Raises Unreadable."""

    def __call__(
        self,
        parts: tuple[bytes, ...],
        window: Window,
        zone: ZoneInfo,
        previous: Digest | None,
        counted: Callable[[int], None],
    ) -> Changes:
        """`zone` is the member's, for floating times and for days of a calendar without a zone.

        `previous` is the digest of the last reading: what it covers and hasn't changed need not be read again.
        `counted` receives the number of events read so far.
        """
        ...


class FieldKind(StrEnum):
    TEXT = "text"
    ADDRESS = "address"
    """A URL. The app normalises it, and shows failures here."""
    USER = "user"
    PASSWORD = "password"  # noqa: S105 - a kind of field


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form that connects a product. Folded fields are optional and hidden until opened."""

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    required: bool = True
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a provider refused a sign-in, for the member; `link` is to be opened or passed on."""

    sentence: str
    link: str = ""
    link_words: str = ""


def no_reason(_answer: Mapping[str, str]) -> str:
    """Of a provider that says no more than an error code."""
    return ""


def ends(_reason: str) -> bool:
    """Of a provider whose refusals are final."""
    return False


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a member signs in to a product (OAuth 2.0 authorization code, RFC 6749, with PKCE, RFC 7636)."""

    authority: str
    """Key of the endpoints and of our registration in the settings; part of the redirect address."""
    scopes: tuple[str, ...]
    narrow_scopes: tuple[str, ...]
    """Requested instead when a member shares free/busy times only."""
    needed: tuple[str, ...]
    """Without any of these nothing can be read. Members can untick single scopes."""
    narrow_needed: tuple[str, ...]
    parameters: Mapping[str, str]
    """Further parameters of the authorization request."""
    renewing: Mapping[str, str]
    """The same for a second request, when the first one returned no refresh token."""
    narrow_words: str
    """Link text of the narrower choice."""
    steps: tuple[str, ...]
    """What the operator registers, in three steps; `{redirect}` is the exact address."""
    guide: str
    """Route of the guide that explains these steps."""
    refused: Callable[[Mapping[str, str], str, str], Refusal | None]
    """(authorization error response, authorize address, client id) → what it means; None: the usual sentence."""
    lost: Callable[[timedelta, str], str]
    """Age of a grant that is no longer valid, and the `reason` it ended → what happened and what to do."""
    reason: Callable[[Mapping[str, str]], str] = no_reason
    """(token error response) → in one word why, for `lost`; empty if it says no more than its error code."""
    passes: Callable[[str], bool] = ends
    """Whether a `reason` is one of the provider's own troubles, which pass: then nothing has ended."""
    max_concurrency: int | None = None
    """How many concurrent requests the provider accepts from one installation."""


@dataclass(frozen=True, slots=True)
class Product:
    """Everything the app knows about a product. Pages, imports and the command line draw on this alone.

    It travels to the worker, so every function in it must be one at module level.
    """

    key: str
    name: str
    sentence: str
    button: str
    logo: str
    """File name in pages/static/logos."""
    open: Callable[[httpx.AsyncClient, Mapping[str, str]], Provider]
    """The provider over a client, with the stored credentials; with `sign_in` see there."""
    interpret: Interpret
    missing: str = ""
    """Shown instead of `sentence` where the operator hasn't registered the product."""
    title: str = ""
    """Heading of its form."""
    lead: str = ""
    fields: tuple[Field, ...] = ()
    """Its form. The values of the fields of kind USER and PASSWORD, if any, become the client's login."""
    folded_label: str = ""
    lists: bool = False
    """Whether its calendars come and go, so that the app looks for new ones."""
    help_title: str = "Where to find the address"
    help: tuple[tuple[str, str, tuple[str, ...]], ...] = field(default=())
    """Where to find what the form asks for: logo, product, steps."""
    normalise: Callable[[Mapping[str, str]], dict[str, str]] = dict
    """Typed values → credentials to store. Raises MemberMustAct with a sentence for the form."""
    challenged: Callable[[str, str], httpx.Auth] | None = None
    """(user, password) → how its login is sent to a server that wants another scheme than Basic (RFC 7235)."""
    methods: frozenset[str] = frozenset({"GET"})
    """Of the requests it sends. The app sends no others."""
    trusts: Callable[[Mapping[str, str], str], bool] | None = None
    """(settings, URL) → whether that server may be asked, and see the login; None: only the addresses in its settings.

    `settings` are what `open` gets. The app decides by it on every request, whatever a provider did before.
    """
    sign_in: SignIn | None = None
    """Instead of a form. `open` then receives `api_url`, `userinfo_url`, `scope` and `account`, and no token."""
    whose: Callable[[httpx.AsyncClient, Mapping[str, str]], Awaitable[str]] | None = None
    """As `open` → the `Discovery.identity` of the account, empty if it isn't said; where access can be revoked."""
    company: str = ""
    """Who runs it, in sentences: Google, Microsoft."""

    def may_ask(self, settings: Mapping[str, str], method: str, url: str) -> bool:
        """Whether the provider may have this request sent; see `methods` and `trusts`."""
        if method not in self.methods:
            return False
        if self.trusts:
            return self.trusts(settings, url)
        addresses = [each.key for each in self.fields if each.kind is FieldKind.ADDRESS]
        own = (settings.get(key, "") for key in (addresses or API_ADDRESSES))
        return _origin(url) in {_origin(each) for each in own if each}

    def without_password(self, credentials: Mapping[str, str]) -> dict[str, str]:
        """What the provider may know of them: the app alone sends the password."""
        passwords = {each.key for each in self.fields if each.kind is FieldKind.PASSWORD}
        return {key: "" if key in passwords else value for key, value in credentials.items()}

    def login(self, credentials: Mapping[str, str]) -> tuple[str, str] | None:
        """The user name and password the client sends (RFC 7617), by the kind of the fields; None without a user."""
        by_kind = {each.kind: credentials.get(each.key, "") for each in self.fields}
        user = by_kind.get(FieldKind.USER, "")
        return (user, by_kind.get(FieldKind.PASSWORD, "")) if user else None


def _origin(url: str) -> tuple[str, bytes, int | None, bytes]:
    """Read by the library that will connect to it. A user name in front of the host makes it another one."""
    found = httpx.URL(url)
    return found.scheme, found.raw_host.rstrip(b"."), found.port, found.userinfo
