"""Home at a moment that doesn't move."""

import pytest

from pages.home import page as home
from tests.pages.helpers.home import NOW


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock of the page."""
    monkeypatch.setattr(home, "_now", lambda: NOW)
