"""Merging and clipping availability spans."""

from datetime import UTC, datetime

import pytest

from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan, clip, merge

B, P = Action.BLOCK, Action.PREFER


def at(hour: int) -> datetime:
    return datetime(2026, 11, 22, hour, tzinfo=UTC)


def span(start: int, end: int, action: Action = B) -> AvailabilitySpan:
    return AvailabilitySpan(at(start), at(end), action)


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
        ([span(9, 10), span(10, 11, P), span(11, 12)], [span(9, 10), span(10, 11, P), span(11, 12)]),
        ([span(9, 10), span(10, 10), span(10, 11)], [span(9, 11)]),
        ([span(9, 10), span(9, 10)], [span(9, 10)]),
    ],
)
def test_spans_of_one_action_that_overlap_or_touch_become_one(
    spans: list[AvailabilitySpan], expected: list[AvailabilitySpan]
) -> None:
    assert merge(spans) == expected


def test_clipping_keeps_what_lies_inside() -> None:
    spans = [span(1, 9), span(8, 10), span(11, 12), span(13, 20), span(20, 22)]
    assert clip(spans, at(9), at(14)) == [span(9, 10), span(11, 12), span(13, 14)]


def test_clipping_leaves_out_spans_that_only_touch_the_edges() -> None:
    assert clip([span(7, 9), span(14, 15)], at(9), at(14)) == []
    assert clip([span(9, 14)], at(9), at(14)) == [span(9, 14)]
    assert clip([span(8, 15)], at(9), at(10)) == [span(9, 10)]
    assert clip([span(9, 10)], at(10), at(10)) == []
