"""The fake authorization server lets in only who follows the rules, over real HTTP."""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.fakes.endpoints import Request
from tests.fakes.oauth import AuthorizationServer, Bearer

REDIRECT = "http://localhost:8080/oauth/provider/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "client-id",
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "scope": "read write",
    "state": "s1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
OURS = {"client_id": "client-id", "client_secret": "client-secret"}


@pytest.fixture
def fake() -> Iterator[AuthorizationServer]:
    with AuthorizationServer(redirects=[REDIRECT], scopes=["read", "write"]) as server:
        server.accounts = ["alice@example.org", "bob@example.org"]
        server.signed_in = "alice@example.org"
        yield server


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, timeout=10) as client:
        yield client


def back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def code_of(fake: AuthorizationServer, client: httpx.Client, **more: str) -> str:
    return back(client.get(fake.authorize_url, params=ASKED | more))["code"]


def redeemed(fake: AuthorizationServer, client: httpx.Client, code: str, **more: str) -> httpx.Response:
    form = OURS | {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    return client.post(fake.token_url, data=form | {"code_verifier": VERIFIER} | more)


def refreshed(fake: AuthorizationServer, client: httpx.Client, token: str) -> httpx.Response:
    return client.post(fake.token_url, data=OURS | {"grant_type": "refresh_token", "refresh_token": token})


def opens(fake: AuthorizationServer, token: str) -> bool:
    headers = httpx.Headers({"authorization": f"Bearer {token}"})
    return fake.bearer(Request("", "GET", "/", {}, headers, b"")) is not None


def test_a_client_that_follows_the_rules_gets_tokens(fake: AuthorizationServer, client: httpx.Client) -> None:
    assert back(client.get(fake.authorize_url, params=ASKED))["state"] == "s1"
    tokens = redeemed(fake, client, code_of(fake, client)).json()
    assert (tokens["token_type"], tokens["scope"], tokens["expires_in"]) == ("Bearer", "read write", 3600)
    assert opens(fake, tokens["access_token"])
    assert opens(fake, refreshed(fake, client, tokens["refresh_token"]).json()["access_token"])
    assert {tokens["access_token"], tokens["refresh_token"]} <= set(fake.issued)


def test_the_page_asks_for_the_account_and_what_it_allows(fake: AuthorizationServer, client: httpx.Client) -> None:
    fake.signed_in, fake.can_untick = "", True
    page = client.get(fake.authorize_url, params=ASKED | {"login_hint": "bob@example.org"}).text
    assert 'value="bob@example.org" checked' in page and ">Allow</button>" in page and ">Deny</button>" in page
    (ticket,) = re.findall(r'name="ticket" value="(\w+)"', page)
    form = {"ticket": ticket, "account": "bob@example.org", "scope": "read", "answer": "allow"}
    answer = back(client.post(fake.url("/consent"), data=form))
    assert redeemed(fake, client, answer["code"]).json()["scope"] == "read"


def test_an_account_that_denies_is_sent_back_without_a_code(fake: AuthorizationServer, client: httpx.Client) -> None:
    fake.signed_in = ""
    page = client.get(fake.authorize_url, params=ASKED).text
    (ticket,) = re.findall(r'name="ticket" value="(\w+)"', page)
    answer = client.post(fake.url("/consent"), data={"ticket": ticket, "answer": "deny"})
    assert back(answer) == {"error": "access_denied", "state": "s1"}


def test_an_error_of_the_providers_own_is_sent_back_once(fake: AuthorizationServer, client: httpx.Client) -> None:
    fake.refuses = {"error": "consent_required", "error_description": "Ask an administrator."}
    assert back(client.get(fake.authorize_url, params=ASKED))["error_description"] == "Ask an administrator."
    assert "code" in back(client.get(fake.authorize_url, params=ASKED))


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"redirect_uri": REDIRECT + "/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://evil.example/"}, 400, "redirect_uri_mismatch"),
        ({"client_id": "another"}, 401, "invalid_client"),
    ],
)
def test_strangers_are_never_redirected(
    fake: AuthorizationServer, client: httpx.Client, wrong: dict[str, str], status: int, words: str
) -> None:
    answer = client.get(fake.authorize_url, params=ASKED | wrong)
    assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": ""},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"scope": "read everything"},
        {"scope": ""},
        {"surprise": "1"},
    ],
)
def test_a_wrong_request_is_complained_about(
    fake: AuthorizationServer, client: httpx.Client, wrong: dict[str, str]
) -> None:
    assert client.get(fake.authorize_url, params=ASKED | wrong).status_code == 400
    assert len(fake.complaints) == 1
    fake.complaints.clear()


def test_complaints_fail_the_test(client: httpx.Client) -> None:
    with pytest.raises(AssertionError, match="not prepared: GET /surprise"), AuthorizationServer() as fake:
        assert client.get(fake.url("/surprise")).status_code == 501


