"""Free/busy answers → the times at which a calendar is busy."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Kind, Occurrence
from providers.google.times import BACKWARDS, moment
from providers.json import NotExpected, Object, record, records

_UTC = ZoneInfo("UTC")


def busy_times(answers: Iterable[Object], window: Window, *, is_shared: bool) -> Iterator[Occurrence]:
    """Those that touch the window; `is_shared`: the calendar may be somebody else's. Raises NotExpected."""
    begin, end = int(window.start.timestamp()), int(window.end.timestamp())
    for start, stop in _merged(_spans(answers)):
        if start < end and stop > begin:
            # Busy times have no id of their own, so the span becomes one.
            yield Occurrence(
                start, stop, False, Event(f"busy-{start}-{stop}", kind=Kind.BUSY_TIME, is_shared=is_shared)
            )


def _spans(answers: Iterable[Object]) -> Iterator[tuple[int, int]]:
    for answer in answers:
        calendars = record(answer, "calendars")
        for key in calendars:
            yield from map(_span, records(record(calendars, key), "busy"))


def _span(busy: Object) -> tuple[int, int]:
    start, end = (moment(busy, key, _UTC, key) for key in ("start", "end"))
    if end < start:
        raise NotExpected(BACKWARDS)
    return start, end


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that touch, as one: each query ends where the next begins, and cuts a busy time there in two."""
    last: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
