"""82 calendars with one trap each: what exactly is read from them, and what their owner sees."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read
from oncall_ui.domain.imports.events import Occurrence
from oncall_ui.domain.imports.failures import Unreadable

TRAPS = Path(__file__).parent / "traps"
EXPECTED: dict[str, dict[str, Any]] = json.loads((TRAPS / "expected.json").read_text())


def test_every_trap_has_its_expectation() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in TRAPS.glob("*.ics"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_trap_is_read_as_decided(name: str) -> None:
    expected = EXPECTED[name]
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in expected["window"])
    data = (TRAPS / f"{name}.ics").read_bytes()
    if "refused" in expected:
        with pytest.raises(Unreadable) as refusal:
            read(data, Window(begin, end))
        assert refusal.value.cause == expected["refused"]
        return
    reading = read(data, Window(begin, end))
    assert [_spelled(occurrence) for occurrence in reading.occurrences] == expected["occurrences"]
    assert [f"{problem.line} {problem.message}" for problem in reading.problems] == expected["problems"]


def _spelled(occurrence: Occurrence) -> str:
    times = f"{occurrence.starts_at:%Y-%m-%dT%H:%M} {occurrence.ends_at:%Y-%m-%dT%H:%M}"
    return f"{occurrence.event.uid} {times}{' day' if occurrence.all_day else ''}"
