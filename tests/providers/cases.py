"""One other side a provider, made to do what the contract suite asks for. A new provider adds its case here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from providers import caldav, google, ics, outlook
from providers.base import Product
from tests.calendars import STAMP, calendar
from tests.fakes import memory
from tests.fakes.feeds import FeedServer
from tests.fakes.google import EVERYTHING, Google
from tests.fakes.google_calendars import timed
from tests.fakes.graph import Microsoft
from tests.fakes.graph_events import event
from tests.fakes.oauth import Bearer
from tests.fakes.radicale import Radicale

Span = tuple[str, datetime, datetime]
SECRET = "s3cret-part-of-the-address"


class Case(Protocol):
    """An account with one calendar, `remote_id`, whose content and mood can be set."""

    product: Product
    credentials: dict[str, str]
    remote_id: str

    @property
    def auth(self) -> httpx.Auth | tuple[str, str] | None:
        """What the client shows, that the provider is given."""
        ...

    def hold(self, *events: Span) -> None: ...
    def lose_access(self) -> None: ...
    def vanish(self) -> None: ...
    def be_busy(self, retry_after: timedelta) -> None: ...
    def break_down(self) -> None: ...


class IcsCase:
    product = ics.PRODUCT
    remote_id = ics.ONLY
    auth = None

    def __init__(self, feeds: FeedServer) -> None:
        self._feeds, self._path = feeds, f"/{SECRET}/work.ics"
        self.hold()
        self.credentials = {"url": feeds.url(self._path)}

    def hold(self, *events: Span) -> None:
        self._feeds.serve(self._path, calendar(*_blocks(events)))

    def lose_access(self) -> None:
        self._feeds.refuse(self._path, status=401)

    def vanish(self) -> None:
        self._feeds.remove(self._path)

    def be_busy(self, retry_after: timedelta) -> None:
        self._feeds.refuse(self._path, status=429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        self._feeds.refuse(self._path, status=503)


class CalDavCase:
    """A real server; what it can't be made to say itself, a proxy in front of it says."""

    product = caldav.PRODUCT

    def __init__(self, radicale: Radicale) -> None:
        self._radicale = radicale
        radicale.change_password(SECRET)
        self.hold()
        self.remote_id = radicale.url_of("work")
        self.credentials = {"url": radicale.url, "user": radicale.user, "password": SECRET}
        self.auth = (radicale.user, SECRET)

    def hold(self, *events: Span) -> None:
        self._radicale.hold("work", {str(number): block for number, block in enumerate(_blocks(events))})

    def lose_access(self) -> None:
        self._radicale.change_password("another")

    def vanish(self) -> None:
        self._radicale.remove("work")

    def be_busy(self, retry_after: timedelta) -> None:
        self._radicale.refuse(429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        self._radicale.refuse(503)


class GoogleCase:
    product = google.PRODUCT
    remote_id = "alice@example.org"

    def __init__(self, fake: Google) -> None:
        self._google = fake
        self._account = fake.account(self.remote_id)
        access, _ = fake.grant(self.remote_id, *EVERYTHING)
        self.auth = Bearer(access)
        self.credentials = {
            "api_url": fake.api_url,
            "userinfo_url": fake.userinfo_url,
            "scope": " ".join(EVERYTHING),
            "account": self.remote_id,
        }

    def hold(self, *events: Span) -> None:
        self._account.primary.events = [timed(*each) for each in events]

    def lose_access(self) -> None:
        self._google.revoke(self.remote_id)

    def vanish(self) -> None:
        self._account.calendars.clear()

    def be_busy(self, retry_after: timedelta) -> None:
        self._google.fail("events", status=429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        for endpoint in ("events", "userinfo"):
            self._google.fail(endpoint, status=503)


class OutlookCase:
    product = outlook.PRODUCT
    remote_id = "work"

    def __init__(self, microsoft: Microsoft) -> None:
        self._microsoft, self._account = microsoft, "alice@contoso.example"
        self._mailbox = microsoft.mailbox(self._account)
        token, _ = microsoft.grant(self._account, "User.Read", "Calendars.Read")
        self.auth = Bearer(token)
        self.credentials = {
            "api_url": microsoft.api_url,
            "userinfo_url": "",
            "scope": "User.Read Calendars.Read",
            "account": self._account,
        }

    def hold(self, *events: Span) -> None:
        self._mailbox.calendars["work"].events = [event(*each) for each in events]

    def lose_access(self) -> None:
        self._microsoft.revoke(self._account)

    def vanish(self) -> None:
        del self._mailbox.calendars["work"]

    def be_busy(self, retry_after: timedelta) -> None:
        seconds = str(int(retry_after.total_seconds()))
        self._microsoft.fail("view", status=429, retry_after=seconds, times=None)

    def break_down(self) -> None:
        for endpoint in ("me", "calendars", "view"):
            self._microsoft.fail(endpoint, status=503, times=None)


class MemoryCase:
    product = memory.PRODUCT
    remote_id = "work"
    auth = None

    def __init__(self) -> None:
        self.credentials = {"name": "alice"}
        self._account = memory.ACCOUNTS["alice"] = memory.Account()
        self.hold()

    def hold(self, *events: Span) -> None:
        self._account.calendars["work"] = list(events)

    def lose_access(self) -> None:
        self._account.refusal = MemberMustAct(Cause.REFUSED, "The memory refused the password.")

    def vanish(self) -> None:
        self._account.calendars.clear()
        self._account.refusal = MemberMustAct(Cause.NOT_FOUND, "The memory is gone.")

    def be_busy(self, retry_after: timedelta) -> None:
        self._account.refusal = TryLater(Cause.BUSY, "The memory is busy.", retry_after=retry_after)

    def break_down(self) -> None:
        self._account.refusal = TryLater(Cause.SERVER_ERROR, "The memory is down.")


def _blocks(events: Sequence[Span]) -> list[str]:
    return [
        f"BEGIN:VEVENT\r\nUID:{number}@test\r\n{STAMP}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{end:%Y%m%dT%H%M%SZ}\r\nSUMMARY:{title}\r\nEND:VEVENT"
        for number, (title, start, end) in enumerate(events)
    ]
