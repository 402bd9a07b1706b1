"""Threads give way sooner than Python lets them, so that pages are sent while others are read."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nicegui import ui

from oncall_ui import serving
from oncall_ui.app import App
from oncall_ui.threads import TURN_SECONDS


@pytest.fixture
def interval() -> Iterator[float]:
    """Python's own, which is there again afterwards."""
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


def test_the_server_takes_short_turns(app: App, monkeypatch: pytest.MonkeyPatch, interval: float) -> None:
    found: list[float] = []
    monkeypatch.setattr(ui, "run", lambda **_: found.append(sys.getswitchinterval()))
    serving._run(app, app.settings, Path("favicon.svg"))
    assert found == [pytest.approx(TURN_SECONDS)] and interval / 4 > TURN_SECONDS
