"""Messages in Slack, Teams and ntfy, and the events that come by themselves."""

from datetime import timedelta

import pytest
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState, EventKind
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Destination
from oncall_ui.services.schedules.destinations.manage import add_destination
from oncall_ui.services.schedules.destinations.timed import note_timed_events
from oncall_ui.services.schedules.destinations.try_now import send_test
from tests.conftest import Person
from tests.fakes.chat import TOKEN, ChatServer
from tests.services.helpers.schedules import in_plan
from tests.services.schedules.destinations.sends import later, send
from tests.services.schedules.destinations.team import Team, team_of


@pytest.fixture
def team(app: App, alice: Person, bob: Person) -> Team:
    return team_of(app, alice, bob)


def test_a_plan_is_a_message_in_a_channel_and_a_test_reaches_every_kind(team: Team) -> None:
    def add(kind: DestinationKind, **values: str) -> int:
        return add_destination(team.app, team.bob.id, team.schedule, kind, "", values).id

    with ChatServer() as chat:
        slack = add(DestinationKind.SLACK, url=chat.url("/slack"))
        teams = add(DestinationKind.TEAMS, url=chat.url("/teams"))
        ntfy = add(DestinationKind.NTFY, url=chat.url("/"), topic="ops", token=TOKEN)
        with pytest.raises(InvalidInput, match="A topic is"):
            add(DestinationKind.NTFY, url=chat.url("/"), topic="a topic/..")
        team.publish(team.alice)
        send(team.app)
        assert len(chat.messages) == 2
        assert all("Platform: plan published" in each and "Alice" in each for each in chat.messages)
        chat.loses = {chat.requests + 1, chat.requests + 2, chat.requests + 3}
        for each in (slack, teams, ntfy):
            send_test(team.app, team.bob.id, team.schedule, each)
        send(team.app)
        later(team.app)
        send(team.app)
        assert list(chat.notifications.values()) == ["Platform: test\nOn-Call Optimizer can send messages here."]
        assert [team.destination(each).state for each in (slack, teams, ntfy)] == [DestinationState.IN_STEP] * 3
        gone = add(DestinationKind.SLACK, url=chat.url("/archived"))
        send_test(team.app, team.bob.id, team.schedule, gone)
        send(team.app)
        assert team.destination(gone).state is DestinationState.NEEDS_YOU


def test_handoffs_and_gaps_are_noted_once_however_often_the_job_looks(team: Team) -> None:
    hook = team.keep(options={"events": [EventKind.HANDOFF, EventKind.GAP_SOON]})
    team.publish(team.alice, team.alice, team.bob, None)

    def noted(day: int, hour: int = 9) -> list[tuple[EventKind, object]]:
        known = len(team.deliveries(hook))
        for _ in range(2):
            note_timed_events(team.app, in_plan(day, hour) + timedelta(minutes=1))
        data = [(each.kind, each.facts["data"]) for each in team.deliveries(hook)[known:]]
        return [(kind, told.get("within_hours") or (told["after"] or {}).get("name")) for kind, told in data]

    assert noted(-9) == [], "too early for everything"
    assert noted(-4, 10) == [(EventKind.GAP_SOON, 168)]
    assert noted(0) == [(EventKind.HANDOFF, "Alice")]
    assert noted(1) == [], "the same person goes on"
    assert noted(2) == [(EventKind.HANDOFF, "Bob"), (EventKind.GAP_SOON, 24)]
    assert noted(2, 12) == [], "too late for that handoff, and known anyway"
    with team.app.db.write() as session:
        session.exec(update(Destination).values(created_at=in_plan(4)))
    team.publish(team.alice, first=4)
    assert noted(3) == [], "what was before it was added is no news"
