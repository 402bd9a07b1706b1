"""Joining and cutting what leaves the server."""

from datetime import UTC, datetime

import pytest

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import Span, cut, joined

B, P = Action.BLOCK, Action.PREFER


def at(hour: int) -> datetime:
    return datetime(2026, 11, 22, hour, tzinfo=UTC)


def span(start: int, end: int, action: Action = B) -> Span:
    return Span(at(start), at(end), action)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([span(9, 10), span(11, 12)], [span(9, 10), span(11, 12)]),
        ([span(9, 10), span(10, 12)], [span(9, 12)]),
        ([span(9, 15), span(10, 12)], [span(9, 15)]),
        ([span(13, 15), span(9, 14)], [span(9, 15)]),
        ([span(9, 12), span(10, 11, P), span(12, 13)], [span(9, 13), span(10, 11, P)]),
        ([span(9, 10, P), span(9, 10)], [span(9, 10), span(9, 10, P)]),
    ],
)
def test_spans_of_one_action_that_overlap_or_touch_become_one(spans: list[Span], expected: list[Span]) -> None:
    assert joined(spans) == expected


def test_cutting_keeps_what_lies_inside() -> None:
    spans = [span(1, 9), span(8, 10), span(11, 12), span(13, 20), span(20, 22)]
    assert cut(spans, at(9), at(14)) == [span(9, 10), span(11, 12), span(13, 14)]
