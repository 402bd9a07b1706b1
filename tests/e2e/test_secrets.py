"""What a member entrusts to the app is in no log, on no page and nowhere on the disk in clear."""

import re

from playwright.sync_api import Page, expect

from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server
from tests.fakes.feeds import FeedServer

ADDRESS, KEY, TITLE = "private-7c1f0a9be2", "open-sesame-41", "Divorce lawyer, noc"


def test_addresses_passwords_and_titles_are_nowhere_in_clear(page: Page, app: Server, feeds: FeedServer) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    url = feeds.serve(f"/{ADDRESS}/work.ics", calendar(event(TITLE), name="Work"), user="alice", password=KEY)
    get_cookie(page, app, "alice@example.org")
    page.goto("/calendar_connections/new/ics")
    page.get_by_label("URL", exact=True).fill(url)
    page.get_by_role("button", name="Create", exact=True).click()
    # The refusal takes the focus; what is typed before it has would land there.
    expect(page.get_by_label("URL", exact=True)).to_be_focused()
    page.get_by_label("User name", exact=True).fill("alice")
    page.get_by_label("Password", exact=True).fill(KEY)
    page.get_by_role("button", name="Create", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    status = page.get_by_role("main").get_by_role("status").first
    expect(status).to_contain_text(re.compile(r"1\sof\s\d+\sevents?\scounts"))
    for refusal in (503, 404):
        feeds.refuse(f"/{ADDRESS}/work.ics", status=refusal)
        page.get_by_role("button", name="Sync now").click()
        expect(status).to_contain_text(re.compile(str(refusal)))
        assert ADDRESS not in page.content()
    page.goto("/")
    expect(page.get_by_role("heading", name="Your availability")).to_be_visible()
    assert TITLE not in page.content()
    app.stop()
    kept = app.kept()
    for secret in (ADDRESS, KEY, PASSWORD, TITLE, "Divorce"):
        assert secret.encode() not in kept, "on the disk"
        assert secret not in app.log_text(), "in the log"


def test_the_key_file_is_for_its_owner_alone(app: Server) -> None:
    (key,) = app.data.rglob("secret.key")
    assert key.stat().st_mode & 0o777 == 0o600
