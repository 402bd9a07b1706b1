"""A new key in front: what is stored goes over to it, and connecting the same again still finds it."""

import pytest
from pydantic import SecretStr
from sqlmodel import select

from oncall_ui.app import App, open_app
from oncall_ui.models import Connection
from oncall_ui.security.vault import generate_key
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.credentials import rekey
from oncall_ui.services.connections.views import list_connections
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer

OLD, NEW = generate_key(), generate_key()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret_keys": SecretStr(OLD)})


def _with_keys(app: App, *keys: str) -> App:
    settings = app.settings.model_copy(update={"secret_keys": SecretStr(",".join(keys))})
    return open_app(settings, workers=app.workers)


async def test_a_new_key_takes_over_and_the_old_one_can_go(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    first = await connect(app, alice.id, "ics", "Work", {"url": url})
    both = _with_keys(app, NEW, OLD)
    assert rekey(both) == 1
    assert rekey(both) == 0, "nothing is left to do"
    both.db.close()
    new = _with_keys(app, NEW)
    assert await connect(new, alice.id, "ics", "", {"url": url}) == first, "found again under the new key"
    assert len(list_connections(new, alice.id)) == 1
    new.db.close()


async def test_what_no_key_opens_is_left_alone(app: App, alice: Person, feeds: FeedServer) -> None:
    await connect(app, alice.id, "ics", "Work", {"url": feeds.serve("/work.ics", calendar(event("noc")))})
    with app.db.read() as session:
        before = session.exec(select(Connection.sealed)).one()
    other = _with_keys(app, NEW)
    assert rekey(other) == 0
    other.db.close()
    with app.db.read() as session:
        assert session.exec(select(Connection.sealed)).one() == before
