"""Outages: failures that repeat, in a few log lines instead of a thousand.

with app.outages.watch("database"):      # the exception goes on to the caller
    claim_due(...)

A source that keeps failing writes one warning when its outage begins, at most one a minute while it lasts, and one
line when it ends. Safe to call from any thread. Sources are short and few, such as "database" or "mail server": no
member's names or URLs.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()

EVERY_SECONDS = 60.0
SETTLED_SECONDS = 5.0
"""A source that works and fails in turn has one long outage, which ends once it has worked for this long."""
LAPSE_SECONDS = 60.0
LONGEST_CAUSE = 300


@dataclass(frozen=True, slots=True)
class Outage:
    """What is failing now. `cause` is the latest one, in a line."""

    source: str
    cause: str
    since: datetime
    times: int
    began: float
    failed: float
    """When it last failed; like the times below by the clock of Outages."""
    told: float
    worked: float | None = None
    """When it first worked after that."""
    lapses: bool = False
    """Ends after LAPSE_SECONDS without a failure, because nothing reports that it works."""


class Outages:
    """The outages of one process. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._now: dict[str, Outage] = {}

    def failed(self, source: str, cause: str | BaseException) -> None:
        """It failed, again or for the first time. Ends with `worked`."""
        if began := self._count(source, cause_of(cause), lapses=False):
            log.warning("outage began", source=source, cause=began.cause, since=_written(began.since))

    def worked(self, source: str) -> None:
        """It works, as far as the caller can see. Costs nothing if there is no outage: call it as often as you like."""
        if not self._now:
            return
        with self._lock:
            found = self._now.get(source)
            if found is not None and found.worked is None:
                self._now[source] = replace(found, worked=self._clock())
        self._end_what_is_over()

    @contextmanager
    def watch(self, source: str, *, suppress: bool = False) -> Iterator[None]:
        """Counts the block as `worked` or `failed`. With `suppress` its exception ends here, else it goes on.

        An exception counted here isn't logged again by whatever catches it.
        """
        try:
            yield
        except Exception as error:
            if not is_counted(error):
                self.failed(source, error)
                mark_counted(error)
            if not suppress:
                raise
        else:
            self.worked(source)

    def is_first(self, source: str, cause: str | BaseException) -> bool:
        """For failures whose end nothing reports: True if the caller should log this one, False if it was counted.

        The outage ends when the source hasn't failed for a minute.
        """
        return self._count(source, cause_of(cause), lapses=True) is not None

    def current(self) -> list[Outage]:
        """The outages under way, the oldest first."""
        self._end_what_is_over()
        with self._lock:
            return sorted(self._now.values(), key=lambda outage: outage.began)

    def _count(self, source: str, cause: str, *, lapses: bool) -> Outage | None:
        """The outage if it began with this failure."""
        self._end_what_is_over()
        moment = self._clock()
        with self._lock:
            before = self._now.get(source)
            if before is None:
                began = Outage(
                    source, cause, datetime.now(UTC), 1, began=moment, failed=moment, told=moment, lapses=lapses
                )
                self._now[source] = began
                return began
            is_due = moment - before.told >= EVERY_SECONDS
            told = moment if is_due else before.told
            after = replace(before, cause=cause, times=before.times + 1, failed=moment, told=told, worked=None)
            self._now[source] = after
        if is_due:
            log.warning("outage continues", cause=cause, **_facts(after, moment))
        return None

    def _end_what_is_over(self) -> None:
        moment = self._clock()
        with self._lock:
            over = [outage for outage in self._now.values() if _is_over(outage, moment)]
            for outage in over:
                del self._now[outage.source]
        for outage in over:
            if not outage.lapses:
                log.info("outage ended", **_facts(outage, outage.worked or moment))
            elif outage.times > 1:  # a single failure has its own line, and no end worth another
                log.info("outage ended", **_facts(outage, outage.failed))


def cause_of(cause: str | BaseException) -> str:
    """One line that says why, without the SQL of a database error or the lines of a traceback."""
    if isinstance(cause, str):
        return cause
    orig = getattr(cause, "orig", None)
    driver = orig if isinstance(orig, BaseException) else cause
    lines = str(driver).strip().splitlines()
    name = type(driver).__name__
    return f"{name}: {lines[0]}"[:LONGEST_CAUSE] if lines else name


def mark_counted(error: BaseException) -> None:
    error.__dict__["_is_counted_as_outage"] = True


def is_counted(error: BaseException) -> bool:
    """Whether the exception, or one it was raised from, already belongs to an outage."""
    return any("_is_counted_as_outage" in each.__dict__ for each in chain(error))


def chain(error: BaseException) -> list[BaseException]:
    """The exception, those in its group and those they were raised from, the latest first.

    One that was merely being handled when another was raised is a different matter.
    """
    found: list[BaseException] = []
    ahead: list[BaseException | None] = [error]
    while ahead:
        each = ahead.pop()
        if each is None or any(each is other for other in found):
            continue
        found.append(each)
        ahead.append(each.__cause__)
        ahead += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    return found


def _is_over(outage: Outage, moment: float) -> bool:
    if outage.lapses:
        return moment - outage.failed >= LAPSE_SECONDS
    return outage.worked is not None and moment - outage.failed >= SETTLED_SECONDS


def _facts(outage: Outage, until: float) -> dict[str, object]:
    return {
        "source": outage.source,
        "since": _written(outage.since),
        "seconds": round(until - outage.began, 1),
        "times": outage.times,
    }


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
