"""Threads give way sooner than Python lets them, so that pages are sent while others are read."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nicegui import ui

from oncall_ui import serving
from oncall_ui.app import App
from oncall_ui.threads import NICENESS, TURN_SECONDS, import_behind_others


@pytest.fixture
def interval() -> Iterator[float]:
    """Python's own, which is there again afterwards."""
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], object]]:
    """Writes the module `started_late`, which nobody has imported."""
    monkeypatch.syspath_prepend(tmp_path)
    yield (tmp_path / "started_late.py").write_text
    sys.modules.pop("started_late", None)


def test_what_starts_goes_behind_others_and_what_serves_does_not(module: Callable[[str], object]) -> None:
    module("import os\nniceness = os.nice(0)\n")
    own = os.nice(0)
    import_behind_others("started_late")
    expected = min(own + NICENESS, 19) if sys.platform == "linux" else own
    assert sys.modules["started_late"].niceness == expected
    assert os.nice(0) == own


def test_what_cannot_be_imported_says_why(module: Callable[[str], object]) -> None:
    module("raise ValueError('no such setting')\n")
    with pytest.raises(ValueError, match="no such setting"):
        import_behind_others("started_late")


def test_the_server_takes_short_turns(app: App, monkeypatch: pytest.MonkeyPatch, interval: float) -> None:
    found: list[float] = []
    monkeypatch.setattr(ui, "run", lambda **_: found.append(sys.getswitchinterval()))
    serving._run(app, app.settings, Path("favicon.svg"))
    assert found == [pytest.approx(TURN_SECONDS)] and interval / 4 > TURN_SECONDS
