"""The link in an email that asks: it shows what is asked, answers once, and never because a program opened it."""

from datetime import timedelta

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.models import Message, now
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.messages.links import create_link
from oncall_ui.services.schedules.messages.outbox import Note, put
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.services.helpers.cover import ROLE, holders, request_of
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand


def link_for(app: App, person: Person, schedule: int, number: int) -> str:
    with app.db.write() as session:
        note = Note(MessageKind.ASKED, person.id, schedule, {"request": number}, f"asked:{number}:{person.id}")
        message = put(session, note, now())
        assert isinstance(message, Message)
        return f"/asks/{create_link(session, message, 'answer', now() + timedelta(days=30))}"


async def test_a_link_takes_the_shift_once(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory], name="Platform")
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, m])
    number = ask_for_cover(app, bob.id, schedule, in_plan(0), ROLE)
    link = link_for(app, mallory, schedule, number)
    stranger = await browser()
    for _ in range(2):
        assert "Bob asks you to cover" in (await stranger.http_client.get(link)).text
    assert request_of(app, number).state is RequestState.OPEN, "looking answers nothing"
    nothing = await stranger.http_client.post(link, data={"answer": "x"}, follow_redirects=True)
    assert "Bob asks you to cover" in nothing.text
    done = await stranger.http_client.post(link, data={"answer": "take"})
    assert done.status_code == 200
    assert holders(app, schedule)[0] == m
    again = await stranger.http_client.post(link, data={"answer": "no"}, follow_redirects=True)
    assert "You have answered already" in again.text
    assert "This link doesn" in (await stranger.http_client.get("/asks/unknown")).text
