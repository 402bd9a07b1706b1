"""Where tries are counted: in this process, or, as `database.counts` does, where other processes count them, too."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Protocol

MOST_NAMES = 10_000
"""Remembered at once of each kind; the ones not tried for longest are forgotten first. About 2 MB each."""

Name = tuple[str, str]
"""What is counted, and for whom."""
Numbers = tuple[float, ...]
"""What is remembered under a name: whatever its owner understands."""


class Held(Protocol):
    """What is remembered. Nobody else changes it meanwhile."""

    @property
    def moment(self) -> float:
        """Seconds, by the clock of everybody who counts here."""

    def get(self, name: Name) -> Numbers:
        """Nothing for what isn't remembered."""

    def put(self, name: Name, numbers: Numbers, seconds: float = 0) -> None:
        """Remembers it for so many seconds, or longer; no numbers: forgets it."""


class Counts(Protocol):
    """Safe to call from any thread, never on the event loop."""

    def held(self, names: Sequence[Name]) -> AbstractContextManager[Held]:
        """Within the block these names belong to the caller. What fails inside changes nothing."""

    def seen(self, names: Sequence[Name]) -> AbstractContextManager[Held]:
        """To look at only."""


class CountsHere:
    """In memory. A restart resets them, which gains an attacker little. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, OrderedDict[bytes, Numbers]] = {}
        self.moment = clock()

    @contextmanager
    def held(self, names: Sequence[Name]) -> Iterator[Held]:
        with self._lock:
            self.moment = self._clock()
            yield self

    seen = held

    def get(self, name: Name) -> Numbers:
        known = self._known.get(name[0])
        return known.get(short(name), ()) if known else ()

    def put(self, name: Name, numbers: Numbers, seconds: float = 0) -> None:
        known, key = self._known.setdefault(name[0], OrderedDict()), short(name)
        if not numbers:
            known.pop(key, None)
            return
        known[key] = numbers
        known.move_to_end(key)
        for oldest in list(islice(known, max(0, len(known) - MOST_NAMES))):
            del known[oldest]


def short(name: Name) -> bytes:
    """What people type may be long; what is remembered isn't."""
    return hashlib.blake2b("\0".join(name).encode("utf-8", "surrogatepass"), digest_size=12).digest()
