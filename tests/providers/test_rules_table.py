"""The rules, kind by kind, the same for whatever provider a calendar comes from.

Every provider says each kind of event in its own way, is read as an import reads it, and comes to the same decisions,
the same reasons and the same moments. What a provider has no way to say stands in its list, with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from oncall_ui.domain.availability.evaluate import weigh
from oncall_ui.domain.availability.rules import Action, Decision, Mode, Rules
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.imports.events import Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers import PRODUCTS, ics
from tests.calendars import STAMP, calendar
from tests.fakes.feeds import FeedServer
from tests.fakes.google import CALENDARS, EMAIL, EVERYTHING, FREE_BUSY, Google
from tests.fakes.google_calendars import Item
from tests.fakes.graph import Microsoft
from tests.fakes.graph_events import Json
from tests.fakes.radicale import Radicale
from tests.providers import kinds_google, kinds_ical, kinds_outlook, microsoft_opening, opening, opening_google
from tests.providers.kinds import END, ME, SETTINGS, START, TABLE, Kind
from tests.providers.opening import BERLIN, WINDOW

NARROW = ("openid", EMAIL, CALENDARS, FREE_BUSY)
_UTC = "%Y%m%dT%H%M%SZ"
Written = Callable[[Kind], Any]
SAID: Mapping[str, Written] = {
    "ics": kinds_ical.written,
    "caldav": kinds_ical.written,
    "google": kinds_google.written,
    "outlook": kinds_outlook.written,
}
UNSAID: Mapping[str, Mapping[Kind, str]] = {
    "ics": kinds_ical.UNSAID,
    "caldav": kinds_ical.UNSAID,
    "google": kinds_google.UNSAID,
    "outlook": kinds_outlook.UNSAID,
}


def said(product: str) -> dict[Kind, Any]:
    return {kind: found for kind in Kind if (found := SAID[product](kind)) is not None}


@pytest.fixture(params=list(SAID))
def product(request: pytest.FixtureRequest) -> str:
    key: str = request.param
    return key


@pytest.fixture
async def reading(product: str, request: pytest.FixtureRequest) -> Reading:
    """A calendar that holds every kind its product can say, fetched over HTTP."""
    return await _READ[product](request)


def test_every_product_is_held_to_the_table() -> None:
    assert {each.key for each in PRODUCTS} == set(SAID)
    assert set(TABLE) == set(Kind)


def test_every_kind_is_said_or_it_is_told_why_not(product: str) -> None:
    assert set(said(product)) | set(UNSAID[product]) == set(Kind)
    assert all(UNSAID[product].values())


def test_it_comes_to_the_same_everywhere(product: str, reading: Reading) -> None:
    expected = {
        (kind, rules.mode, rules.counts_free, rules.counts_all_day): TABLE[kind].expected(rules)
        for kind in said(product)
        for rules in SETTINGS
    }
    found = {
        (Kind(at.event.uid), rules.mode, rules.counts_free, rules.counts_all_day): decision
        for rules in SETTINGS
        for at, decision in weigh(reading, rules)
    }
    assert reading.problems == []
    assert found == expected


def test_it_lies_at_the_same_time_everywhere(product: str, reading: Reading) -> None:
    found = {Kind(at.event.uid): (at.starts_at, at.ends_at, at.all_day) for at in reading.occurrences}
    assert found == {kind: _moments(kind) for kind in said(product)}


@pytest.mark.parametrize("source", ["ics", "google", "outlook"])
async def test_time_published_as_busy_blocks_and_what_is_free_does_not(
    source: str, request: pytest.FixtureRequest
) -> None:
    """A CalDAV calendar is always read with its events, so it publishes no bare times."""
    found = await _NARROW[source](request)
    (at,) = [each for each in found.occurrences if not each.event.free]
    assert (at.starts_at, at.ends_at, at.event.title) == (START, END, "")
    for rules in SETTINGS:
        decided = {each.event.free: decision for each, decision in weigh(found, rules)}
        assert decided.pop(False) == _published(rules)
        assert set(decided.values()) <= {TABLE[Kind.FREE].expected(rules)}, "Google leaves free time out"


def _published(rules: Rules) -> Decision:
    return (
        Decision(Action.BLOCK, "published as busy") if rules.mode is Mode.MATCHING else TABLE[Kind.OWN].expected(rules)
    )


def _moments(kind: Kind) -> tuple[Any, Any, bool]:
    """Days are those of the calendar, which is in Berlin like its member."""
    when = TABLE[kind].when
    if when.days is None:
        return (*when.times, False)
    first, end = when.days
    return start_of_day(first, BERLIN), start_of_day(end, BERLIN), True


async def _read_feed(request: pytest.FixtureRequest, *blocks: str) -> Reading:
    feeds: FeedServer = request.getfixturevalue("feeds")
    url = feeds.serve("/work.ics", calendar(*(blocks or said("ics").values())))
    async with GuardedHttp(AllowedHosts.parse("127.0.0.1")).client() as client:
        content = await ics.IcsFeed(client, {"url": url}).fetch(ics.ONLY, WINDOW, {}, _quiet)
    assert content is not None
    return ics.interpret(content.parts, WINDOW, BERLIN, None, lambda _count: None).reading


async def _read_account(request: pytest.FixtureRequest) -> Reading:
    radicale: Radicale = request.getfixturevalue("radicale")
    radicale.hold("work", {str(kind): block for kind, block in said("caldav").items()})
    return opening.understood(await opening.fetched(radicale.url, radicale.url_of("work")))


async def _read_google(request: pytest.FixtureRequest, scopes: Sequence[str] = EVERYTHING, *items: Item) -> Reading:
    google: Google = request.getfixturevalue("google")
    google.account(ME).primary.events = list(items or said("google").values())
    async with opening_google.opened(google, scopes=scopes, account=ME, who=ME) as provider:
        return opening_google.understood(await provider.fetch(ME, WINDOW, {}, _quiet))


async def _read_outlook(request: pytest.FixtureRequest, scope: str = microsoft_opening.WIDE, *items: Json) -> Reading:
    microsoft: Microsoft = request.getfixturevalue("microsoft")
    microsoft.mailbox(ME).calendars["work"].events = list(items or said("outlook").values())
    return microsoft_opening.understood(await microsoft_opening.fetched(microsoft, scope=scope))


def _quiet(share: float | None, events: int = 0) -> None:
    pass


_READ = {"ics": _read_feed, "caldav": _read_account, "google": _read_google, "outlook": _read_outlook}
_NARROW = {
    "ics": lambda request: _read_feed(
        request,
        f"BEGIN:VFREEBUSY\r\nUID:busy\r\n{STAMP}\r\nFREEBUSY;FBTYPE=BUSY:{START:{_UTC}}/{END:{_UTC}}\r\n"
        f"FREEBUSY;FBTYPE=FREE:{END:{_UTC}}/PT1H\r\nEND:VFREEBUSY",
    ),
    "google": lambda request: _read_google(request, NARROW, said("google")[Kind.PRIVATE], said("google")[Kind.FREE]),
    "outlook": lambda request: _read_outlook(
        request, microsoft_opening.NARROW, said("outlook")[Kind.PRIVATE], said("outlook")[Kind.FREE]
    ),
}
