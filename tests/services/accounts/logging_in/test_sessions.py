"""Sessions: who is logged in where, since when, and how each of them ends."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.hub import Change, SessionEnded
from oncall_ui.models import AuditEntry, LoginSession, Member, now
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.accounts.logging_in.sessions import (
    end_expired,
    end_session,
    list_sessions,
    log_out_others,
    open_session,
    require_session,
    session_for,
    valid_sessions,
)
from oncall_ui.settings import Settings
from tests.conftest import Person

FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Mobile/15E148 Safari/604.1"
)
HOME, TRAIN = Origin("192.0.2.7", FIREFOX), Origin("198.51.100.24", SAFARI)


def open_from(app: App, person: Person, origin: Origin, method: LoginMethod = LoginMethod.PASSWORD) -> str:
    with coming_from(origin):
        return session_for(app, open_session(app, person.id, method)).session_id


def make_older(app: App, session_id: str, *, used: timedelta, began: timedelta | None = None) -> None:
    values = {"last_used_at": now() - used} | ({"created_at": now() - began} if began else {})
    with app.db.write() as session:
        session.exec(update(LoginSession).where(col(LoginSession.id) == session_id).values(**values))


def member(app: App, person: Person) -> Member:
    with app.db.read() as session:
        return session.exec(select(Member).where(Member.id == person.id)).one()


def stored(app: App) -> set[str]:
    with app.db.read() as session:
        return set(session.exec(select(LoginSession.id)))


async def published(app: App, person: Person, do: Callable[[], object]) -> set[Change]:
    """What the member's open pages hear while `do` runs."""
    heard: set[Change] = set()
    app.hub.start()
    app.hub.subscribe(person.id, heard.update)
    await asyncio.to_thread(do)
    await app.hub.flush()
    app.hub.stop()
    return heard


def test_a_session_says_what_where_when_and_how(app: App, alice: Person) -> None:
    phone = open_from(app, alice, TRAIN, LoginMethod.PASSKEY)
    make_older(app, alice.me.session_id, used=timedelta(hours=1))
    first, second = list_sessions(app, alice.id)
    assert (first.id, second.id) == (phone, alice.me.session_id)
    assert (first.browser, first.is_phone, first.address) == ("Safari on iPhone", True, "198.51.100.24")
    assert (first.method, second.method) == (LoginMethod.PASSKEY, LoginMethod.PASSWORD)
    assert (second.browser, second.address) == ("Unknown browser", "")


def test_nobody_sees_another_members_sessions(app: App, alice: Person, mallory: Person) -> None:
    assert [each.id for each in list_sessions(app, mallory.id)] == [mallory.me.session_id]


def test_use_is_noted_with_its_address_once_a_minute(app: App, alice: Person) -> None:
    session_id = open_from(app, alice, HOME)
    make_older(app, session_id, used=timedelta(seconds=50))
    with coming_from(TRAIN):
        require_session(app, session_id)
        (fresh,) = (each for each in list_sessions(app, alice.id) if each.id == session_id)
        assert fresh.address == HOME.address
        make_older(app, session_id, used=timedelta(seconds=70))
        require_session(app, session_id)
    (used,) = (each for each in list_sessions(app, alice.id) if each.id == session_id)
    assert (used.address, used.browser) == (TRAIN.address, "Safari on iPhone")
    assert now() - used.last_used_at < timedelta(seconds=30)
    assert member(app, alice).last_seen_at == used.last_used_at


