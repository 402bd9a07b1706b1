"""Bytes of a calendar → a Reading: what happens inside a window, and what was wrong."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical.expansion import Expansion
from oncall_ui.domain.ical.gc_pause import gc_paused
from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.ical.parsing.between_events import NeedsNormalising
from oncall_ui.domain.ical.parsing.normalise import normalised
from oncall_ui.domain.ical.parsing.prefilter import Prefilter
from oncall_ui.domain.ical.parsing.scan import Scan, scan
from oncall_ui.domain.ical.parsing.source import Source, is_regular, readable
from oncall_ui.domain.imports.events import Reading
from oncall_ui.domain.imports.failures import Cause, Unreadable

UTC = ZoneInfo("UTC")
DEFAULT_LIMITS = Limits()


def read(
    data: bytes,
    window: Window,
    *,
    zone: ZoneInfo | None = None,
    default_zone: ZoneInfo = UTC,
    on_progress: Callable[[int], None] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Reading:
    """Every occurrence touching `window`, cancelled ones too, sorted by start, end and UID.

    A day becomes moments in `zone`, else in the calendar's own zone, else in `default_zone`; a time without a zone is
    in the calendar's own zone, else in `zone`, else in `default_zone`. `on_progress` hears the number of events read
    so far, at most some 200 times.

    What can't be read is left out, group by group, and named in `problems`. Raises Unreadable, and nothing else, where
    nothing can be read: no calendar, cut off, too large.
    """
    with gc_paused():
        found = scanned(data, window, limits, on_progress)
        expansion = Expansion(found, window, zone, default_zone, limits)
        return expansion.reading(expansion.groups)


def scanned(data: bytes, window: Window, limits: Limits, on_progress: Callable[[int], None] | None) -> Scan:
    """Raises Unreadable."""
    data = readable(data, limits)
    is_outside = Prefilter(window.start, window.end)
    on_progress = _rising(on_progress) if on_progress else _silent
    if is_regular(data):
        try:
            return scan(Source(data), is_outside, limits, on_progress)
        except NeedsNormalising:
            pass
    try:
        return scan(normalised(data), is_outside, limits, on_progress)
    except NeedsNormalising:
        raise Unreadable(Cause.UNREADABLE, "The events in this feed can’t be separated from each other.") from None


def _silent(_: int) -> None:
    pass


def _rising(on_progress: Callable[[int], None]) -> Callable[[int], None]:
    """Tells each number once, although a source that turns out irregular is scanned twice."""
    told = 0

    def tell(events: int) -> None:
        nonlocal told
        if events > told:
            told = events
            on_progress(events)

    return tell
