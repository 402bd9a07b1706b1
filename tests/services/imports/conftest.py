"""What runs imports, without a server around it."""

from collections.abc import AsyncIterator

import pytest

from oncall_ui.app import App
from oncall_ui.jobs import Jobs


@pytest.fixture
async def jobs(app: App) -> AsyncIterator[Jobs]:
    app.hub.start()
    running = Jobs(app)
    yield running
    await running.stop()
