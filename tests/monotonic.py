"""A monotonic clock that a test moves on, for what is given one instead of `time.monotonic`."""

import pytest


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()
