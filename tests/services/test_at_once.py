"""Two do the same at the same moment: one of them has done it, on either database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.errors import NotAllowed, SetupClosed
from oncall_ui.models import GuideVote, Member, now
from oncall_ui.services.accounts.setup import create_first_account, renew_setup_link
from oncall_ui.services.availability.manual import add_manual_days, remove_manual_days
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.help import vote
from tests.calendars import calendar, event
from tests.conftest import PASSWORD, Person
from tests.fakes.feeds import FeedServer

ROUNDS = 10


def together(one: Callable[[], object], other: Callable[[], object]) -> list[object]:
    """What each returned, or the error it raised."""
    both = Barrier(2)

    def run(verb: Callable[[], object]) -> object:
        both.wait(timeout=30)
        try:
            return verb()
        except (NotAllowed, SetupClosed) as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, (one, other)))


def test_days_are_removed_once(app: App, alice: Person) -> None:
    day = now().date() + timedelta(days=3)
    for _ in range(ROUNDS):
        days_id = add_manual_days(app, alice.id, ManualDays(day, day, Action.BLOCK))
        verb = lambda days_id=days_id: remove_manual_days(app, alice.id, days_id)  # noqa: E731
        assert sorted(isinstance(each, NotAllowed) for each in together(verb, verb)) == [False, True]


def test_a_feed_is_connected_once(app: App, alice: Person, feeds: FeedServer) -> None:
    for number in range(ROUNDS // 2):
        url = feeds.serve(f"/{number}.ics", calendar(event("noc")))
        one, other = together(*[lambda url=url: asyncio.run(connect(app, alice.id, "ics", "Work", {"url": url}))] * 2)
        assert one == other
        assert isinstance(one, int)


def test_a_connection_is_disconnected_once(app: App, alice: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    for _ in range(ROUNDS // 2):
        connection_id = asyncio.run(connect(app, alice.id, "ics", "Work", {"url": url}))
        verb = lambda connection_id=connection_id: asyncio.run(disconnect(app, alice.id, connection_id))  # noqa: E731
        assert sorted(isinstance(each, NotAllowed) for each in together(verb, verb)) == [False, True]


def test_a_guide_is_judged_twice_at_once(app: App) -> None:
    for number in range(ROUNDS):
        together(*[lambda number=number: vote(app, 0, f"guide-{number}", helped=True)] * 2)
        with app.db.read() as session:
            row = session.get(GuideVote, f"guide-{number}")
            assert row is not None
            assert row.yes == 2


@pytest.mark.parametrize("attempt", range(3))
def test_the_setup_link_makes_one_account(app: App, attempt: int) -> None:
    link = str(renew_setup_link(app)).partition("token=")[2]

    def account(name: str) -> int:
        email = f"{name}{attempt}@example.org"
        return create_first_account(app, link, name=name, email=email, password=PASSWORD, zone="UTC")

    outcomes = together(lambda: account("Alice"), lambda: account("Bob"))
    assert sorted(isinstance(each, SetupClosed) for each in outcomes) == [False, True]
    with app.db.read() as session:
        assert session.exec(select(func.count(col(Member.id)))).one() == 1
