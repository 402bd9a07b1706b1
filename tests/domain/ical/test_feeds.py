"""Calendars as products, templates and people really write them: what exactly is read, and what their owner sees.

Each is a small file in `feeds`; `expected.json` says why it is there, and for which window, zone, mode and addresses.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.evaluate import classify
from oncall_ui.domain.availability.rules import Mode, Rules
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read

FEEDS = Path(__file__).parent / "feeds"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FEEDS / "expected.json").read_text())


def outcome(data: bytes, case: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Occurrences with what they count as, and problems with their lines."""
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in case["window"])
    reading = read(data, Window(begin, end), zone=ZoneInfo(case["zone"]) if "zone" in case else None)
    rules = Rules(mode=Mode(case.get("mode", "block")), addresses=frozenset(case.get("me", ())))
    occurrences = [
        f"{at.starts_at:%Y%m%dT%H%M%SZ}/{at.ends_at:%Y%m%dT%H%M%SZ}{'' if decision.action else ' -'}"
        for at, decision in classify(reading, rules)
    ]
    return occurrences, [f"{problem.line} {problem.message}" for problem in reading.problems]


def test_every_feed_has_its_expectation() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in FEEDS.glob("*.ics"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_feed_is_read_as_its_product_means_it(name: str) -> None:
    occurrences, problems = outcome((FEEDS / f"{name}.ics").read_bytes(), EXPECTED[name])
    expected = EXPECTED[name]["occurrences"]
    assert (len(occurrences) if isinstance(expected, int) else occurrences) == expected
    assert problems == EXPECTED[name]["problems"]
