"""A schedule of four: Bob manages it, and the days are Bob, Bob, Mallory, Carol, Dora, Bob, Mallory."""

import pytest

from oncall_ui.app import App
from tests.conftest import Person, person
from tests.services.helpers.cover import Team
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


@pytest.fixture
def carol(app: App) -> Person:
    return person(app, "Carol")


@pytest.fixture
def dora(app: App) -> Person:
    return person(app, "Dora")


@pytest.fixture
def team(app: App, bob: Person, mallory: Person, carol: Person, dora: Person) -> Team:
    schedule = keep_schedule(app, bob, [bob, mallory, carol, dora])
    b, m, c, d = (participant_of(app, schedule, each) for each in (bob, mallory, carol, dora))
    publish_by_hand(app, bob, schedule, [b, b, m, c, d, b, m])
    return Team(schedule, b, m, c, d)
