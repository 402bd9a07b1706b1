"""Emails of requests: asked with a link that answers once, and only while there is something to answer."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import Answer, Pace, RequestState
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.errors import NotAllowed, RequestClosed
from oncall_ui.models import Message
from oncall_ui.services.schedules.cover.answers import accept
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.links import AskState, answer_by_link, ask_link
from oncall_ui.services.sharing.messages.send import Outgoing, send_messages
from oncall_ui.settings import Settings
from tests.conftest import Person
from tests.services.helpers.cover import ROLE, Team, holders, request_of
from tests.services.helpers.schedules import in_plan

LINK = re.compile(r"/asks/(\S+)")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Email is set up; what is due is taken from the outbox here."""
    return settings.model_copy(update={"smtp_host": "mail.example.org", "mail_from": "oncall@example.org"})


def sent(app: App) -> dict[str, Outgoing]:
    """By address: the last that was due, whatever the hour."""
    with app.db.write() as session:
        for row in session.exec(select(Message)):
            row.starts_at = row.created_at + timedelta(hours=1)
            row.due_at = row.created_at
    found: dict[str, Outgoing] = {}
    send_messages(app, lambda _app, outgoing: found.__setitem__(outgoing.to, outgoing))
    return found


def token_of(outgoing: Outgoing) -> str:
    (found,) = LINK.findall(outgoing.written.email.text)
    return str(found)


def test_a_link_answers_once(app: App, bob: Person, carol: Person, dora: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, note="A concert", pace=Pace.ALL)
    emails = sent(app)
    assert emails[carol.email].written.email.subject.startswith("Bob asks you to cover Mon")
    assert "“A concert”" in emails[carol.email].written.email.text
    token, late = token_of(emails[carol.email]), token_of(emails[dora.email])
    assert ask_link(app, token).state is AskState.OPEN
    answer_by_link(app, token, Answer.TAKE)
    assert holders(app, team.schedule)[0] == team.c
    assert request_of(app, number).via == "email"
    assert ask_link(app, token).state is AskState.USED
    with pytest.raises(NotAllowed):
        answer_by_link(app, token, Answer.NO)
    assert "Carol was faster" in ask_link(app, late).sentence
    with pytest.raises(RequestClosed):
        answer_by_link(app, late, Answer.TAKE)
    assert ask_link(app, "x").state is AskState.UNKNOWN
    told = sent(app)
    assert "someone else took it" in told[dora.email].written.email.subject


def test_who_has_answered_isnt_asked_by_email(app: App, bob: Person, carol: Person, team: Team) -> None:
    number = ask_for_cover(app, bob.id, team.schedule, in_plan(0), ROLE, pace=Pace.ALL)
    accept(app, carol.id, team.schedule, number)
    subjects = [each.written.email.subject for each in sent(app).values()]
    assert request_of(app, number).state is RequestState.TAKEN
    assert not any("asks you" in subject for subject in subjects)
    with app.db.read() as session:
        kinds = {row.kind for row in session.exec(select(Message))}
    assert {MessageKind.ASKED, MessageKind.TAKEN, MessageKind.HANDED_OVER} <= kinds
