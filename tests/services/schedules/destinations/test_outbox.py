"""What is noted for destinations is noted with what happened: both are stored, or neither."""

from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState, EventKind
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import now
from oncall_ui.services.schedules.destinations.outbox import queue_event
from oncall_ui.services.schedules.published.assign import assign
from tests.conftest import Person
from tests.databases import settings
from tests.services.helpers.schedules import in_plan, participant_of
from tests.services.schedules.destinations.team import Team, team_of

__all__ = ["settings"]


@pytest.fixture
def team(app: App, alice: Person, bob: Person) -> Team:
    return team_of(app, alice, bob)


def test_what_is_published_and_handed_over_is_noted_for_who_wants_it(team: Team) -> None:
    hook, other = team.keep(), team.keep(options={"events": [EventKind.HANDOFF]})
    copy, off = team.keep(DestinationKind.GOALERT), team.keep(state=DestinationState.OFF)
    team.publish(team.alice, team.bob)
    (published,) = team.deliveries(hook)
    assert (published.kind, published.facts["data"]["plan"]) == (EventKind.PLAN_PUBLISHED, 1)
    assert published.facts["schedule"] == {"id": team.schedule, "name": "Platform", "zone": "UTC"}
    assert published.facts["data"]["by"] == {"id": team.bob.id, "name": "Bob"}
    assert published.facts["data"]["changes"][0] == {
        "start": utc(in_plan(0)),
        "end": utc(in_plan(1)),
        "role": "primary",
        "before": None,
        "after": {"id": team.alice.id, "name": "Alice"},
    }
    to, before = participant_of(team.app, team.schedule, team.bob), participant_of(team.app, team.schedule, team.alice)
    assign(team.app, team.bob.id, team.schedule, in_plan(0), "primary", to, before=before)
    changed = team.deliveries(hook)[1]
    assert (changed.kind, changed.facts["data"]["changes"][0]["after"]["name"]) == (EventKind.ASSIGNMENT_CHANGED, "Bob")
    assert (team.deliveries(other), team.deliveries(copy), team.deliveries(off)) == ([], [], [])
    wanted = [team.destination(each).wanted for each in (hook, other, copy, off)]
    assert wanted == [2, 0, 2, 0]
    assert [team.destination(each).next_at is None for each in (hook, other, copy, off)] == [False, True, False, True]


def test_what_is_taken_back_is_not_told(team: Team) -> None:
    hook = team.keep()
    with team.app.db.write() as session:
        queue_event(session, team.schedule, EventKind.CONFLICT_OPENED, {"why": "leave"})
        session.rollback()
    assert (team.deliveries(hook), team.destination(hook).wanted) == ([], 0)


def test_an_event_with_a_key_happens_once_and_has_one_id_everywhere(team: Team) -> None:
    one, other = team.keep(), team.keep()
    for _ in range(2):
        with team.app.db.write() as session:
            queue_event(session, team.schedule, EventKind.GAP_SOON, {}, key="Monday")
    assert [each.event_id for each in team.deliveries(one)] == [each.event_id for each in team.deliveries(other)]
    with team.app.db.write() as session:
        queue_event(session, team.schedule, EventKind.GAP_SOON, {}, key="Tuesday")
        queue_event(session, team.schedule, EventKind.GAP_SOON, {})
    assert len({each.event_id for each in team.deliveries(one)}) == 3


def test_one_that_fails_waits_on_whatever_happens(team: Team) -> None:
    later = now() + timedelta(hours=1)
    hook = team.keep(attempts=3, next_at=later)
    with team.app.db.write() as session:
        queue_event(session, team.schedule, EventKind.HANDOFF, {})
    assert (team.destination(hook).wanted, team.destination(hook).next_at) == (1, later)
