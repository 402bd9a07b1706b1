"""A worker that somebody else has taken over asks the app for requests that its connection isn't for."""

import base64
from collections.abc import Mapping
from dataclasses import replace

import pytest
import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from oncall_ui.services.imports.fetching.fetch import Source, discover
from providers.base import Discovery, Product
from providers.caldav import PRODUCT as CALDAV
from providers.google import PRODUCT as GOOGLE
from providers.ics import PRODUCT as ICS
from providers.outlook import PRODUCT as OUTLOOK
from tests.fakes.hostile import Hostile
from tests.security.http.servers import Server, here, ok, redirect, serve

pytestmark = pytest.mark.slow

PASSWORD = "hunter2"
TOKEN = "token-of-alice"
BASIC = "Basic " + base64.b64encode(f"alice:{PASSWORD}".encode()).decode()


async def tried(app: App, product: Product, credentials: Mapping[str, str], method: str, url: str = "") -> Discovery:
    # A connection that signs in gets its account from the app, the only free text among its settings.
    attempt = f"{method} {url}"
    source = Source(replace(product, open=Hostile), {**credentials, "attempt": attempt}, account=attempt)
    return await discover(app, source)


def login(server: Server) -> dict[str, str]:
    return {"url": server.url("/alice/"), "user": "alice", "password": PASSWORD}


@pytest.fixture
def app(app: App) -> App:
    """Every name is this machine, and these may be reached."""
    names = "cloud.test, dav.cloud.test, cloud.test.other.test, other.test"
    return replace(app, http=GuardedHttp(AllowedHosts.parse(names), resolve=here))


@pytest.mark.parametrize("product", [CALDAV, ICS], ids=lambda each: each.key)
@pytest.mark.parametrize(
    "url",
    [
        "http://other.test:PORT/",
        "http://other.test:PORT/?password",
        "http://dav.cloud.test:PORT/",
        "http://cloud.test:PORT/",
        "http://cloud.test.other.test:PORT/",
        "http://cloud.test:OWN@other.test:PORT/",
        "http://alice@cloud.test:OWN/alice/",
        "https://other.test:PORT/",
        "HTTP://OTHER.test.:PORT/",
    ],
)
@pytest.mark.once_on_postgresql
async def test_no_other_server_is_asked(app: App, product: Product, url: str) -> None:
    async with serve(ok()) as stranger, serve(ok()) as server:
        url = url.replace("PORT", str(stranger.port)).replace("OWN", str(server.port))
        with structlog.testing.capture_logs() as logged, pytest.raises(TryLater) as caught:
            await tried(app, product, login(server), "GET", url)
        assert stranger.connections == 0
        assert len(server.asked) == 1
    assert caught.value.cause is Cause.SERVER_ERROR
    assert caught.value.sentence == "Something went wrong on this server. Its log says what."
    (line,) = [each for each in logged if each["event"] == "request of a worker refused"]
    assert line["log_level"] == "error"
    assert PASSWORD not in str(logged)


@pytest.mark.parametrize("product", [CALDAV, ICS], ids=lambda each: each.key)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "MOVE", "MKCALENDAR", "PROPPATCH", "delete"])
@pytest.mark.once_on_postgresql
async def test_nothing_is_written_at_its_own_server(app: App, product: Product, method: str) -> None:
    async with serve(ok()) as server:
        with pytest.raises(TryLater):
            await tried(app, product, login(server), method)
        assert [each.method for each in server.asked] == ["GET"]


@pytest.mark.parametrize("product", [CALDAV, ICS], ids=lambda each: each.key)
async def test_its_own_server_gets_the_login_from_the_app_which_keeps_the_password(app: App, product: Product) -> None:
    async with serve(ok()) as server:
        found = await tried(app, product, login(server), "GET")
        assert [each.headers["authorization"] for each in server.asked] == [BASIC, BASIC]
        assert [each.headers["host"] for each in server.asked] == [f"cloud.test:{server.port}"] * 2
    assert "alice" in found.account
    assert PASSWORD not in found.account


async def test_a_redirect_of_its_own_server_takes_no_login_along(app: App) -> None:
    async with serve(ok()) as stranger:
        away = stranger.url(host="other.test")
        async with serve(lambda asked: redirect(away, 307) if asked.path == "/away" else ok()) as server:
            await tried(app, CALDAV, login(server), "GET", server.url("/away"))
        assert [each.headers.get("authorization") for each in stranger.asked] == [None]


@pytest.mark.parametrize("product", [GOOGLE, OUTLOOK], ids=lambda each: each.key)
async def test_an_access_token_is_for_the_configured_api_alone(app: App, product: Product) -> None:
    async with serve(ok()) as stranger, serve(ok()) as api:
        urls = dict.fromkeys(("google_api_url", "google_userinfo_url", "microsoft_graph_url"), api.url("/v1"))
        app = replace(app, operator_http=app.http, settings=app.settings.model_copy(update=urls))
        credentials = {"access_token": TOKEN, "scope": ""}
        for url in (stranger.url(), stranger.url(host="other.test"), api.url(host="other.test")):
            with pytest.raises(TryLater) as caught:
                await tried(app, product, credentials, "GET", url)
            assert caught.value.cause is Cause.SERVER_ERROR
        with pytest.raises(TryLater):
            await tried(app, product, credentials, "DELETE")
        assert stranger.connections == 0
        found = await tried(app, product, credentials, "GET")
        assert {each.headers["authorization"] for each in api.asked} == {f"Bearer {TOKEN}"}
        assert {(each.method, each.headers["host"]) for each in api.asked} == {("GET", f"cloud.test:{api.port}")}
    assert TOKEN not in found.account
