"""Messages in members' channels: each once, whatever fails, in the words of the email, and never at night."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.models import Channel, ChannelDelivery, Message, QuietHours, now
from oncall_ui.services.imports.fetching.places import Holder, Lane, Places
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.rounds import run_due_rounds
from oncall_ui.services.schedules.messages.outbox import Note, put
from oncall_ui.services.sharing.channels.claim import claim_channels
from oncall_ui.services.sharing.channels.deliver import deliver_messages
from oncall_ui.services.sharing.channels.hand_over import hand_over
from oncall_ui.services.sharing.channels.manage import add_channel, switch_channel
from oncall_ui.services.sharing.channels.sending import ChannelSendings
from oncall_ui.services.sharing.messages.send import send_messages
from tests.conftest import Person
from tests.fakes.chat import TOKEN, ChatServer
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    return keep_schedule(app, bob, [bob, mallory], name="Platform")


def slack(app: App, person: Person, chat: ChatServer, path: str = "/slack") -> int:
    return add_channel(app, person.id, DestinationKind.SLACK, "", {"url": chat.url(path)})


def ntfy(app: App, person: Person, chat: ChatServer) -> int:
    values = {"url": chat.url("/"), "topic": "ops", "token": TOKEN}
    found = add_channel(app, person.id, DestinationKind.NTFY, "", values)
    with app.db.write() as session:
        session.get_one(Channel, found).kinds = [EmailKind.SHIFT_CHANGES, EmailKind.HANDOFFS]
    return found


def publish(app: App, bob: Person, holder: Person, schedule: int, first: int = 0) -> None:
    """A shift of a day; it is due at once, whatever the hour."""
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, holder)], first)
    with app.db.write() as session:
        waiting = update(Message).where(col(Message.handed_at).is_(None))
        session.exec(waiting.values(due_at=now() - timedelta(seconds=1), starts_at=now()))


def send(app: App) -> None:
    """What the jobs do, once."""

    async def run() -> None:
        sendings = ChannelSendings(app)
        await sendings.look()
        await sendings.idle()

    hand_over(app)
    asyncio.run(run())


def later(app: App) -> None:
    """As if every wait were over, and every lease of a killed process."""
    with app.db.write() as session:
        waiting = update(Channel).where(col(Channel.next_at).is_not(None) | col(Channel.lease).is_not(None))
        session.exec(waiting.values(next_at=now(), lease_until=now()))


def states(app: App) -> list[DeliveryState]:
    with app.db.read() as session:
        return [row.state for row in session.exec(select(ChannelDelivery).order_by(col(ChannelDelivery.id)))]


def channel(app: App, channel_id: int) -> Channel:
    with app.db.read() as session:
        return session.get_one(Channel, channel_id)


def test_a_message_reaches_the_channels_that_want_it_once_without_any_mail_server(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    first = slack(app, mallory, chat)
    phone = add_channel(app, mallory.id, DestinationKind.NTFY, "", {"url": chat.url("/"), "topic": "ops"})
    publish(app, bob, mallory, schedule)
    assert send_messages(app) == 0
    for _ in range(2):
        send(app)
    (text,) = chat.messages
    assert text.startswith("*Platform: 1 shift new*\nBob published a plan for Platform that changes your shifts.")
    assert (
        f"{app.settings.public_url}/schedules/{schedule}|Open>" in text and "Hello" not in text and "stop" not in text
    )
    assert chat.notifications == {} and states(app) == [DeliveryState.DELIVERED], "ntfy isn’t sent this kind"
    assert (channel(app, first).state, channel(app, phone).state) == (
        DestinationState.IN_STEP,
        DestinationState.WAITING,
    )
    switch_channel(app, mallory.id, first, is_on=False)
    publish(app, bob, mallory, schedule, first=1)
    send(app)
    switch_channel(app, mallory.id, first, is_on=True)
    send(app)
    assert len(chat.messages) == 1, "what happened while it was off isn’t sent later"


def test_what_was_refused_comes_later_and_what_may_have_arrived_never_twice(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    one, phone = slack(app, mallory, chat), ntfy(app, mallory, chat)
    chat.statuses = [503, 503]
    publish(app, bob, mallory, schedule)
    send(app)
    assert (chat.messages, chat.notifications) == ([], {})
    assert states(app) == [DeliveryState.WAITING] * 2
    assert [channel(app, each).state for each in (one, phone)] == [DestinationState.RETRYING] * 2
    send(app)
    assert chat.requests == 2, "not before its time"
    chat.loses = {3, 4}
    later(app)
    send(app)
    # Both did what was asked, and neither could say so.
    later(app)
    send(app)
    assert (len(chat.messages), len(chat.notifications), chat.requests) == (1, 1, 5)
    assert [channel(app, each).state for each in (one, phone)][1] is DestinationState.IN_STEP
    assert states(app) == [DeliveryState.DELIVERED] * 2


def test_a_process_killed_while_it_sends_leaves_nothing_that_is_sent_twice(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    one = slack(app, mallory, chat)
    publish(app, bob, mallory, schedule)
    hand_over(app)
    (sending,) = claim_channels(app, Places().room(Lane.FRESH))
    assert sending.holder == Holder(mallory.id, f"channel {one}", f"127.0.0.1:{chat.port}")
    assert claim_channels(app, Places().room(Lane.FRESH)) == [], "leased"
    with app.db.write() as session:
        session.exec(update(ChannelDelivery).values(state=DeliveryState.DELIVERED))  # killed just after it said so
    later(app)
    send(app)
    assert chat.messages == [] and channel(app, one).lease is None
    with app.db.write() as session:
        session.exec(update(ChannelDelivery).values(state=DeliveryState.WAITING))  # killed just before
    with app.db.write() as session:
        session.exec(update(Channel).values(next_at=now()))
    send(app)
    assert len(chat.messages) == 1


def test_what_fails_while_its_channel_is_paused_is_dropped(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    one = slack(app, mallory, chat)
    publish(app, bob, mallory, schedule)
    hand_over(app)
    (sending,) = claim_channels(app, Places().room(Lane.FRESH))
    chat.statuses = [503]

    async def run() -> None:
        with chat.hold() as hold:
            task = asyncio.create_task(deliver_messages(app, sending))
            await asyncio.to_thread(hold.reached)
            await asyncio.to_thread(switch_channel, app, mallory.id, one, is_on=False)
        await task

    asyncio.run(run())
    assert (states(app), channel(app, one).state) == ([DeliveryState.GIVEN_UP], DestinationState.OFF)


def test_a_channel_that_is_gone_needs_its_member_and_holds_nobody_up(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    gone, works = slack(app, mallory, chat, "/archived"), slack(app, mallory, chat)
    publish(app, bob, mallory, schedule)
    send(app)
    assert (channel(app, gone).state, channel(app, works).state) == (
        DestinationState.NEEDS_YOU,
        DestinationState.IN_STEP,
    )
    assert "enter the current one" in channel(app, gone).why and len(chat.messages) == 1
    with app.db.write() as session:
        session.exec(update(Channel).where(col(Channel.id) == works).values(sealed="lost", next_at=now()))
    send(app)
    assert "no longer decrypt" in channel(app, works).why


def test_quiet_hours_hold_messages_until_the_morning_and_late_ones_are_dropped(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    one = slack(app, mallory, chat)
    moment, until = now(), now() + timedelta(days=2)
    with app.db.write() as session:
        hour = moment.hour
        session.add(QuietHours(member_id=mallory.id, begin=(hour - 3) % 24, end=(hour + 6) % 24))
        note = Note(MessageKind.GAP, mallory.id, schedule, {"gaps": []}, until=until)
        held = put(session, note, moment)
        assert held is not None and held.due_at > moment
        held.due_at = moment
        late = put(session, Note(MessageKind.GAP_SOON, mallory.id, schedule, {"gaps": []}, until=moment), moment)
        assert late is not None
        number = held.id or 0
    assert hand_over(app, at=moment + timedelta(seconds=1)) == 0
    with app.db.read() as session:
        waits, dropped = session.exec(select(Message).order_by(col(Message.id))).all()
        assert waits.handed_at is None and waits.due_at > moment and dropped.handed_at is not None
    with app.db.write() as session:  # handed over before the member chose these hours
        session.add(ChannelDelivery(channel_id=one, message_id=number, event_id="x"))
        session.exec(update(Channel).values(wanted=1, next_at=moment))
    send(app)
    found = channel(app, one)
    assert states(app) == [DeliveryState.WAITING] and found.next_at is not None and found.next_at > moment
    assert chat.requests == 0


def test_a_request_in_a_channel_has_no_link_that_answers_for_whoever_reads_it(
    app: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    publish(app, bob, mallory, schedule)
    slack(app, bob, chat)
    hand_over(app)
    ask_for_cover(app, mallory.id, schedule, in_plan(0), "primary")
    run_due_rounds(app)
    with app.db.write() as session:
        asked = update(Message).where(col(Message.handed_at).is_(None))
        session.exec(asked.values(due_at=now() - timedelta(minutes=1), starts_at=now()))
    send(app)
    text = next(each for each in chat.messages if "asks you to cover" in each)
    assert f"/schedules/{schedule}/swaps|Open>" in text and "/asks/" not in text
