"""The fake Graph gives what Graph gives, and refuses what Graph refuses, over real HTTP."""

import base64
import hashlib
from collections.abc import Iterator
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.calendars import in_days
from tests.fakes.graph import AT_ONCE, PREFERENCES, Calendar, Microsoft
from tests.fakes.graph_events import event

ALICE = "alice@contoso.example"
REDIRECT = "http://localhost:8080/oauth/microsoft/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
OURS = {"client_id": "client-id", "client_secret": "client-secret"}
VIEW = {"startDateTime": f"{in_days(0):%Y-%m-%dT%H:%M:%SZ}", "endDateTime": f"{in_days(9):%Y-%m-%dT%H:%M:%SZ}"}
MEETINGS = [event(f"Meeting {day}", in_days(day, 9), in_days(day, 10)) for day in range(1, 6)]


@pytest.fixture
def client(microsoft: Microsoft) -> Iterator[httpx.Client]:
    microsoft.mailbox(ALICE).calendars["work"].events = list(MEETINGS)
    headers = {"Prefer": ", ".join(PREFERENCES)}
    with httpx.Client(base_url=microsoft.api_url, headers=headers, trust_env=False, verify=False, timeout=10) as client:
        sign_in(client, microsoft, "User.Read", "Calendars.Read")
        yield client


def sign_in(client: httpx.Client, microsoft: Microsoft, *scopes: str) -> None:
    client.headers["Authorization"] = f"Bearer {microsoft.grant(ALICE, *scopes)[0]}"


