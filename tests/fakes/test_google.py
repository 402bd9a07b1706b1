"""The fake Google refuses what Google refuses, and complains about requests no client should send."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.calendars import in_days
from tests.fakes.google import CALENDARS, EMAIL, EVENTS, EVERYTHING, FREE_BUSY, Google
from tests.fakes.google_calendars import days, timed
from tests.fakes.oauth import Bearer

ALICE = "alice@example.org"
REDIRECT = "http://localhost:8080/oauth/google/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "singleEvents": "true",
    "timeMin": f"{in_days(0):%Y-%m-%dT%H:%M:%SZ}",
    "timeMax": f"{in_days(30):%Y-%m-%dT%H:%M:%SZ}",
    "fields": "nextPageToken,items(summary)",
}


@pytest.fixture
def client(google: Google) -> Iterator[httpx.Client]:
    """Alice's, with every scope."""
    google.account(ALICE)
    with opened(google, *EVERYTHING) as client:
        yield client


def opened(google: Google, *scopes: str) -> httpx.Client:
    return httpx.Client(trust_env=False, verify=False, timeout=10, auth=Bearer(google.grant(ALICE, *scopes)[0]))


def events_of(google: Google, calendar: str = ALICE) -> str:
    return f"{google.api_url}/calendars/{calendar}/events"


def titles(answer: httpx.Response) -> list[str]:
    return [item["summary"] for item in answer.json()["items"]]


def reason(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]


def tokens(google: Google, client: httpx.Client, **more: str) -> dict[str, Any]:
    """What comes of signing in without a page."""
    google.redirects, google.signed_in = {REDIRECT}, ALICE
    asked = {"client_id": "client-id", "redirect_uri": REDIRECT, "response_type": "code", "state": "s"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "scope": f"openid email {CALENDARS}"}
    back = client.get(google.authorize_url, params=asked | more).headers["location"]
    form = {"grant_type": "authorization_code", "code": parse_qs(urlsplit(back).query)["code"][0]}
    form |= {"client_id": "client-id", "client_secret": "client-secret", "redirect_uri": REDIRECT}
    answer: dict[str, Any] = client.post(google.token_url, data=form | {"code_verifier": VERIFIER}).json()
    return answer


def test_a_refresh_token_comes_only_where_the_member_was_asked(google: Google, client: httpx.Client) -> None:
    assert "refresh_token" not in tokens(google, client)
    google.revoke(ALICE)
    assert "refresh_token" in tokens(google, client, access_type="offline")
    assert "refresh_token" not in tokens(google, client, access_type="offline", prompt="select_account")
    assert "refresh_token" in tokens(google, client, access_type="offline", prompt="consent select_account")
    google.revoke(ALICE)
    assert "refresh_token" in tokens(google, client, access_type="offline")


def test_what_was_granted_before_is_granted_with_it_where_asked(google: Google, client: httpx.Client) -> None:
    assert set(tokens(google, client)["scope"].split()) == {"openid", EMAIL, CALENDARS}
    more = tokens(google, client, scope=f"openid {FREE_BUSY}", include_granted_scopes="true")
    assert set(more["scope"].split()) == {"openid", EMAIL, CALENDARS, FREE_BUSY}
    assert set(tokens(google, client, scope=FREE_BUSY)["scope"].split()) == {FREE_BUSY}


def test_a_token_can_be_revoked(google: Google, client: httpx.Client) -> None:
    _, refresh = google.grant(ALICE, CALENDARS)
    assert client.post(google.revoke_url, data={"token": refresh}).status_code == 200
    assert client.post(google.revoke_url, data={"token": refresh}).status_code == 400
    assert reason(client.get(events_of(google), params=ASKED)) == (401, "authError")


def test_userinfo_says_what_the_scopes_allow(google: Google, client: httpx.Client) -> None:
    assert client.get(google.userinfo_url).json() == {"sub": google.people[ALICE].subject, "email": ALICE}
    with opened(google, "openid") as other:
        assert set(other.get(google.userinfo_url).json()) == {"sub"}


def test_each_endpoint_wants_its_scope(google: Google, client: httpx.Client) -> None:
    with opened(google, CALENDARS) as other:
        assert reason(other.get(events_of(google), params=ASKED)) == (403, "insufficientPermissions")
        assert reason(other.get(google.userinfo_url)) == (403, "insufficientPermissions")
        assert reason(other.post(f"{google.api_url}/freeBusy", json={})) == (403, "insufficientPermissions")
    with opened(google, EVENTS) as other:
        assert reason(other.get(f"{google.api_url}/users/me/calendarList")) == (403, "insufficientPermissions")


def test_whose_token_ran_out_is_told_so(google: Google, client: httpx.Client) -> None:
    google.clock.advance(3601)
    assert reason(client.get(events_of(google), params=ASKED)) == (401, "authError")


