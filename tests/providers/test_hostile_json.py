"""JSON of Google and Microsoft that is meant to cost: each ends early, with a sentence."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.services.imports.fetching.fetch import Source, read
from oncall_ui.services.imports.fetching.in_worker import Question
from oncall_ui.worker import Workers
from providers.base import Changes, Product
from providers.google import PRODUCT as GOOGLE
from providers.google import api
from providers.google.envelope import Envelope as GoogleEnvelope
from providers.outlook import PRODUCT as OUTLOOK
from providers.outlook import graph
from providers.outlook.envelope import Envelope as OutlookEnvelope
from tests.calendars import in_days
from tests.fakes.google import EVERYTHING, Google
from tests.fakes.google_calendars import timed
from tests.fakes.graph import Microsoft
from tests.fakes.graph_events import event
from tests.providers.helpers import google as at_google
from tests.providers.helpers import outlook as at_outlook

pytestmark = pytest.mark.slow  # answers of many megabytes

MEGABYTE = 1024**2
MEMORY_MB = 300


@dataclass
class Vendor:
    """What differs between the two. `items` is the key of what a page holds, `following` that of the next page."""

    product: Product
    fake: Google | Microsoft
    account: str
    remote_id: str
    endpoint: str
    items: str
    following: str
    envelope: bytes

    async def fetch(self) -> None:
        if isinstance(self.fake, Google):
            await at_google.fetched(self.fake)
        else:
            await at_outlook.fetched(self.fake)

    async def refused(self, body: bytes, encoding: str | None = None) -> Failure:
        self.fake.fail(self.endpoint, times=None, status=200, body=body, encoding=encoding)
        with pytest.raises(Failure) as caught:
            await self.fetch()
        return caught.value

    def interpreted(self, page: bytes) -> Changes:
        parts = (self.envelope, page)
        return self.product.interpret(parts, at_google.WINDOW, at_google.BERLIN, None, lambda _count: None)

    def event(self, title: str) -> str:
        made = timed if isinstance(self.fake, Google) else event
        return json.dumps(made(title, in_days(2, 11), in_days(2, 12)))

    def never_ends(self) -> str:
        """Which endpoint is the first that doesn't."""
        if isinstance(self.fake, Google):
            self.fake.is_endless = True
            return "events"
        self.fake.empty_pages = 100
        return "calendars"


@pytest.fixture(params=["google", "microsoft"])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    fake: Google | Microsoft = request.getfixturevalue(request.param)
    if isinstance(fake, Google):
        fake.account(at_google.ALICE)
        envelope = GoogleEnvelope("events", at_google.ALICE, True, "Europe/Berlin", "Work").to_bytes()
        return Vendor(GOOGLE, fake, at_google.ALICE, at_google.ALICE, "events", "items", "nextPageToken", envelope)
    fake.mailbox(at_outlook.ALICE)
    envelope = OutlookEnvelope((at_outlook.ALICE,), narrow=False, is_default=True).to_bytes()
    return Vendor(OUTLOOK, fake, at_outlook.ALICE, "work", "view", "value", "@odata.nextLink", envelope)


