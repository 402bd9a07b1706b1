"""A schedule of two people."""

import pytest

from oncall_ui.app import App
from tests.conftest import Person
from tests.pages.schedules.drafts import NAME
from tests.services.helpers.schedules import keep_schedule, participant_of


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob manages it; Mallory is on it."""
    return keep_schedule(app, bob, [bob, mallory], name=NAME)


@pytest.fixture
def people(app: App, schedule: int, bob: Person, mallory: Person) -> tuple[int, int]:
    return participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
