"""Bob's connection of one calendar, and pages that ask nothing before they are left."""

import pytest

from oncall_ui.app import App
from pages.connections.choose import leave
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.helpers.preview import WORK
from tests.services.helpers.imports import connected


@pytest.fixture
def asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leave, "ask_before_leaving", lambda _asks: None)
    monkeypatch.setattr(leave, "report_links", lambda _reports: None)


@pytest.fixture
async def work(app: App, bob: Person, feeds: FeedServer) -> int:
    """The connection of Bob's only calendar; requests of its first import are cleared."""
    connection_id = await connected(app, bob, feeds.serve("/work.ics", WORK))
    feeds.clear()
    return connection_id