def test_a_code_is_good_once_and_a_second_use_ends_what_it_gave(
    fake: AuthorizationServer, client: httpx.Client
) -> None:
    code = code_of(fake, client)
    tokens = redeemed(fake, client, code).json()
    assert redeemed(fake, client, code).json()["error"] == "invalid_grant"
    assert not opens(fake, tokens["access_token"])
    assert refreshed(fake, client, tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_runs_out(fake: AuthorizationServer, client: httpx.Client) -> None:
    code = code_of(fake, client)
    fake.clock.advance(61)
    assert redeemed(fake, client, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8080/"}, 400, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_needs_all_that_belongs_to_it(
    fake: AuthorizationServer, client: httpx.Client, wrong: dict[str, str], status: int, error: str
) -> None:
    answer = redeemed(fake, client, code_of(fake, client), **wrong)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_tokens_are_given_for_forms_alone(fake: AuthorizationServer, client: httpx.Client) -> None:
    assert client.post(fake.token_url, json=OURS).status_code == 400
    assert client.get(fake.token_url).status_code == 501
    assert len(fake.complaints) == 2
    fake.complaints.clear()


def test_the_client_may_show_itself_by_basic_authentication(fake: AuthorizationServer, client: httpx.Client) -> None:
    _, token = fake.grant("alice@example.org", "read")
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert client.post(fake.token_url, data=form, auth=("client-id", "client-secret")).status_code == 200
    assert client.post(fake.token_url, data=form, auth=("client-id", "wrong")).status_code == 401


def test_access_runs_out_and_can_be_taken_back(fake: AuthorizationServer, client: httpx.Client) -> None:
    access, refresh = fake.grant("alice@example.org", "read")
    fake.clock.advance(3601)
    assert not opens(fake, access)
    access = refreshed(fake, client, refresh).json()["access_token"]
    fake.expire_access()
    assert not opens(fake, access)
    fake.revoke("alice@example.org")
    assert refreshed(fake, client, refresh).json()["error"] == "invalid_grant"
    access, _ = fake.grant("bob@example.org", "read")
    assert fake.known_grant(access) is not None
    fake.revoke("bob@example.org")
    assert fake.known_grant(access) is None
    assert not opens(fake, access)


@pytest.mark.parametrize(("spends", "again"), [(False, 200), (True, 400)])
def test_refresh_tokens_rotate_where_a_provider_does_so(
    fake: AuthorizationServer, client: httpx.Client, spends: bool, again: int
) -> None:
    fake.rotates, fake.spends = True, spends
    _, first = fake.grant("alice@example.org", "read")
    second = refreshed(fake, client, first).json()["refresh_token"]
    assert second != first
    assert refreshed(fake, client, first).status_code == again
    assert refreshed(fake, client, second).status_code == 200


def test_an_endpoint_misbehaves_as_often_as_agreed(fake: AuthorizationServer, client: httpx.Client) -> None:
    _, token = fake.grant("alice@example.org", "read")
    fake.fail("token", status=429, retry_after="7", times=2)
    fake.fail("token", status=200, body=b"{")
    fake.fail("token", cut=True)
    fake.fail("token", delay=0.2)
    assert [refreshed(fake, client, token).headers.get("retry-after") for _ in range(2)] == ["7", "7"]
    assert refreshed(fake, client, token).content == b"{"
    with pytest.raises(httpx.RemoteProtocolError):
        refreshed(fake, client, token)
    started = time.monotonic()
    assert refreshed(fake, client, token).status_code == 200
    assert time.monotonic() - started >= 0.2
    fake.fail("token", status=500, times=None)
    assert refreshed(fake, client, token).status_code == 500
    fake.heal("token")
    assert refreshed(fake, client, token).status_code == 200
    assert len(fake.requests("token")) == 7


def test_requests_under_way_are_counted(fake: AuthorizationServer) -> None:
    def ask(token: str) -> None:
        with httpx.Client(trust_env=False, verify=False) as client:
            refreshed(fake, client, token)

    _, token = fake.grant("alice@example.org", "read")
    with fake.hold("token") as hold:
        asking = [Thread(target=ask, args=[token]) for _ in range(3)]
        for each in asking:
            each.start()
        hold.reached()
        while fake.most_at_once("token") < 3:
            time.sleep(0.01)
    for each in asking:
        each.join()
    assert fake.most_at_once() == fake.most_at_once("token") == 3


def test_a_client_shows_its_token(fake: AuthorizationServer, client: httpx.Client) -> None:
    fake.signed_in = ""
    client.get(fake.authorize_url, params=ASKED, auth=Bearer("one"))
    assert fake.requests("authorize")[0].headers["authorization"] == "Bearer one"
