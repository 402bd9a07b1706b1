"""How much of a shift is blocked, and whether that is more than was kept."""

from datetime import UTC, datetime, timedelta

import pytest

from oncall_ui.domain.schedules.conflicts.blocks import is_beyond, within
from oncall_ui.domain.schedules.planning.problem import Span

START = datetime(2026, 12, 7, tzinfo=UTC)


def span(first: float, last: float) -> Span:
    return Span(START + timedelta(hours=first), START + timedelta(hours=last))


def test_spans_are_cut_to_the_shift_and_united() -> None:
    found = within([span(20, 30), span(-5, 2), span(1, 3), span(24, 26)], START, START + timedelta(hours=24))
    assert found == (span(0, 3), span(20, 24))


@pytest.mark.parametrize(
    ("now", "kept", "grew"),
    [
        ([], [], False),
        ([span(1, 2)], [], True),
        ([span(1, 2)], [span(1, 2)], False),
        ([span(1.5, 2)], [span(1, 2)], False),
        ([span(1, 2.5)], [span(1, 2)], True),
        ([span(1, 3)], [span(1, 2), span(2, 3)], False),
        ([span(1, 2), span(5, 6)], [span(1, 2)], True),
    ],
)
def test_a_block_grows_when_it_reaches_beyond_what_was_kept(now: list[Span], kept: list[Span], grew: bool) -> None:
    assert is_beyond(now, kept) is grew
