"""A page of another site changes nothing, whatever it makes the browser send."""

import httpx

from bench.attacks import csrf
from tests.e2e.server import Server
from tests.security.attacks.conftest import PASSWORD


def test_every_route_that_changes_something_is_known() -> None:
    found = set(csrf.routes())
    assert {("POST", "/login"), ("POST", "/setup"), ("POST", "/logout")} <= found


def test_no_request_of_another_site_gets_through(server: Server) -> None:
    with httpx.Client(base_url=server.base_url, trust_env=False) as browser:
        browser.get("/login")
        own = {"Origin": server.base_url, "Sec-Fetch-Site": "same-origin"}
        entered = browser.post("/login", data={"email": "mallory@example.org", "password": PASSWORD}, headers=own)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = browser.cookies["oncall_session"]
        tries = csrf.attack(server, cookie)
        assert tries.number > 250
        assert not tries.through
        assert browser.get("/you").status_code == 200, "the session must have survived"
