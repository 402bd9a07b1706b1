"""Answers about free and busy time → the spans in which a calendar is busy."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Kind, Occurrence
from providers.google.times import moment
from providers.google.values import NotExpected, Object, part, several

_UTC = ZoneInfo("UTC")


def busy_times(answers: Iterable[Object], window: Window) -> Iterator[Occurrence]:
    """What touches the window. Raises NotExpected."""
    begin, end = int(window.start.timestamp()), int(window.end.timestamp())
    for start, stop in _joined(_spans(answers)):
        if start < end and stop > begin:
            # The span itself is its name: it has none of its own.
            yield Occurrence(start, stop, False, Event(f"busy-{start}-{stop}", kind=Kind.BUSY_TIME))


def _spans(answers: Iterable[Object]) -> Iterator[tuple[int, int]]:
    for answer in answers:
        for calendar in part(answer.get("calendars")).values():
            yield from (_span(part(each)) for each in several(part(calendar).get("busy")))


def _span(busy: Object) -> tuple[int, int]:
    try:
        start, end = (moment({"dateTime": busy.get(name)}, _UTC) for name in ("start", "end"))
    except (ValueError, OverflowError):
        # Unlike an event there is nothing to name: half the busy time would be a wrong answer.
        raise NotExpected from None
    if end < start:
        raise NotExpected
    return start, end


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """One question ends where the next begins, and cuts what is busy there in two."""
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
