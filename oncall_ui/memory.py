"""Gives the memory of closed pages back to the system.

An open page is up to a megabyte of small objects that refer to each other. Most go when it closes
(pages/framework/closing.py); Python frees the rest only in a full run of its cycle collector, of which there are few.
And Python's own allocator keeps what is freed, because in each of its arenas something lives on. So the server uses the
allocator of the C library, collects after pages have closed, and asks the library to return what is free. Where that
isn't glibc, everything works the same, without giving back.
"""

import asyncio
import ctypes
import gc
import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from oncall_ui.threads import in_a_thread

COLLECT_AFTER_SECONDS = 2
"""Pages often close together: after a reload, or when the server drops those whose browser never came."""
WORTH_IT = 1
"""A run looks at every open page, 2 to 3 ms each: it waits until one has closed for so many that are open."""
EVERY_SECONDS = 600
"""However few pages close: what imports leave is collected, too."""
NEVER = 2**30
"""Runs of the youngest generation but one before Python collects everything by itself: it would choose the moment at
which many objects are made, such as that in which a hundred pages show a change."""
ALLOCATOR = "PYTHONMALLOC"
"""Environment variable of Python, read when an interpreter starts."""


def use_system_allocator() -> None:
    """Replaces this process by one that allocates with glibc, if it can give memory back and doesn't do so already.

    The process keeps its id. An allocator that the operator chose stays.
    """
    if platform.libc_ver()[0] == "glibc" and ALLOCATOR not in os.environ:
        os.environ[ALLOCATOR] = "malloc"
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the same program, with the same arguments


class PageMemory:
    """Frees closed pages. All of it runs on the event loop but the last step, which takes the allocator a moment.

    `open_pages` says how many are open. As many may have closed, which hold little.
    """

    def __init__(self, open_pages: Callable[[], int]) -> None:
        self._open_pages = open_pages
        self._closed = 0
        """Since the last run."""
        self._timer: asyncio.TimerHandle | None = None
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def start(self) -> None:
        """What exists now stays until the end: the collector needn't look at it again. It runs from now on.

        It looks at everything only when this object says so.
        """
        gc.collect()
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, NEVER)
        gc.enable()
        self._collect_regularly()

    def page_closed(self) -> None:
        """Collects soon, once for all pages that close until then; while many are open, once enough have closed."""
        self._closed += 1
        if self._timer is None and self._closed * WORTH_IT >= self._open_pages():
            self._timer = asyncio.get_running_loop().call_later(COLLECT_AFTER_SECONDS, self._collect)

    def _collect_regularly(self) -> None:
        asyncio.get_running_loop().call_later(EVERY_SECONDS, self._collect_regularly)
        self._collect()

    def _collect(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._closed = None, 0
        gc.collect()
        if self._trim is not None:
            in_a_thread("give memory back", partial(self._trim, 0))
