"""What many pages show alike is read once for all of them."""

import threading
from collections.abc import Callable
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedReading(Generic[T]):
    """Remembers what was read last, for threads. Whether somebody may see it is to be asked before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began_at = 0.0
        self._found: T | None = None

    def get(self, asked_at: float, read: Callable[[], T]) -> T:
        """Blocking. One reading serves all who asked, by `perf_counter`, before it began. Raises what `read` raises."""
        with self._lock:
            if self._found is None or self._began_at <= asked_at:
                began_at = perf_counter()
                self._found = read()
                self._began_at = began_at
            return self._found
