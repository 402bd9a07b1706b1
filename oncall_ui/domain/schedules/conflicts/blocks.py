"""How much of a shift somebody is blocked, beyond what was kept anyway."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from oncall_ui.domain.schedules.plan_format.spans import united
from oncall_ui.domain.schedules.planning.problem import Span


def within(spans: Iterable[Span], start: datetime, end: datetime) -> tuple[Span, ...]:
    """The part of the spans inside [start, end), united and by time."""
    cut = (Span(max(span.start, start), min(span.end, end)) for span in spans)
    return united([span for span in cut if span.start < span.end])


def is_beyond(spans: Iterable[Span], kept: Sequence[Span]) -> bool:
    """Whether the spans reach beyond those that were kept."""
    return any(not _covers(kept, span) for span in spans)


def _covers(kept: Sequence[Span], span: Span) -> bool:
    return any(each.start <= span.start and span.end <= each.end for each in united(kept))