def view(client: httpx.Client, select: str = "id,subject", **more: str) -> httpx.Response:
    return client.get("/me/calendars/work/calendarView", params=VIEW | {"$select": select} | more)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def tokens(microsoft: Microsoft, client: httpx.Client, scope: str) -> httpx.Response:
    asked = {"client_id": "client-id", "redirect_uri": REDIRECT, "response_type": "code", "scope": scope, "state": "s"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "prompt": "select_account"}
    location = client.get(microsoft.authorize_url, params=asked).headers["location"]
    code = dict(parse_qsl(urlsplit(location).query))["code"]
    form = OURS | {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return client.post(microsoft.token_url, data=form | {"code_verifier": VERIFIER})


def test_what_is_selected_is_given_and_no_more(client: httpx.Client) -> None:
    assert set(client.get("/me", params={"$select": "id,mail"}).json()) == {"@odata.context", "id", "mail"}
    (calendar,) = client.get("/me/calendars", params={"$select": "id,name,owner"}).json()["value"]
    assert set(calendar) == {"@odata.etag", "id", "name", "owner"}
    assert set(view(client).json()["value"][0]) == {"@odata.etag", "id", "subject"}


def test_pages_hold_two_and_lead_on_by_absolute_links(client: httpx.Client) -> None:
    titles, page = [], view(client).json()
    while True:
        titles.append([each["subject"] for each in page["value"]])
        if "@odata.nextLink" not in page:
            break
        page = client.get(page["@odata.nextLink"]).json()
    assert titles == [["Meeting 1", "Meeting 2"], ["Meeting 3", "Meeting 4"], ["Meeting 5"]]


def test_pages_can_be_empty_and_lead_on(microsoft: Microsoft, client: httpx.Client) -> None:
    microsoft.empty_pages = 1
    page = view(client).json()
    assert page["value"] == []
    assert len(client.get(page["@odata.nextLink"]).json()["value"]) == 2


def test_only_what_touches_the_asked_span_is_given(microsoft: Microsoft, client: httpx.Client) -> None:
    outside = [event("Before", in_days(-2), in_days(0)), event("Behind", in_days(9), in_days(10))]
    inside = [event("Into", in_days(-2), in_days(0, 1)), {"id": "broken", "subject": "Broken"}]
    microsoft.mailbox(ALICE).calendars["work"].events = outside + inside
    assert [each["subject"] for each in view(client).json()["value"]] == ["Into", "Broken"]


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic YTpi"])
def test_without_a_token_nothing_is_given(client: httpx.Client, token: str) -> None:
    client.headers["Authorization"] = token
    assert code_of(view(client)) == (401, "InvalidAuthenticationToken")


def test_a_token_opens_what_was_granted(microsoft: Microsoft, client: httpx.Client) -> None:
    sign_in(client, microsoft, "Calendars.ReadBasic")
    assert code_of(client.get("/me", params={"$select": "id"})) == (403, "Authorization_RequestDenied")
    assert view(client).status_code == 200
    assert code_of(view(client, "id,body")) == (403, "ErrorAccessDenied")
    sign_in(client, microsoft, "User.Read")
    assert code_of(view(client)) == (403, "ErrorAccessDenied")
    assert code_of(client.get("/me/calendars", params={"$select": "id"})) == (403, "ErrorAccessDenied")


def test_what_is_not_there_is_said_to_be_gone(microsoft: Microsoft, client: httpx.Client) -> None:
    microsoft.mailbox(ALICE).calendars["second"] = Calendar("Second")
    owners = client.get("/me/calendars", params={"$select": "owner"}).json()["value"]
    assert [each["owner"] and each["owner"]["address"] for each in owners] == [ALICE, None]
    assert code_of(client.get("/me/calendars/third/calendarView", params=VIEW | {"$select": "id"})) == (
        404,
        "ErrorItemNotFound",
    )
    microsoft.mailbox(ALICE).has_rest = False
    assert code_of(view(client)) == (404, "MailboxNotEnabledForRESTAPI")


@pytest.mark.parametrize(
    "wrong",
    [
        {"$select": ""},
        {"$select": "id,everything"},
        {"$filter": "showAs eq 'busy'"},
        {"startDateTime": "2026-12-01T00:00:00"},
        {"endDateTime": ""},
        {"$top": "1001"},
        {"$top": "0"},
    ],
)
def test_a_wrong_question_is_complained_about(
    microsoft: Microsoft, client: httpx.Client, wrong: dict[str, str]
) -> None:
    assert view(client, **wrong).status_code == 400
    assert len(microsoft.complaints) == 1
    microsoft.complaints.clear()


@pytest.mark.parametrize("missing", sorted(PREFERENCES))
def test_every_preference_has_to_be_told(microsoft: Microsoft, client: httpx.Client, missing: str) -> None:
    client.headers["Prefer"] = ", ".join(PREFERENCES - {missing})
    assert view(client).status_code == 400
    assert len(microsoft.complaints) == 1
    microsoft.complaints.clear()


def test_an_unexpected_request_is_complained_about(microsoft: Microsoft, client: httpx.Client) -> None:
    assert client.get("/me/events").status_code == 501
    assert client.post("/me/calendars", json={}).status_code == 501
    assert len(microsoft.complaints) == 2
    microsoft.complaints.clear()


def test_a_fifth_request_at_once_is_refused_and_complained_about(microsoft: Microsoft, client: httpx.Client) -> None:
    statuses: list[int] = []
    with microsoft.hold("me"):
        asking = [
            Thread(target=lambda: statuses.append(client.get("/me", params={"$select": "id"}).status_code))
            for _ in range(AT_ONCE)
        ]
        for each in asking:
            each.start()
        while microsoft.most_at_once("me") < AT_ONCE:
            pass
        assert code_of(view(client)) == (429, "ApplicationThrottled")
    for each in asking:
        each.join()
    assert statuses == [200] * AT_ONCE
    assert len(microsoft.complaints) == 1
    microsoft.complaints.clear()


def test_refresh_tokens_are_for_offline_access_and_new_each_time(microsoft: Microsoft, client: httpx.Client) -> None:
    microsoft.signed_in = ALICE
    assert "refresh_token" not in tokens(microsoft, client, "openid Calendars.Read").json()
    first = tokens(microsoft, client, "openid offline_access Calendars.Read").json()
    form = OURS | {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "scope": "Calendars.Read"}
    again = client.post(microsoft.token_url, data=form).json()
    assert again["refresh_token"] != first["refresh_token"]
    assert again["scope"] == "Calendars.Read openid"


def test_what_was_once_granted_comes_along_again(microsoft: Microsoft, client: httpx.Client) -> None:
    microsoft.signed_in = ALICE
    tokens(microsoft, client, "openid Calendars.Read")
    assert tokens(microsoft, client, "Calendars.ReadBasic").json()["scope"] == (
        "Calendars.Read Calendars.ReadBasic openid"
    )


def test_scopes_can_be_written_in_full(microsoft: Microsoft, client: httpx.Client) -> None:
    microsoft.signed_in, microsoft.writes_full_scopes = ALICE, True
    scope = tokens(microsoft, client, "openid https://graph.microsoft.com/Calendars.Read").json()["scope"]
    assert scope == "https://graph.microsoft.com/Calendars.Read openid"
