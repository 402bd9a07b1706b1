"""A plan is replayed from what was stored, in the process that plans, and changes nothing."""

import asyncio

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.errors import NotAllowed, PlanNotReady
from oncall_ui.models import SchedulePlan
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.replay.replay import replay
from tests.conftest import Person
from tests.services.helpers.schedules import draft_by_hand, keep_schedule, participant_of, planned


def test_a_published_plan_is_replayed_by_members_and_a_changed_input_shows(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    draft = planned(app, bob, schedule)
    with pytest.raises(NotAllowed):
        asyncio.run(replay(app, mallory.id, schedule, 1))
    publish(app, bob.id, schedule, 1, draft.revision)
    found = asyncio.run(replay(app, mallory.id, schedule, 1))
    assert found.is_same and found.is_same_solver and found.slots == 7
    with app.db.write() as session:
        row = session.exec(select(SchedulePlan)).one()
        stages = [each | {"value": "99"} if each["name"] == "fairness" else each for each in row.result["stages"]]
        row.input_hash, row.result = "other", row.result | {"stages": stages}
    tampered = asyncio.run(replay(app, bob.id, schedule, 1))
    assert (tampered.is_same_input, tampered.better, tampered.is_same) == (False, Stage.FAIRNESS, False)


def test_one_replay_at_a_time_and_only_of_what_is_stored(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    number = draft_by_hand(app, schedule, [participant_of(app, schedule, bob)])
    with pytest.raises(PlanNotReady, match="isn’t stored"):
        asyncio.run(replay(app, bob.id, schedule, number))
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    with pytest.raises(NotAllowed):
        asyncio.run(replay(app, mallory.id, schedule, number))
