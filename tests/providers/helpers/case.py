"""What the shared suites ask of the other side of a provider, and how they open and read it.

The contract, the table of the rules, the clock changes and the list of products all draw on one case per provider.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import httpx
import pytest

from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.events import Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers.base import Content, Cursor, Product, Provider
from tests.providers.helpers.kinds import Kind

Span = tuple[str, datetime, datetime]
"""Title, start, end."""
SECRET = "s3cret-part-of-the-address"
"""Part of each case's credentials: nothing that is shown may contain it."""
BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = days_from(datetime.now(UTC).date(), BERLIN)


class Case(ABC):
    """An account with one calendar, `remote_id`, whose content and mood can be set.

    A case gets its fake by `request.getfixturevalue`, or starts one and ends it by `request.addfinalizer`.
    """

    product: ClassVar[Product]
    remote_id: str
    credentials: dict[str, str]

    @abstractmethod
    def __init__(self, request: pytest.FixtureRequest) -> None: ...

    @property
    def auth(self) -> httpx.Auth | tuple[str, str] | None:
        """What the client sends for the provider: the login of the form, unless the product has another way."""
        return self.product.login(self.credentials)

    @abstractmethod
    def hold(self, *events: Span) -> None:
        """From now on the calendar holds these events and no other."""

    @abstractmethod
    def lose_access(self) -> None: ...

    @abstractmethod
    def vanish(self) -> None:
        """The calendar is gone; the account may stay."""

    @abstractmethod
    def be_busy(self, retry_after: timedelta) -> None: ...

    @abstractmethod
    def break_down(self) -> None:
        """The server has an error, for discovery too."""


class ProductCase(Case):
    """The same for what members can connect, with what else the suites ask of every product."""

    button: ClassVar[str]
    """What members press to connect it. Written down again, so that it doesn't change unnoticed."""
    unsaid: ClassVar[Mapping[Kind, str]]
    """Kinds of event its calendars can't express, with the reason."""
    publishes_no_busy_times: ClassVar[str] = ""
    """Why its calendars are never shared as free/busy times, if they aren't."""
    names_zone: ClassVar[bool] = True
    """Whether its content says which time zone a calendar is in."""

    @abstractmethod
    def hold_kinds(self, *kinds: Kind) -> None:
        """From now on the calendar holds one event of each of these kinds, with the kind as its UID."""

    def publish_busy_times(self) -> None:
        """From now on the calendar shows START to END as busy, the hour after it as free at most, and no event."""
        raise NotImplementedError("Implement it, or say in publishes_no_busy_times why there are none.")

    every_calendar_is_theirs: ClassVar[bool] = False
    """Whether members connect only calendars of their own, so that what is in them is theirs."""

    @abstractmethod
    def hold_kinds_elsewhere(self, *kinds: Kind) -> None:
        """The same in a calendar that isn't the account's main one; from now on that is `remote_id`."""

    @staticmethod
    @abstractmethod
    def whole_days(days: Sequence[date], zone: str) -> tuple[bytes, ...]:
        """Content of a calendar in `zone`, empty for none, with a one-day event on each of these days."""


@asynccontextmanager
async def opened(case: Case) -> AsyncIterator[Provider]:
    """The provider as the service opens it: through the guarded client, signed in."""
    async with GuardedHttp(AllowedHosts.parse("127.0.0.1")).client(auth=case.auth) as client:
        yield case.product.open(client, case.credentials)


async def fetch(provider: Provider, case: Case, cursor: Cursor | None = None) -> Content | None:
    return await provider.fetch(case.remote_id, WINDOW, cursor or {}, lambda _share, _events=0: None)


def interpreted(case: Case, content: Content | None) -> Reading:
    assert content is not None
    return case.product.interpret(content.parts, WINDOW, BERLIN, None, lambda _count: None).reading


async def read(case: Case) -> Reading:
    async with opened(case) as provider:
        return interpreted(case, await fetch(provider, case))
