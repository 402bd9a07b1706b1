"""Sessions of a real process: the same cookie before and after its keys are rotated, and when a session expires."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, update

from oncall_ui.models import LoginSession, now
from oncall_ui.security.vault import generate_key
from tests.e2e.conftest import PASSWORD
from tests.e2e.server import Server

OLD, NEW = generate_key(), generate_key()
ALICE = {"email": "alice@example.org", "password": PASSWORD}


@pytest.fixture(scope="module")
def app_settings() -> Mapping[str, str]:
    return {"ONCALL_SECRET_KEYS": OLD}


@pytest.fixture(scope="module")
def old(app: Server) -> Server:
    """The app with its first key."""
    app.add_member(ALICE["email"], "Alice", PASSWORD, admin=True)
    return app


def logged_in(app: Server) -> httpx.Client:
    """A browser with a cookie."""
    client = httpx.Client(base_url=app.base_url, trust_env=False, verify=False, timeout=60)
    answer = client.post("/login", data=ALICE, headers={"Origin": app.base_url})
    assert answer.headers["location"] == "/", answer.status_code
    return client


def page_of(app: Server, cookie: str) -> httpx.Response:
    """What a browser with this cookie and no other gets for a page that needs a login."""
    return httpx.get(
        f"{app.base_url}/you/security", cookies={"oncall_session": cookie}, trust_env=False, verify=False, timeout=60
    )


def test_the_cookie_lasts_as_long_as_a_session_may(old: Server) -> None:
    client = logged_in(old)
    (cookie,) = (each for each in client.cookies.jar if each.name == "oncall_session")
    assert cookie.expires is not None
    days = (cookie.expires - now().timestamp()) / 86_400
    assert 89 < days <= 90


def test_a_session_that_was_not_used_for_long_is_over(old: Server) -> None:
    cookie = logged_in(old).cookies["oncall_session"]
    with old.beside() as app, app.db.write() as session:
        session.exec(update(LoginSession).values(last_used_at=col(LoginSession.last_used_at)))
        session.exec(update(LoginSession).values(last_used_at=now() - timedelta(days=14)))
    answer = page_of(old, cookie)
    assert answer.headers["location"] == "/login?next=/you/security"


def test_rotated_keys_log_nobody_out_and_no_start_or_stop_complains(old: Server) -> None:
    cookie = logged_in(old).cookies["oncall_session"]
    assert page_of(old, cookie).status_code == httpx.codes.OK
    old.stop()
    for keys in (f"{NEW},{OLD}", NEW):
        settings = {"ONCALL_SECRET_KEYS": keys}
        with Server(old.data.parent, database_url=old.database_url, settings=settings, warm=True) as app:
            assert page_of(app, cookie).status_code == httpx.codes.OK, keys
            assert page_of(app, f"{cookie}x").headers["location"].startswith("/login"), "it is still signed"
    assert "Traceback" not in old.log_text()  # all three write to it
