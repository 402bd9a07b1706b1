"""What a provider is, and the words of this folder.

product      what a member sees in the list of things to connect: a name, a logo, a sentence, one button
connection   one account or feed of a product that a member connected
calendar     one calendar inside it, known to the provider by its `remote_id`
content      what a provider fetched, as it came: bytes, not yet understood
cursor       what a provider wants to be given next time, so that it can say "nothing changed"
reading      content understood: occurrences inside a window (oncall_ui.domain.imports.events)

A provider fetches on the event loop and interprets in a worker process; in between there are only bytes. It is given a
client that already carries credentials and guards every address, and fails only in the three ways of
oncall_ui.domain.imports.failures: the member must act, try later, unreadable.
"""

from collections.abc import Callable, Mapping
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
    "Unreadable",
]

Cursor = Mapping[str, str]


class Progress(Protocol):
    """Hears what has arrived so far."""

    def __call__(self, share: float | None, events: int = 0) -> None:
        """`share` of the content, 0 to 1, None where its size is unknown; `events` in it, as far as that shows."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar as the provider lists it. `zone` is an IANA name or empty; `primary`: on unless the member says no."""

    remote_id: str
    name: str
    zone: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What was fetched for one calendar, and the cursor that stands for it."""

    parts: tuple[bytes, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a connection leads to. `account` may be shown; `identity` tells it from the member's other connections.

    `content` is there when listing the calendars meant fetching the only one: it has to be readable, too. `addresses`
    are the account's own e-mail addresses, lower case: what they organised or accepted is the member's.
    """

    account: str
    identity: str
    calendars: tuple[RemoteCalendar, ...]
    content: Content | None = None
    addresses: tuple[str, ...] = ()


class Provider(Protocol):
    """One open connection. Every method may raise MemberMustAct or TryLater, and nothing else."""

    async def discover(self) -> Discovery:
        """Who this is and which calendars there are."""
        ...

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """The content of a calendar, at least as far as `window` goes; None: the same as when `cursor` was given out.

        An empty cursor always fetches.
        """
        ...


class Interpret(Protocol):
    """Content → what it says. Pure and importable by name: it runs in a worker process. Raises Unreadable."""

    def __call__(
        self,
        parts: tuple[bytes, ...],
        window: Window,
        zone: ZoneInfo,
        previous: Digest | None,
        counted: Callable[[int], None],
    ) -> Changes:
        """`zone` is the member's: for floating times and days of a calendar without a zone; `counted` gets progress.

        `previous` is what the last reading left: what it covers and didn't change need not be read again.
        """
        ...


class FieldKind(StrEnum):
    TEXT = "text"
    ADDRESS = "address"
    USER = "user"
    PASSWORD = "password"  # noqa: S105 - a kind of field


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form that connects a product. Folded fields are optional and hidden until asked for."""

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    required: bool = True
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a vendor said instead of letting us in, for the member; `link` is to be opened or passed on."""

    sentence: str
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one signs in at a product (OAuth 2.0 authorization code, RFC 6749, with PKCE, RFC 7636)."""

    authority: str
    """Key of its endpoints and of our registration there; stands in the redirect address."""
    scopes: tuple[str, ...]
    narrow_scopes: tuple[str, ...]
    """What is asked for when a member gives free and busy times only."""
    needed: tuple[str, ...]
    """Without one of these nothing can be read. Members can untick single ones."""
    narrow_needed: tuple[str, ...]
    parameters: Mapping[str, str]
    """What its authorization endpoint wants besides."""
    renewing: Mapping[str, str]
    """The same for a second round, when the first one brought no refresh token."""
    narrow_words: str
    """Names the narrower choice, as a link."""
    steps: tuple[str, ...]
    """What the operator registers, in three steps; `{redirect}` is the exact address."""
    guide: str
    """Route of the page that tells it at length."""
    refused: Callable[[Mapping[str, str], str, str], Refusal | None]
    """(what came back instead of a code, authorize address, client id) → what it means; None: the usual words do."""
    lost: Callable[[timedelta], str]
    """A grant that has lasted so long and is no longer valid → what most likely happened and what to do."""
    max_concurrency: int | None = None
    """How many requests a vendor takes at a time from one installation."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the app knows of a product besides its code. Without `open` it can't be connected; `missing` says why."""

    key: str
    name: str
    sentence: str
    button: str
    logo: str
    """File name in pages/static/logos."""
    missing: str = ""
    title: str = ""
    """Heading of its form."""
    lead: str = ""
    fields: tuple[Field, ...] = ()
    folded_label: str = ""
    lists: bool = False
    """Whether a connection of it holds calendars that come and go, so that they are looked for again."""
    help_title: str = "Where to find the address"
    help: tuple[tuple[str, str, tuple[str, ...]], ...] = field(default=())
    """Where to find what the form asks for: logo, product, steps."""
    normalise: Callable[[Mapping[str, str]], dict[str, str]] = dict
    """Typed values → credentials to store. Raises MemberMustAct with the field's sentence."""
    sign_in: SignIn | None = None
    """Instead of a form. `open` is then given `api_url`, `userinfo_url`, `scope` and the `account`, and no token."""
    open: Callable[[httpx.AsyncClient, Mapping[str, str]], Provider] | None = None
    interpret: Interpret | None = None

    vendor: str = ""
    """Who is behind it, in sentences: Google, Microsoft."""

    @property
    def works(self) -> bool:
        return self.open is not None
