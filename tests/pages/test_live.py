"""Pages that nobody looks at cost nothing, and show what is true once somebody does."""

import re
from uuid import uuid4

import pytest
from nicegui import Client
from nicegui.nicegui import _on_handshake
from sqlalchemy import event as sql
from sqlmodel import update

from oncall_ui.domain.status import State
from oncall_ui.events import CalendarChanged
from oncall_ui.models import Calendar
from oncall_ui.services.installation import Installation
from oncall_ui.services.views import list_connections
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.forms import until
from tests.pages.simulation import settled
from tests.services.importing import connected


def shows(client: Client, text: str) -> bool:
    return any(text in str(getattr(element, "text", "")) for element in client.elements.values())


@pytest.mark.parametrize("path", ["/", "/calendars"])
async def test_a_page_without_a_browser_is_read_again_when_one_comes(
    browser: Browser, app: Installation, alice: Person, feeds: FeedServer, path: str
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    user = await browser(alice)
    sent = await user.http_client.get(path)
    found = re.search(r"'client_id': '([0-9a-f-]+)'", sent.text)
    assert found is not None
    client = Client.instances[found[1]]
    await until(lambda: shows(client, "Waiting"))
    await settled(app.hub)
    with app.db.write() as session:
        session.exec(update(Calendar).values(why="The server is on fire.", state=State.RETRYING))
    app.hub.publish(CalendarChanged(alice.id, 1))
    await settled(app.hub)
    assert shows(client, "Waiting"), "nobody looks"
    assert await _on_handshake(
        f"test-{uuid4()}", {"client_id": client.id, "tab_id": str(uuid4()), "document_id": str(uuid4())}
    )
    await until(lambda: not shows(client, "Waiting"))


async def test_connections_are_listed_by_two_questions_however_many_there_are(
    app: Installation, alice: Person, feeds: FeedServer
) -> None:
    for number in range(5):
        await connected(app, alice, feeds.serve(f"/{number}.ics", calendar(event("noc"))))
    asked: list[str] = []
    sql.listen(app.db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert len(list_connections(app, alice.id)) == 5
    assert len([each for each in asked if each.startswith("SELECT")]) == 2
