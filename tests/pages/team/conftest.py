"""Team's pages at a moment that tests can move."""

from dataclasses import dataclass
from datetime import datetime

import pytest

from pages.team import health
from pages.team import page as team
from tests.pages.helpers.team import NOW


@dataclass
class Clock:
    now: datetime = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for page in (team, health):
        monkeypatch.setattr(page, "_now", lambda: clock.now)
    return clock
