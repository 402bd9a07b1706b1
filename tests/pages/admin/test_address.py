"""What is chosen on the audit log survives in its address, and nonsense in it is ignored."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.services.audit.query import Wanted
from pages.admin.address import Chosen

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "chosen",
    [
        Chosen(),
        Chosen("a&b=c d%", 3, "login", date(2026, 11, 1), date(2026, 11, 2)),
        Chosen(who=0),
        Chosen(last=date(2026, 11, 2)),
    ],
)
def test_it_goes_there_and_back(chosen: Chosen) -> None:
    from urllib.parse import parse_qsl

    assert Chosen.of(dict(parse_qsl(chosen.query.removeprefix("?")))) == chosen


@pytest.mark.parametrize(
    "query",
    [
        {"who": "x"},
        {"who": "-1"},
        {"who": "٣"},
        {"who": "9" * 5000},
        {"what": "nonsense"},
        {"from": "yesterday", "to": "0001-01-01"},
        {"from": "9999-12-31"},
        {"q": "x" * 101},
        {"q": "a\nb"},
    ],
)
def test_nonsense_is_ignored(query: dict[str, str]) -> None:
    assert Chosen.of(query) == Chosen()


def test_days_are_those_of_the_viewer() -> None:
    wanted = Chosen(first=date(2026, 10, 25), last=date(2026, 10, 25)).wanted(BERLIN, TODAY)
    assert (wanted.start, wanted.end) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )
    assert Chosen().wanted(BERLIN, TODAY) == Wanted(start=datetime(2026, 10, 29, 23, tzinfo=UTC))