def test_bounds_are_of_the_other_end_and_do_not_belong_to_the_answer(google: Google, client: httpx.Client) -> None:
    hour = timedelta(hours=1)
    begin, end = in_days(0), in_days(30)
    google.page_size = 10
    google.people[ALICE].primary.events = [
        timed("ends as it begins", begin - hour, begin),
        timed("reaches in", begin - hour, begin + hour),
        timed("reaches out", end - hour, end + hour),
        timed("begins as it ends", end, end + hour),
        days("a day in Berlin", in_days(1).date(), in_days(2).date()),
    ]
    assert titles(client.get(events_of(google), params=ASKED)) == ["reaches in", "reaches out", "a day in Berlin"]


def test_pages_hold_two_and_may_be_empty(google: Google, client: httpx.Client) -> None:
    google.people[ALICE].primary.events = [timed(str(each), in_days(1), in_days(2)) for each in range(3)]
    first = client.get(events_of(google), params=ASKED)
    last = client.get(events_of(google), params=ASKED | {"pageToken": first.json()["nextPageToken"]})
    assert (titles(first), titles(last)) == (["0", "1"], ["2"])
    assert "nextPageToken" not in last.json()
    google.has_empty_pages = True
    assert list(client.get(events_of(google), params=ASKED).json()) == ["items", "nextPageToken"]


def test_only_the_fields_asked_for_come(google: Google, client: httpx.Client) -> None:
    organizer = {"email": "bob@example.org", "displayName": "Bob"}
    google.people[ALICE].primary.events = [timed("Plan", in_days(1), in_days(2), organizer=organizer)]
    answer = client.get(events_of(google), params=ASKED | {"fields": "timeZone,items(summary,organizer(email))"})
    assert answer.json() == {
        "timeZone": "Europe/Berlin",
        "items": [{"summary": "Plan", "organizer": {"email": "bob@example.org"}}],
    }


def test_of_a_calendar_shared_as_free_or_busy_only_times_come(google: Google, client: httpx.Client) -> None:
    bob = google.people[ALICE].add("bob@example.org", "Bob", role="freeBusyReader")
    bob.events = [timed("Secret", in_days(1), in_days(2))]
    answer = client.get(events_of(google, bob.id), params=ASKED | {"fields": "accessRole,items"})
    assert answer.json()["accessRole"] == "freeBusyReader"
    assert "Secret" not in answer.text and "start" in answer.json()["items"][0]


def test_busy_times_are_joined_and_cut_and_refused_one_by_one(google: Google, client: httpx.Client) -> None:
    google.people[ALICE].primary.events = [
        timed("a", in_days(-1), in_days(1)),
        timed("b", in_days(1), in_days(2)),
        timed("free", in_days(4), in_days(5), transparency="transparent"),
        timed("off", in_days(4), in_days(5), status="cancelled"),
    ]
    question = {"timeMin": ASKED["timeMin"], "timeMax": ASKED["timeMax"], "items": [{"id": ALICE}, {"id": "x"}]}
    answer = client.post(f"{google.api_url}/freeBusy", params={"fields": "calendars"}, json=question).json()
    span = {"start": ASKED["timeMin"], "end": f"{in_days(2):%Y-%m-%dT%H:%M:%SZ}"}
    assert answer["calendars"][ALICE] == {"busy": [span]}
    assert answer["calendars"]["x"]["errors"][0]["reason"] == "notFound"


def test_a_calendar_that_is_not_there_is_not_found(google: Google, client: httpx.Client) -> None:
    assert reason(client.get(events_of(google, "gone"), params=ASKED)) == (404, "notFound")


@pytest.mark.parametrize(
    "wrong",
    [
        {"singleEvents": "false"},
        {"timeMin": "2026-11-01T00:00:00"},
        {"maxResults": "2501"},
        {"pageToken": "made-up"},
        {"orderBy": "startTime"},
        {"fields": ""},
        {"fields": "items(summary"},
        {"fields": "items(sumary)"},
        {"fields": "events"},
    ],
)
def test_a_wrong_question_is_complained_about(google: Google, client: httpx.Client, wrong: dict[str, str]) -> None:
    assert client.get(events_of(google), params=ASKED | wrong).status_code == 400
    assert len(google.complaints) == 1
    google.complaints.clear()


def test_too_long_a_question_about_busy_time_is_complained_about(google: Google, client: httpx.Client) -> None:
    question = {"timeMin": "2026-01-01T00:00:00Z", "timeMax": "2026-04-02T00:00:00Z", "items": [{"id": ALICE}]}
    assert client.post(f"{google.api_url}/freeBusy?fields=calendars", json=question).status_code == 400
    assert google.complaints == ["freeBusy: timeRangeTooLong"]
    google.complaints.clear()


def test_an_unexpected_request_is_complained_about(google: Google, client: httpx.Client) -> None:
    assert client.get(f"{google.api_url}/colors").status_code == 501
    assert len(google.complaints) == 1
    google.complaints.clear()
