"""Folds exceptions that would be logged again and again into outages, whatever logs them: a page, a job, a library.

An error of the database joins the outage "database". Any other is logged in full the first time, with its traceback;
until it hasn't happened for a minute, its repeats are counted in one line a minute. So is a warning of ours, once it
has come more than a few times in a minute, no matter what it is about.
"""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from oncall_ui.database.problems import problem_of
from oncall_ui.reporting.outages import Outages, chain, is_counted, mark_counted

OWN_LOGGERS = ("uvicorn.error", "uvicorn.asgi")
"""With handlers of their own; everything else ends at the root's."""
OURS = ("oncall_ui", "pages", "providers")
ENOUGH, MINUTE = 20, 60.0
"""A warning of ours is written this often a minute."""


def fold_repeats(outages: Outages) -> Callable[[], None]:
    """From now on repeats are counted, not logged. Call it after `log.configure`; the returned function undoes it."""
    fold = _Fold(outages)
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[fold.structured, *before])
    places: list[logging.Filterer] = [*logging.getLogger().handlers, *map(logging.getLogger, OWN_LOGGERS)]
    for place in places:
        place.addFilter(fold.record)

    def undo() -> None:
        structlog.configure(processors=before)
        for place in places:
            place.removeFilter(fold.record)

    return undo


def is_of_database(error: BaseException) -> bool:
    """Whether the database can't do what it was asked, rather than that it was asked for nonsense."""
    return any(problem_of(each) is not None for each in chain(error))


class _Fold:
    def __init__(self, outages: Outages) -> None:
        self._outages = outages
        self._lock = threading.Lock()
        self._written: dict[str, tuple[float, int]] = {}
        """By warning: when its minute began, and how often it was written since. There are as many as in the code."""

    def structured(self, _logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """A processor of structlog. What is no warning and has no exception passes."""
        error = _exception(event.get("exc_info"))
        if error is not None and self._is_repeat(error):
            raise structlog.DropEvent
        if error is None and method == "warning" and self._is_enough(str(event.get("event"))):
            raise structlog.DropEvent
        return event

    def _is_enough(self, what: str) -> bool:
        """Whether it is counted instead. Lines about outages are few by themselves."""
        if what.startswith("outage "):
            return False
        moment = time.monotonic()
        with self._lock:
            began, times = self._written.get(what, (moment, 0))
            if moment - began >= MINUTE:
                began, times = moment, 0
            self._written[what] = (began, times + 1)
        return times >= ENOUGH and not self._outages.is_first(what, f"more than {ENOUGH} times a minute")

    def record(self, record: logging.LogRecord) -> bool:
        """A filter of `logging`, which asks it once for each handler. The first answer holds."""
        answers = record.__dict__
        if "oncall_passes" not in answers:
            answers["oncall_passes"] = self._passes(record)
        return bool(answers["oncall_passes"])

    def _passes(self, record: logging.LogRecord) -> bool:
        """Without an exception, warnings from the same line of code are repeats."""
        error = _exception(record.exc_info)
        if error is not None:
            return not self._is_repeat(error)
        if record.levelno < logging.WARNING:
            return True
        return self._outages.is_first(f"{record.name}:{record.lineno}", record.getMessage())

    def _is_repeat(self, error: BaseException) -> bool:
        if is_counted(error):
            return True
        mark_counted(error)
        if is_of_database(error):
            self._outages.failed("database", _database_error(error))
            return True
        return not self._outages.is_first(f"{type(error).__name__} in {_place(error)}", error)


def _database_error(error: BaseException) -> BaseException:
    return next(each for each in chain(error) if problem_of(each) is not None)


def _exception(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        found = exc_info[1]
        return found if isinstance(found, BaseException) else None
    return sys.exc_info()[1] if exc_info else None


def _place(error: BaseException) -> str:
    """File and line of the innermost code of ours, or else of the innermost code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _own_path(frame.filename)]
    if not frames:
        return "code unknown"
    frame = (ours or frames)[-1]
    return f"{_own_path(frame.filename) or Path(frame.filename).name}:{frame.lineno}"


def _own_path(file: str) -> str:
    """The path inside the project; empty for a library's file."""
    parts = Path(file).parts
    if "site-packages" in parts:
        return ""
    start = next((index for index, part in enumerate(parts) if part in OURS), None)
    return "/".join(parts[start:]) if start is not None else ""
