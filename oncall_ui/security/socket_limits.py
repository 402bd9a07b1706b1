"""How many websockets one browser may hold open, and how much it may send.

A member's session has a budget of its own; only sockets without one are counted by address, so that a team behind one
address never shares a limit. Decision 0706 has the numbers.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_STRANGERS = 1_000
"""Sockets without a session, of all addresses together."""
LONGEST_DELAY = 30.0
"""Who sends faster than allowed waits; who would have to wait longer than this is disconnected."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Of one session, or of one address without a session."""

    sockets: int
    messages: float
    """A second, in the long run."""
    message_burst: float
    bytes: float
    """A second, in the long run."""
    byte_burst: float


MEMBER = Budget(sockets=60, messages=60, message_burst=600, bytes=400_000, byte_burst=4_000_000)
"""Eight pages, each of them reloaded a few times; a page sends an event for every key that is pressed."""
STRANGER = Budget(sockets=120, messages=80, message_burst=600, bytes=80_000, byte_burst=600_000)
"""A team behind one address before it logs in, each with two pages; a page of ours that is only open sends a message
every three seconds."""


@dataclass(slots=True)
class _Use:
    budget: Budget
    messages: float
    bytes: float
    at: float
    open: int = 0


class SocketLimits:
    """Counts in memory. For one thread, the event loop's. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._uses: dict[tuple[str, str], _Use] = {}
        self._strangers = 0

    def open(self, key: tuple[str, str], budget: Budget) -> bool:
        """Counts one socket; False when it is one too many. `key` is `("session", …)` or `("address", …)`."""
        is_stranger = budget is STRANGER
        use = self._uses.get(key)
        if use is None:
            self._forget_idle()
            use = self._uses[key] = _Use(budget, budget.message_burst, budget.byte_burst, self._clock())
        self._refill(use, self._clock())
        is_over = use.messages < 0 or use.bytes < 0  # who was disconnected for it comes back when it is made up for
        if is_over or use.open >= budget.sockets or (is_stranger and self._strangers >= MOST_STRANGERS):
            return False
        use.open += 1
        self._strangers += is_stranger
        return True

    def close(self, key: tuple[str, str]) -> None:
        """A socket that `open` counted is closed."""
        use = self._uses[key]
        use.open -= 1
        self._strangers -= use.budget is STRANGER

    def receive(self, key: tuple[str, str], size: int) -> float:
        """Counts one message; the seconds after which it may be read."""
        use, moment = self._uses[key], self._clock()
        self._refill(use, moment)
        use.messages -= 1
        use.bytes -= size
        return max(-use.messages / use.budget.messages, -use.bytes / use.budget.bytes, 0.0)

    def _refill(self, use: _Use, moment: float) -> None:
        passed, use.at = moment - use.at, moment
        use.messages = min(use.budget.message_burst, use.messages + passed * use.budget.messages)
        use.bytes = min(use.budget.byte_burst, use.bytes + passed * use.budget.bytes)

    def _forget_idle(self) -> None:
        """Forgets who has no socket and a full budget."""
        if len(self._uses) < MOST_STRANGERS:
            return
        moment = self._clock()
        for key, use in list(self._uses.items()):
            self._refill(use, moment)
            if not use.open and use.messages >= use.budget.message_burst and use.bytes >= use.budget.byte_burst:
                del self._uses[key]