DEEP = b"[" * 200_000
DEEP_OBJECTS = b'{"a":' * 200_000
LONG_NUMBER = b"9" * 100_000
HOSTILE = {
    "deep, unclosed": DEEP,
    "deep": DEEP + b"]" * len(DEEP),
    "deep objects": DEEP_OBJECTS + b"1" + b"}" * 200_000,
    "long number": LONG_NUMBER,
    "long negative number": b"-" + LONG_NUMBER,
    "many long numbers": b"[" + b",".join([LONG_NUMBER] * 100) + b"]",
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("place", ["items", "an item", "the next page", "elsewhere"])
async def test_what_json_is_not_made_for_is_a_failure(vendor: Vendor, value: bytes, place: str) -> None:
    key, following = vendor.items.encode(), vendor.following.encode()
    body = {
        "items": b'{"%s": %s}' % (key, value),
        "an item": b'{"%s": [{"id": "1", "start": %s}]}' % (key, value),
        "the next page": b'{"%s": [], "%s": %s}' % (key, following, value),
        "elsewhere": b'{"kind": %s, "%s": []}' % (value, key),
    }[place]
    failure = await vendor.refused(body)
    assert isinstance(failure, TryLater)
    assert failure.cause is Cause.SERVER_ERROR
    assert "sent an answer we can’t read" in failure.sentence
    assert len(vendor.fake.requests(vendor.endpoint)) == 1
    with pytest.raises(Unreadable) as caught:
        vendor.interpreted(body)
    assert caught.value.cause is Cause.UNREADABLE


async def test_a_million_equal_keys_are_one_and_no_list(vendor: Vendor) -> None:
    failure = await vendor.refused(b"{%s}" % b",".join([b'"kind": 1'] * 1_000_000))
    assert isinstance(failure, TryLater)
    assert failure.cause is Cause.SERVER_ERROR
    assert len(vendor.fake.requests(vendor.endpoint)) == 1


def test_of_equal_keys_the_last_counts_wherever_it_is_read(vendor: Vendor) -> None:
    first, last = vendor.event("First"), vendor.event("Last")
    found = vendor.interpreted(f'{{"{vendor.items}": [{first}], "{vendor.items}": [{last}]}}'.encode()).reading
    assert [each.event.title for each in found.occurrences] == ["Last"]


async def test_an_array_of_200_megabytes_is_not_downloaded(vendor: Vendor) -> None:
    failure = await vendor.refused(_page_of(vendor, b"0,", 200), "gzip")
    assert isinstance(failure, MemberMustAct)
    assert failure.cause is Cause.TOO_LARGE
    assert len(vendor.fake.requests(vendor.endpoint)) == 1


async def test_pages_without_an_end_end(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is new and leads to another new one."""
    for module in (api, graph):
        monkeypatch.setattr(module, "PAGES", 20)
    endpoint = vendor.never_ends()
    with pytest.raises(TryLater) as caught:
        await vendor.fetch()
    assert caught.value.cause is Cause.SERVER_ERROR
    assert len(vendor.fake.requests(endpoint)) == 20


@pytest.fixture(scope="module")
def small() -> Iterator[Workers]:
    """They run out of memory, and never out of time, however slow the machine is."""
    workers = Workers(processes=1, seconds=3600, memory_mb=MEMORY_MB)
    yield workers
    workers.stop()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["memory", "deep", "long number"])
async def test_an_import_ends_with_its_worker_and_a_sentence(
    app: App, small: Workers, vendor: Vendor, way: str
) -> None:
    """Small enough to be downloaded, a hundred times as large once it is understood."""
    if way == "memory":
        vendor.fake.fail(vendor.endpoint, times=None, status=200, body=_page_of(vendor, b"[],", 12), encoding="gzip")
    else:
        body = b'{"%s": %s}' % (vendor.items.encode(), HOSTILE[way])
        vendor.fake.fail(vendor.endpoint, times=None, status=200, body=body)
    with pytest.raises(Failure) as caught:
        await _imported(app, small, vendor)
    failure = caught.value
    if way == "memory":
        assert isinstance(failure, Unreadable)
        assert failure.cause is Cause.TOO_LARGE
        assert "more memory" in failure.sentence
    else:
        assert isinstance(failure, TryLater)
        assert failure.cause is Cause.SERVER_ERROR
    vendor.fake.heal(vendor.endpoint)
    assert await _imported(app, small, vendor)


def _page_of(vendor: Vendor, item: bytes, megabytes: int) -> bytes:
    """So much of one item repeated, compressed to a thousandth."""
    items = item * (megabytes * MEGABYTE // len(item))
    return gzip.compress(b'{"%s": [%s0]}' % (vendor.items.encode(), items), 1)


async def _imported(app: App, workers: Workers, vendor: Vendor) -> object:
    urls = {"google_api_url": "", "google_userinfo_url": "", "microsoft_graph_url": vendor.fake.api_url}
    if isinstance(vendor.fake, Google):
        urls = {"google_api_url": vendor.fake.api_url, "google_userinfo_url": vendor.fake.userinfo_url}
    settings = app.settings.model_copy(update=urls)
    http = GuardedHttp(AllowedHosts.parse("127.0.0.1"))
    app = replace(app, settings=settings, operator_http=http, workers=workers)
    scopes = EVERYTHING if isinstance(vendor.fake, Google) else at_outlook.WIDE.split()
    token, _ = vendor.fake.grant(vendor.account, *scopes)
    source = Source(vendor.product, {"access_token": token, "scope": " ".join(scopes)}, account=vendor.account)
    question = Question(vendor.remote_id, at_google.WINDOW, at_google.BERLIN, Rules())
    return await read(app, source, question, _Unwatched())


class _Unwatched:
    def arrived(self, share: float | None, events: int = 0) -> None: ...

    def counted(self, events: int) -> None: ...

    def fetched(self) -> None: ...

    async def previous(self) -> bytes | None:
        return None
