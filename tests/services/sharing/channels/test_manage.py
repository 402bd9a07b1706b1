"""A member's channels: their own alone, sealed, recorded, and tried before they are stored."""

import asyncio

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.channels import usual_kinds
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import AuditEntry, Channel
from oncall_ui.services.privacy.export import export
from oncall_ui.services.schedules.destinations.secrets import open_secrets
from oncall_ui.services.sharing.channels.manage import (
    MOST,
    add_channel,
    change_channel,
    choose_kind,
    remove_channel,
    switch_channel,
)
from oncall_ui.services.sharing.channels.trying import Tried, try_channel, try_values
from oncall_ui.services.sharing.channels.views import read_channels
from tests.conftest import Person
from tests.fakes.chat import TOKEN, ChatServer

SLACK = {"url": "https://hooks.example.org/services/s3cret"}


def test_a_channel_is_kept_without_showing_where_it_is(app: App, bob: Person, mallory: Person) -> None:
    channel_id = add_channel(app, bob.id, DestinationKind.SLACK, "", SLACK)
    (view,) = read_channels(app, bob.id)
    assert (view.name, view.account, view.state) == ("Slack", "hooks.example.org", DestinationState.WAITING)
    assert view.kinds == {*usual_kinds(DestinationKind.SLACK)} and not view.is_busy
    choose_kind(app, bob.id, channel_id, EmailKind.WEEK_AHEAD, wanted=True)
    choose_kind(app, bob.id, channel_id, EmailKind.REQUESTS, wanted=False)
    change_channel(app, bob.id, channel_id, "Ops", {})
    switch_channel(app, bob.id, channel_id, is_on=False)
    (view,) = read_channels(app, bob.id)
    assert (view.name, view.state) == ("Ops", DestinationState.OFF)
    assert EmailKind.WEEK_AHEAD in view.kinds and EmailKind.REQUESTS not in view.kinds
    with app.db.read() as session:
        assert open_secrets(app, session.get_one(Channel, channel_id)) == SLACK
    told = str(export(app, bob.id))
    assert "'name': 'Ops'" in told and "s3cret" not in told
    remove_channel(app, bob.id, channel_id)
    assert (read_channels(app, bob.id), read_channels(app, mallory.id)) == ((), ())
    with app.db.read() as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
        lines = [row for row in entries if "channel" in row.action]
        assert [row.action.partition("_")[2] for row in lines] == ["added", *["changed"] * 4, "removed"]
        assert {row.actor_id for row in lines} == {bob.id} and "s3cret" not in str(lines)


def test_what_cant_be_a_channel_is_refused(app: App, bob: Person) -> None:
    for kind in (DestinationKind.WEBHOOK, DestinationKind.PAGERDUTY):
        with pytest.raises(NotAllowed):
            add_channel(app, bob.id, kind, "", SLACK)
    with pytest.raises(InvalidInput, match="A topic is"):
        add_channel(app, bob.id, DestinationKind.NTFY, "", {"url": "https://ntfy.sh", "topic": "a topic/.."})
    with pytest.raises(InvalidInput, match="Enter an address"):
        add_channel(app, bob.id, DestinationKind.TEAMS, "", {"url": "ftp://x"})
    for _ in range(MOST):
        found = add_channel(app, bob.id, DestinationKind.SLACK, "", SLACK)
    with pytest.raises(InvalidInput, match="5 channels at most"):
        add_channel(app, bob.id, DestinationKind.SLACK, "", SLACK)
    with pytest.raises(NotAllowed):
        choose_kind(app, bob.id, found, EmailKind.CALENDARS, wanted=True)


def test_a_test_says_who_answered_or_what_to_do_and_stores_nothing_of_what_was_typed(app: App, bob: Person) -> None:
    with ChatServer() as chat:
        ntfy = {"url": chat.url("/"), "topic": "ops", "token": TOKEN}
        tried = asyncio.run(try_values(app, bob.id, DestinationKind.NTFY, ntfy))
        assert isinstance(tried, Tried) and tried.host == "127.0.0.1" and read_channels(app, bob.id) == ()
        assert list(chat.notifications.values()) == ["Test from On-Call Optimizer\nMessages to you arrive here."]
        with pytest.raises(Failure, match=r"refused: .*: 403"):
            asyncio.run(try_values(app, bob.id, DestinationKind.NTFY, ntfy | {"token": "wrong"}))
        kept = add_channel(app, bob.id, DestinationKind.NTFY, "Phone", ntfy)
        asyncio.run(try_values(app, bob.id, DestinationKind.NTFY, {}, kept))
        chat.statuses = [503]
        with pytest.raises(Failure):
            asyncio.run(try_channel(app, bob.id, kept))
        assert read_channels(app, bob.id)[0].state is DestinationState.RETRYING
        asyncio.run(try_channel(app, bob.id, kept))
        assert read_channels(app, bob.id)[0].state is DestinationState.IN_STEP
    with pytest.raises(Failure, match="unreachable"):
        asyncio.run(try_values(app, bob.id, DestinationKind.NTFY, {}, kept))
    with pytest.raises(Failure, match="address_not_allowed"):
        asyncio.run(try_values(app, bob.id, DestinationKind.SLACK, {"url": "http://10.0.0.1/x"}))
