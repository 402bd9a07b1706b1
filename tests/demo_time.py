"""The clock and the password of the demo in tests."""

from datetime import UTC, datetime

PASSWORD = "a password for six"


class Clock:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now
