"""Two processes on one PostgreSQL send each message to a channel once."""

from functools import partial

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState
from tests.conftest import Person
from tests.fakes.chat import ChatServer
from tests.services.sharing.channels.test_sending import chat, publish, schedule, send, slack, states
from tests.services.test_at_once import together
from tests.two_processes import other, settings

__all__ = ["chat", "other", "schedule", "settings"]


@pytest.mark.slow
def test_each_message_is_sent_by_one_of_them(
    app: App, other: App, bob: Person, mallory: Person, schedule: int, chat: ChatServer
) -> None:
    slack(app, mallory, chat)
    publish(app, bob, mallory, schedule)
    together(partial(send, app), partial(send, other))
    assert (len(chat.messages), states(app)) == (1, [DeliveryState.DELIVERED])
