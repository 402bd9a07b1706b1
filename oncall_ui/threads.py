"""Blocking work in a thread that nothing has to wait for, not even the end of the process; how threads take turns."""

import importlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

TURN_SECONDS = 0.0005
"""Of a thread that another one waits for. Python’s own are ten times as long."""

NICENESS = 10
"""Of a start while other processes serve pages."""

Result = TypeVar("Result")


def take_short_turns() -> None:
    """What draws and sends pages waits for its turn after each thing it sends, while threads read for other pages.

    With Python’s 5 ms, a plan that was published took a quarter longer to reach a hundred open pages.
    """
    sys.setswitchinterval(TURN_SECONDS)


def import_behind_others(module: str) -> None:
    """Imports it while whatever else is to be done on this machine goes first. Raises what importing raises.

    A process that starts is usually one that was killed, whose pages open elsewhere just then: it would take three
    seconds of processor time from them. Only on Linux can a thread be nicer than its process.
    """

    def work() -> None:
        if sys.platform == "linux":
            os.nice(NICENESS)  # this thread alone
        importlib.import_module(module)

    in_a_thread(f"imports {module}", work).result()


def in_a_thread(name: str, work: Callable[[], Result]) -> Future[Result]:
    """Starts `work` in a daemon thread of that name. Cancelling the future changes nothing: it ends by itself."""
    done: Future[Result] = Future()
    done.set_running_or_notify_cancel()  # so that a caller who gives up doesn't end it for the others

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait
            done.set_exception(error)
        else:
            done.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return done
