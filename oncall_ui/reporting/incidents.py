"""Errors of ours that somebody met. Each has an id, which they are shown and which is in the log.

An error that repeats at the same place keeps its id for a minute, so that a page that fails a thousand times has one
entry a minute.
"""

import secrets
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from oncall_ui.database.problems import problem_of
from oncall_ui.reporting.outages import cause_of, chain, is_counted, mark_counted

log = structlog.get_logger()

SAME_SECONDS = 60.0
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Incident:
    """`page` is its name, without a path; `at` is when the error was met, in UTC."""

    id: str
    page: str
    at: datetime


class Incidents:
    """Of one process. Safe to call from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[str, float]] = OrderedDict()

    def report(self, error: BaseException | str, page: str) -> Incident:
        """Logs the error, with its traceback and the incident's id; whatever else would log it then doesn't.

        A database that can't be used is in the log as an outage, so that it only gets a line with the id.
        """
        id_, is_new = self._id(_signature(error), page)
        incident = Incident(id_, page, datetime.now(UTC))
        if is_new:
            log.error("error shown to a member", error_id=id_, page=page, error=cause_of(error), **_traceback(error))
        if isinstance(error, BaseException) and not _is_of_database(error):
            mark_counted(error)
        return incident

    def _id(self, signature: str, page: str) -> tuple[str, bool]:
        moment = self._clock()
        with self._lock:
            known = self._known.get((signature, page))
            if known is not None and moment - known[1] < SAME_SECONDS:
                return known[0], False
            id_ = new_id()
            self._known[signature, page] = (id_, moment)
            self._known.move_to_end((signature, page))
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return id_, True


def new_id() -> str:
    """Short enough to read out: `7f3a-91c2-0e54`."""
    digits = secrets.token_hex(6)
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def _signature(error: BaseException | str) -> str:
    if isinstance(error, str):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {place}"


def _traceback(error: BaseException | str) -> dict[str, str]:
    if isinstance(error, str) or is_counted(error) or _is_of_database(error):
        return {}
    return {"exception": "".join(traceback.format_exception(error)).rstrip()}


def _is_of_database(error: BaseException) -> bool:
    return any(problem_of(each) is not None for each in chain(error))


INCIDENTS = Incidents()
"""Of this process: pages report to it."""
