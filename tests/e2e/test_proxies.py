"""The guide "Behind a proxy": its configurations of Caddy and nginx, run by the real programs, in front of the app."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from oncall_ui.models import LoginSession
from tests.e2e.conftest import PASSWORD
from tests.e2e.proxy import Proxy, blocks
from tests.e2e.server import Server
from tests.ports import free_port

ALICE = "alice@example.org"
LARGEST_FILE = 8_000_000
ELSEWHERE = {"nginx": "127.0.0.9", "caddy": "127.0.0.10"}
"""Loopback has many addresses: these aren't the proxies'."""


@pytest.fixture(scope="module")
def secure_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def app_settings(secure_port: int) -> Mapping[str, str]:
    return {"ONCALL_BASE_URL": f"https://localhost:{secure_port}", "ONCALL_TRUSTED_PROXIES": "127.0.0.1"}


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, app: Server, secure_port: int
) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy") / request.param
    with Proxy(request.param, folder, [app.port], secure_port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def alice(app: Server) -> str:
    app.add_member(ALICE, "Alice", PASSWORD)
    return ALICE


@pytest.fixture
def page(browser: Browser, proxy: Proxy) -> Iterator[Page]:
    context = browser.new_context(base_url=proxy.url, ignore_https_errors=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def client_elsewhere(proxy: Proxy) -> Iterator[httpx.Client]:
    transport = httpx.HTTPTransport(verify=False, local_address=ELSEWHERE[proxy.program])
    with httpx.Client(transport=transport, base_url=proxy.url) as client:
        yield client


def test_a_member_logs_in_over_https_and_works_on_a_live_page(page: Page, proxy: Proxy, alice: str) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{proxy.plain_url}/login")
    assert page.url == f"{proxy.url}/login"
    page.get_by_label("Email", exact=True).fill(alice)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "oncall_session")
    assert session["secure"]
    page.goto("/you")
    page.get_by_label("Name", exact=True).fill("Alice Moreno")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert sockets and all(url.startswith(proxy.url.replace("https", "wss")) for url in sockets)
    assert errors == []


def test_the_app_sees_the_browsers_address_whatever_the_browser_says(
    client_elsewhere: httpx.Client, app: Server, alice: str, proxy: Proxy
) -> None:
    said = {"Origin": proxy.url, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    answer = client_elsewhere.post("/login", data={"email": alice, "password": PASSWORD}, headers=said)
    assert answer.headers["location"] == "/"
    with app.beside() as beside, beside.db.read() as session:
        addresses = session.exec(select(LoginSession.address)).all()
    assert ELSEWHERE[proxy.program] in addresses
    assert "203.0.113.7" not in addresses


@pytest.mark.parametrize("header", ["X-Forwarded-Prefix", "X-Forwarded-Host", "Forwarded", "X-Script-Name"])
def test_what_a_browser_says_of_its_way_reaches_no_page(client_elsewhere: httpx.Client, header: str) -> None:
    answer = client_elsewhere.get("/login", headers={header: "/elsewhere.example"})
    assert answer.status_code == httpx.codes.OK
    assert "elsewhere" not in answer.text
    assert "elsewhere" not in str(answer.headers)


def test_a_proxy_takes_the_largest_file_that_members_may_send(client_elsewhere: httpx.Client) -> None:
    answer = client_elsewhere.post("/no-such-page", content=b"x" * LARGEST_FILE)
    assert answer.status_code != httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_figures_stay_on_the_machine(client_elsewhere: httpx.Client) -> None:
    assert client_elsewhere.get("/metrics").is_client_error
    assert client_elsewhere.get("/healthz").is_success


@pytest.mark.parametrize("program", ["nginx", "caddy"])
def test_where_one_of_two_processes_is_gone_the_other_answers(program: str, tmp_path: Path, app: Server) -> None:
    gone = free_port()
    with Proxy(program, tmp_path / program, [gone, app.port], free_port()) as proxy:
        for number in range(20, 30):
            transport = httpx.HTTPTransport(verify=False, local_address=f"127.0.0.{number}")
            with httpx.Client(transport=transport, base_url=proxy.url) as client:
                assert client.get("/readyz", headers={"Host": "localhost"}).is_success


def test_traefiks_files_belong_together() -> None:
    """There is no Debian package of it: what its files say is compared, not run."""
    static, dynamic, several = map(yaml.safe_load, blocks("yaml"))
    (router,) = dynamic["http"]["routers"].values()
    assert set(router["entryPoints"]) <= static["entryPoints"].keys()
    assert static["entryPoints"]["web"]["http"]["redirections"]["entryPoint"]["to"] in router["entryPoints"]
    assert router["tls"]["certResolver"] in static["certificatesResolvers"]
    assert router["service"] in dynamic["http"]["services"]
    assert several["http"]["services"].keys() == dynamic["http"]["services"].keys()
