"""Google and Microsoft as the tests of signing in see them: one account each, one calendar with one event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import httpx

from oncall_ui.settings import Settings
from tests.calendars import in_days
from tests.fakes.google import Google
from tests.fakes.google_calendars import timed
from tests.fakes.graph import Calendar, Microsoft
from tests.fakes.graph_events import event, invitation
from tests.fakes.oauth import AuthorizationServer

NOC = ("noc", in_days(2, 11), in_days(2, 12))


class Vendor(Protocol):
    """What differs between the two, for tests that run against both."""

    product: str
    authority: str
    account: str
    remote_id: str
    read: str
    """The endpoint that hands out events."""

    @property
    def fake(self) -> AuthorizationServer: ...
    def invite(self, *answers: str) -> None:
        """The calendar holds one invitation to the account for each answer: `accepted`, `declined`."""
        ...

    def add_calendar(self, key: str) -> None: ...
    def add_account(self, address: str) -> None: ...
    def untick(self) -> None: ...


@dataclass
class AtGoogle:
    fake: Google
    product: str = "google"
    authority: str = "google"
    account: str = "alice@gmail.example"
    remote_id: str = "alice@gmail.example"
    read: str = "events"

    def __post_init__(self) -> None:
        self.fake.account(self.account).primary.events = [timed(*NOC)]
        self.fake.signed_in = self.account

    def invite(self, *answers: str) -> None:
        self.fake.people[self.account].primary.events = [
            timed(
                *NOC,
                organizer={"email": "carol@example.com"},
                attendees=[{"email": self.account, "self": True, "responseStatus": answer}],
            )
            for answer in answers
        ]

    def add_calendar(self, key: str) -> None:
        self.fake.people[self.account].add(key, key)

    def add_account(self, address: str) -> None:
        self.fake.account(address)

    def untick(self) -> None:
        self.fake.unticked = {"https://www.googleapis.com/auth/calendar.events.readonly"}


@dataclass
class AtMicrosoft:
    fake: Microsoft
    product: str = "outlook"
    authority: str = "microsoft"
    account: str = "alice@contoso.example"
    remote_id: str = "work"
    read: str = "view"
    added: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fake.mailbox(self.account).calendars["work"].events = [event(*NOC)]
        self.fake.signed_in = self.account

    def invite(self, *answers: str) -> None:
        self.fake.mailbox(self.account).calendars["work"].events = [
            invitation(f"noc {answer}", *NOC[1:], answer) for answer in answers
        ]

    def add_calendar(self, key: str) -> None:
        self.fake.mailbox(self.account).calendars[key] = Calendar(key, owner=self.account)

    def add_account(self, address: str) -> None:
        self.fake.mailbox(address)

    def untick(self) -> None:
        self.fake.unticked = {"Calendars.Read"}


def registered(settings: Settings, google: Google, microsoft: Microsoft) -> Settings:
    """The same settings, on a server that is registered with both."""
    google.redirects.add(settings.redirect_url("google"))
    microsoft.redirects.add(settings.redirect_url("microsoft"))
    known = {name.removeprefix("ONCALL_").lower(): value for name, value in environment(google, microsoft).items()}
    return Settings(_env_file=None, **settings.model_dump() | known)


def google_environment(google: Google) -> dict[str, str]:
    """What an operator sets to have the fake of Google used."""
    return {
        "ONCALL_GOOGLE_CLIENT_ID": google.client_id,
        "ONCALL_GOOGLE_CLIENT_SECRET": google.client_secret,
        "ONCALL_GOOGLE_AUTHORIZE_URL": google.authorize_url,
        "ONCALL_GOOGLE_TOKEN_URL": google.token_url,
        "ONCALL_GOOGLE_REVOKE_URL": google.revoke_url,
        "ONCALL_GOOGLE_API_URL": google.api_url,
        "ONCALL_GOOGLE_USERINFO_URL": google.userinfo_url,
    }


def environment(google: Google, microsoft: Microsoft) -> dict[str, str]:
    """What an operator sets to have both fakes used."""
    return google_environment(google) | {
        "ONCALL_MICROSOFT_CLIENT_ID": microsoft.client_id,
        "ONCALL_MICROSOFT_CLIENT_SECRET": microsoft.client_secret,
        "ONCALL_MICROSOFT_AUTHORIZE_URL": microsoft.authorize_url,
        "ONCALL_MICROSOFT_TOKEN_URL": microsoft.token_url,
        "ONCALL_MICROSOFT_GRAPH_URL": microsoft.api_url,
    }


async def visit(url: str) -> Mapping[str, str]:
    """What the vendor, asked at `url` by a browser that is signed in there, sends it back with."""
    async with httpx.AsyncClient(trust_env=False, verify=False) as browser:
        answer = await browser.get(url)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
