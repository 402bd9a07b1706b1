"""Causes that only the member can fix, as opposed to those that the next try may cure."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import MEMBER_CAUSES, CalendarHealth
from oncall_ui.domain.imports.state import State

ROOT = Path(__file__).parents[3]
TRIED_AGAIN = {"TryLater", "Unreadable"}


def raised() -> Iterator[tuple[str, str]]:
    """Kind of failure and cause, wherever one is made with both in sight."""
    for folder in ("oncall_ui", "providers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id=kind),
                        args=[ast.Attribute(value=ast.Name(id="Cause"), attr=cause), *_],
                    ):
                        yield kind, cause


def test_no_failure_that_is_tried_again_has_a_cause_of_the_members() -> None:
    found = [(kind, cause) for kind, cause in raised() if kind in TRIED_AGAIN]
    assert len(found) > 20
    assert not [(kind, cause) for kind, cause in found if Cause[cause] in MEMBER_CAUSES - {Cause.SUSPECTED_LOSS}]


@pytest.mark.parametrize("cause", [each for each in Cause if each not in MEMBER_CAUSES])
@pytest.mark.parametrize("state", [State.WAITING, State.IMPORTING, State.RETRYING])
def test_a_calendar_that_is_tried_again_does_not_need_its_member_meanwhile(cause: Cause, state: State) -> None:
    assert not CalendarHealth(state, 3, None, None, cause.value).needs_member


@pytest.mark.parametrize("cause", sorted(MEMBER_CAUSES))
@pytest.mark.parametrize("state", [State.WAITING, State.IMPORTING])
def test_what_only_the_member_can_fix_still_needs_them_while_it_is_tried(cause: Cause, state: State) -> None:
    assert CalendarHealth(state, 0, None, None, cause.value).needs_member
