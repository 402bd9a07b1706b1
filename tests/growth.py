"""How computing grows with the size of what there is to compute, on whatever machine."""

import time
from collections.abc import Callable

TRIES = 3


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether eight times as much takes nowhere near sixty-four times as long. A busy machine has three tries."""
    return any(_seconds(work, size) < 24 * _seconds(work, size // 8) for _ in range(TRIES))


def _seconds(work: Callable[[int], object], size: int) -> float:
    before = time.process_time()
    work(size)
    return time.process_time() - before
