"""Pages that nobody looks at cost nothing, and show what is true once somebody does."""

import asyncio
import re
import threading
from collections import Counter
from functools import partial
from time import perf_counter, sleep
from uuid import uuid4

import pytest
from nicegui import Client
from nicegui.nicegui import _on_handshake
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.hub import CalendarChanged, MemberChanged, Missed, ScheduleChanged
from oncall_ui.models import Calendar, now
from oncall_ui.services.connections.views import list_connections
from pages import refresh
from pages.refresh import EVERY_SCHEDULE, LiveView, Wanted
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import add_calendar, change, tell
from tests.pages.helpers.seeing import of_class
from tests.pages.simulation import idle, settled
from tests.services.helpers.imports import connected


def shows(client: Client, text: str) -> bool:
    return any(text in str(getattr(element, "text", "")) for element in client.elements.values())


@pytest.mark.parametrize("path", ["/", "/calendars"])
async def test_a_page_without_a_browser_is_read_again_when_one_comes(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, path: str
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    user = await browser(alice)
    sent = await user.http_client.get(path)
    found = re.search(r"'client_id': '([0-9a-f-]+)'", sent.text)
    assert found is not None
    client = Client.instances[found[1]]
    await until(lambda: shows(client, "Waiting"))
    await idle()
    with app.db.write() as session:
        session.exec(update(Calendar).values(why="The server is on fire.", state=State.RETRYING))
    app.hub.publish(CalendarChanged(alice.id, 1))
    await settled(app.hub)
    assert shows(client, "Waiting"), "nobody looks"
    assert await _on_handshake(
        f"test-{uuid4()}", {"client_id": client.id, "tab_id": str(uuid4()), "document_id": str(uuid4())}
    )
    await until(lambda: not shows(client, "Waiting"))


async def test_a_members_connections_are_read_once_per_change_for_all_their_open_pages(
    browser: Browser, app: App, bob: Person, questions: list[str]
) -> None:
    work = add_calendar(app, bob, "Work", last_read_at=now())
    users = []
    for path in ("/", "/", "/calendars", "/help"):
        users.append(await browser(bob))
        await users[-1].open(path)
    await idle()
    questions.clear()
    change(app, work, state=State.NEEDS_YOU)
    tell(app, bob, work)
    for user in users:
        await until(lambda user=user: any(each.visible for each in of_class(user, "oc-count")))  # type: ignore[misc]
    await idle()
    assert len([each for each in questions if "FROM connection" in each]) == 1


async def test_pages_of_many_logins_that_show_the_same_change_are_asked_for_together(
    browser: Browser, app: App, alice: Person, bob: Person, questions: list[str]
) -> None:
    users = [await browser(person) for person in (alice, bob, bob, bob)]
    for user in users:
        await user.open("/help")
    await settled(app.hub)
    questions.clear()
    app.hub.hear({MemberChanged(person.id) for person in (alice, bob)})
    await settled(app.hub)
    asked = [each for each in questions if "FROM login_session" in each]
    assert len(asked) == 1 and len([each for each in questions if "FROM connection" in each]) == 2


async def test_what_may_have_been_missed_is_read_by_one_page_after_the_other_and_a_change_at_once(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "CATCH_UP_SECONDS", 60)
    user = await browser(alice)
    await user.open("/help")
    reading, may_end, most = Counter[int](), threading.Event(), list[int]()

    def read(number: int, _: Wanted) -> None:
        reading[number] += 1
        most.append(sum(reading.values()))
        assert may_end.wait(30)

    with user:
        views = [LiveView(app, alice.me, partial(read, number), lambda _: None) for number in range(3)]
    app.hub.hear({Missed()})
    await until(lambda: bool(most))
    await asyncio.sleep(0.05)
    assert most == [1], "the others wait"
    app.hub.publish(MemberChanged(alice.id))
    await until(lambda: len(reading) == 3)
    may_end.set()
    await settled(app.hub)
    await until(lambda: all(not each._changes for each in views))


async def test_a_page_that_takes_long_to_read_again_holds_up_no_other(
    browser: Browser, app: App, alice: Person
) -> None:
    user = await browser(alice)
    await user.open("/help")
    begun, may_end = set[int](), threading.Event()

    def read(number: int, _: Wanted) -> None:
        begun.add(number)
        assert may_end.wait(30)

    with user:
        for number in range(3):
            LiveView(app, alice.me, partial(read, number), lambda _: None)
    app.hub.hear({Missed()})
    await until(lambda: len(begun) == 3)
    may_end.set()


async def test_opening_a_page_reads_the_connections_once_and_never_trusts_what_other_pages_read(
    browser: Browser, app: App, bob: Person, questions: list[str]
) -> None:
    work = add_calendar(app, bob, "Work", last_read_at=now())
    other = await browser(bob)
    await other.open("/")
    await idle()
    change(app, work, state=State.NEEDS_YOU)  # and no one publishes it
    questions.clear()
    user = await browser(bob)
    await user.open("/")
    await until(lambda: any(each.visible for each in of_class(user, "oc-count")))
    await idle()
    assert len([each for each in questions if "FROM connection" in each]) == 1


async def test_connections_are_listed_by_two_questions_however_many_there_are(
    app: App, alice: Person, feeds: FeedServer, questions: list[str]
) -> None:
    for number in range(5):
        await connected(app, alice, feeds.serve(f"/{number}.ics", calendar(event("noc"))))
    questions.clear()
    assert len(list_connections(app, alice.id)) == 5
    assert len([each for each in questions if each.startswith("SELECT")]) == 2


async def test_a_page_that_is_slow_to_draw_leaves_as_much_time_to_others(
    browser: Browser, app: App, alice: Person
) -> None:
    began: list[float] = []
    drawn: list[float] = []

    def read(_wanted: Wanted) -> None:
        began.append(perf_counter())

    def show(_seen: None) -> None:
        sleep(0.2)
        drawn.append(perf_counter())
        if len(drawn) < 3:
            view.refresh()

    user = await browser(alice)
    await user.open("/help")
    with user:
        view = LiveView(app, alice.me, read, show)
        view.refresh()
        await until(lambda: len(drawn) == 3)
    for number in (1, 2):
        assert began[number] - drawn[number - 1] >= 0.2


@pytest.mark.parametrize(
    ("followed", "change", "hears"),
    [
        (7, ScheduleChanged(7), True),
        (7, ScheduleChanged(8), False),
        (7, ScheduleChanged(7, is_progress=True), True),
        (EVERY_SCHEDULE, ScheduleChanged(8), True),
        (EVERY_SCHEDULE, ScheduleChanged(8, is_progress=True), False),
    ],
)
async def test_a_page_of_schedules_hears_of_those_it_follows_and_of_no_other(
    browser: Browser, app: App, alice: Person, followed: int, change: ScheduleChanged, hears: bool
) -> None:
    readings: list[Wanted] = []
    user = await browser(alice)
    client = await user.open("/help")
    with client:
        LiveView(app, alice.me, readings.append, lambda _seen: None, of_schedule=followed)
    app.hub.publish(change)
    await settled(app.hub)
    assert [each.changes for each in readings] == ([frozenset({change})] if hears else [])


async def test_a_page_that_is_being_left_reads_nothing_until_it_stays_after_all(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[Wanted] = []
    user = await browser(alice)
    client = await user.open("/help")
    with client:
        view = LiveView(app, alice.me, readings.append, lambda _seen: None)
    release = view.hold()
    app.hub.publish(MemberChanged(alice.id))
    await settled(app.hub)
    assert readings == []
    release()
    await settled(app.hub)
    assert [each.changes for each in readings] == [frozenset({MemberChanged(alice.id)})]
    monkeypatch.setattr(refresh, "LEAVING_SECONDS", 0.05)
    view.hold()
    app.hub.publish(CalendarChanged(alice.id, 7))
    await until(lambda: len(readings) == 2)  # its browser never left