def test_many_sessions_are_asked_at_once_and_each_is_noted_where_it_is_used(
    app: App, alice: Person, bob: Person, questions: list[str]
) -> None:
    ended = open_from(app, alice, HOME)
    end_session(app, alice.id, ended)
    mine, theirs = open_from(app, alice, HOME), open_from(app, bob, HOME)
    make_older(app, mine, used=timedelta(seconds=70))
    make_older(app, theirs, used=timedelta(seconds=50))
    idle = open_from(app, bob, HOME)
    make_older(app, idle, used=timedelta(days=app.settings.session_idle_days, seconds=1))
    questions.clear()
    used = dict.fromkeys([mine, theirs, ended, idle, "no such session"], TRAIN)
    assert {*valid_sessions(app, used)[0]} == {mine, theirs}
    assert len([each for each in questions if each.startswith("SELECT login_session")]) == 2  # and one to note
    addresses = {each.id: each.address for who in (alice, bob) for each in list_sessions(app, who.id)}
    assert (addresses[mine], addresses[theirs]) == (TRAIN.address, HOME.address)
    seen = member(app, alice).last_seen_at
    assert seen is not None and now() - seen < timedelta(seconds=30)
    questions.clear()
    assert {*valid_sessions(app, used)[0]} == {mine, theirs}
    assert len([each for each in questions if each.startswith("SELECT")]) == 1


def test_use_from_nowhere_keeps_the_address(app: App, alice: Person) -> None:
    session_id = open_from(app, alice, HOME)
    make_older(app, session_id, used=timedelta(hours=1))
    require_session(app, session_id)
    (used,) = (each for each in list_sessions(app, alice.id) if each.id == session_id)
    assert used.address == HOME.address and now() - used.last_used_at < timedelta(seconds=30)


def test_a_member_was_last_seen_when_they_logged_in(app: App, bob: Person) -> None:
    seen = member(app, bob).last_seen_at
    assert seen is not None and now() - seen < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("used", "began", "is_valid"),
    [
        (timedelta(days=2), timedelta(days=9), True),
        (timedelta(days=4), timedelta(days=9), False),
        (timedelta(days=2), timedelta(days=11), False),
    ],
)
def test_a_session_ends_without_use_and_in_any_case(
    app: App, settings: Settings, alice: Person, used: timedelta, began: timedelta, is_valid: bool
) -> None:
    object.__setattr__(app, "settings", settings.model_copy(update={"session_idle_days": 3, "session_days": 10}))
    session_id = open_from(app, alice, HOME)
    make_older(app, session_id, used=used, began=began)
    assert (session_id in {each.id for each in list_sessions(app, alice.id)}) == is_valid
    if is_valid:
        require_session(app, session_id)
    else:
        with pytest.raises(NotLoggedIn):
            require_session(app, session_id)


async def test_expired_sessions_are_deleted_and_their_pages_closed(app: App, alice: Person, bob: Person) -> None:
    old = open_from(app, alice, HOME)
    make_older(app, old, used=timedelta(days=14))
    assert SessionEnded(alice.id, old) in await published(app, alice, lambda: end_expired(app))
    assert stored(app) == {alice.me.session_id, bob.me.session_id}
    assert end_expired(app) == 0


async def test_a_member_ends_one_of_their_sessions(app: App, alice: Person) -> None:
    phone = open_from(app, alice, TRAIN)
    assert SessionEnded(alice.id, phone) in await published(app, alice, lambda: end_session(app, alice.id, phone))
    assert stored(app) == {alice.me.session_id}
    with app.db.read() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "login.session_ended"))
    assert (entry.actor_id, entry.what) == (alice.id, "Safari on iPhone")


def test_nobody_ends_another_members_session(app: App, alice: Person, mallory: Person) -> None:
    for session_id in (alice.me.session_id, "0" * 64):
        with pytest.raises(NotAllowed):
            end_session(app, mallory.id, session_id)
    assert stored(app) == {alice.me.session_id, mallory.me.session_id}


async def test_logging_out_the_others_spares_this_one(app: App, alice: Person, bob: Person) -> None:
    others = {open_from(app, alice, HOME), open_from(app, alice, TRAIN)}
    ended: list[int] = []
    heard = await published(app, alice, lambda: ended.append(log_out_others(app, alice.id, alice.me.session_id)))
    assert ended == [2] and heard >= {SessionEnded(alice.id, each) for each in others}
    assert stored(app) == {alice.me.session_id, bob.me.session_id}
    with app.db.read() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "login.sessions_ended"))
    assert entry.facts == {"sessions": 2}
