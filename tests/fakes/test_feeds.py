"""The fake calendar server keeps its word, over real HTTP."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.fakes.feeds import FeedServer

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
OTHER = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-OTHER:1\r\nEND:VCALENDAR\r\n"
MORNING = datetime(2026, 3, 1, 8, 30, 15, 500, tzinfo=UTC)


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, timeout=10) as client:
        yield client


def test_a_calendar_is_served_as_it_is(feeds: FeedServer, client: httpx.Client) -> None:
    answer = client.get(feeds.serve("/work.ics?token=1", CALENDAR, headers={"X-Extra": "yes"}))
    assert (answer.status_code, answer.content) == (200, CALENDAR)
    assert answer.headers["Content-Type"] == "text/calendar"
    assert answer.headers["X-Extra"] == "yes"


def test_a_callable_is_asked_every_time(feeds: FeedServer, client: httpx.Client) -> None:
    bodies = iter([CALENDAR, OTHER])
    url = feeds.serve("/work.ics", lambda: next(bodies))
    assert [client.get(url).content for _ in range(2)] == [CALENDAR, OTHER]


def test_requests_are_remembered_with_their_headers(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR)
    client.head(url)
    client.get(url, headers={"User-Agent": "Alice"})
    assert [(seen.method, seen.path) for seen in feeds.requests] == [("HEAD", "/work.ics"), ("GET", "/work.ics")]
    assert feeds.requests[1].headers["user-agent"] == "Alice"


def test_a_client_that_has_the_content_gets_not_modified(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR, etag="one", last_modified=MORNING)
    first = client.get(url)
    known = {"If-None-Match": first.headers["ETag"]}
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(url, headers=known).status_code == 304
    assert client.get(url, headers=since).status_code == 304
    assert client.get(url, headers=since | {"If-None-Match": '"another"'}).status_code == 200, "the ETag decides"
    assert client.get(url).status_code == 200


def test_replaced_content_is_never_called_unchanged(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR, etag="one", last_modified=MORNING)
    first = client.get(url)
    feeds.replace("/work.ics", OTHER)
    for name, given in {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}.items():
        assert client.get(url, headers={name: first.headers[given]}).content == OTHER


def test_a_protected_calendar_needs_its_password(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR, user="alice", password="pässword")
    answer = client.get(url)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get(url, auth=("alice", "wrong")).status_code == 401
    assert client.get(url, auth=("alice", "pässword")).content == CALENDAR


def test_gzip_goes_to_clients_that_accept_it(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR, gzip=True)
    zipped = client.get(url)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.content == CALENDAR
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == CALENDAR


def test_a_refusal_ends_after_the_agreed_number(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR)
    feeds.refuse("/work.ics", status=429, retry_after=120, times=2)
    answers = [client.get(url) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "120"


def test_a_refusal_may_name_a_moment_and_last_until_it_is_ended(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR)
    feeds.refuse("/work.ics", retry_after=MORNING)
    answers = [client.get(url) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {503}
    assert parsedate_to_datetime(answers[0].headers["Retry-After"]) == MORNING.replace(microsecond=0)
    feeds.accept("/work.ics")
    assert client.get(url).status_code == 200


def test_a_redirect_leads_to_the_calendar(feeds: FeedServer, client: httpx.Client) -> None:
    feeds.serve("/work.ics", CALENDAR)
    url = feeds.redirect("/old.ics", to="/work.ics", status=301)
    answer = client.get(url, follow_redirects=True)
    assert (answer.history[0].status_code, answer.content) == (301, CALENDAR)


def test_a_removed_calendar_is_gone(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR)
    feeds.remove("/work.ics", status=410)
    assert client.get(url).status_code == 410


def test_a_web_page_is_no_calendar(feeds: FeedServer, client: httpx.Client) -> None:
    answer = client.get(feeds.web_page("/login"))
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<html>" in answer.content


def test_a_held_answer_waits_for_its_release(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR)
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(client.get(url).content))
    with feeds.hold("/work.ics") as hold:
        asking.start()
        hold.reached()
        feeds.replace("/work.ics", OTHER)
        assert answers == []
    asking.join(timeout=10)
    assert answers == [OTHER], "what is served is decided at the release"
    assert client.get(url).content == OTHER, "a released path is free"


def test_a_server_that_closes_keeps_no_client_waiting(client: httpx.Client) -> None:
    failures: list[httpx.TransportError] = []

    def ask(url: str) -> None:
        try:
            client.get(url)
        except httpx.TransportError as failure:
            failures.append(failure)

    with FeedServer() as feeds:
        url = feeds.serve("/work.ics", CALENDAR)
        asking = threading.Thread(target=ask, args=[url])
        hold = feeds.hold("/work.ics")
        asking.start()
        hold.reached()
    asking.join(timeout=5)
    assert len(failures) == 1


def test_a_closed_server_answers_no_kept_connection(client: httpx.Client) -> None:
    with FeedServer() as feeds:
        url = feeds.serve("/work.ics", CALENDAR)
        client.get(url)
    with pytest.raises(httpx.TransportError):
        client.get(url)


def test_a_slow_calendar_drips(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.drip("/work.ics", b"0123456789", pause=0.02)
    started = time.monotonic()
    with client.stream("GET", url) as answer:
        pieces = list(answer.iter_raw())
    assert b"".join(pieces) == b"0123456789"
    assert len(pieces) > 3
    assert time.monotonic() - started >= 0.18


def test_an_answer_may_be_late(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/work.ics", CALENDAR, delay=5)
    with pytest.raises(httpx.ReadTimeout):
        client.get(url, timeout=0.1)


def test_a_cut_answer_breaks_the_connection(feeds: FeedServer, client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(feeds.serve("/work.ics", CALENDAR, cut_after=10))


def test_an_asker_may_leave_in_the_middle(feeds: FeedServer, client: httpx.Client) -> None:
    url = feeds.serve("/large.ics", bytes(5_000_000))
    with client.stream("GET", url) as answer:
        next(answer.iter_raw())
    assert client.get(feeds.serve("/work.ics", CALENDAR)).content == CALENDAR


@pytest.mark.parametrize("method", ["GET", "POST", "PROPFIND"])
def test_an_unprepared_request_fails_the_test(client: httpx.Client, method: str) -> None:
    with pytest.raises(AssertionError, match=f"not prepared: {method} /surprise"), FeedServer() as feeds:
        assert client.request(method, feeds.url("/surprise"), content=b"body").status_code == 501
        assert [seen.path for seen in feeds.unexpected] == ["/surprise"]


def test_only_reading_is_prepared(client: httpx.Client) -> None:
    with pytest.raises(AssertionError, match=r"not prepared: PUT /work\.ics"), FeedServer() as feeds:
        client.put(feeds.serve("/work.ics", CALENDAR), content=CALENDAR)


def test_a_surprise_does_not_hide_the_failure_of_the_test(client: httpx.Client) -> None:
    with pytest.raises(ValueError, match="the test's own") as caught, FeedServer() as feeds:
        client.get(feeds.url("/surprise"))
        raise ValueError("the test's own")
    assert caught.value.__notes__ == ["not prepared: GET /surprise"]


def test_a_body_that_raises_fails_the_test(client: httpx.Client) -> None:
    def broken() -> bytes:
        raise LookupError("no such calendar")

    with pytest.raises(AssertionError, match="no such calendar"), FeedServer() as feeds:
        url = feeds.serve("/work.ics", broken)
        with pytest.raises(httpx.TransportError):
            client.get(url)
