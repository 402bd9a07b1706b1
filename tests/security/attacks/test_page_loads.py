"""One member who loads Team 300 times takes little memory, and nobody else waits for it."""

import httpx

from bench.attacks import page_loads
from tests.e2e.server import Server
from tests.security.attacks.conftest import PASSWORD


def logged_in(server: Server, name: str) -> httpx.Cookies:
    with httpx.Client(base_url=server.base_url, trust_env=False) as browser:
        own = {"Origin": server.base_url}
        data = {"email": f"{name}@example.org", "password": PASSWORD}
        assert browser.post("/login", data=data, headers=own).headers["location"] == "/"
        return browser.cookies


async def test_three_hundred_loads_of_team_take_little(server: Server) -> None:
    flood = await page_loads.attack(server, logged_in(server, "mallory"), logged_in(server, "alice"))
    assert flood.opened + flood.refused + flood.busy == page_loads.LOADS, flood
    assert flood.opened >= 8, flood
    assert flood.refused >= 100, flood
    assert flood.grown < 80, flood  # 267 MB without the limit
