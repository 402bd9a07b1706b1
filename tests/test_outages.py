"""Outages: a line when a source begins to fail, one a minute while it lasts, and one when it ends."""

import sys
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from oncall_ui.reporting.outages import Outages, cause_of, is_counted
from tests.monotonic import Clock, clock

__all__ = ["clock"]

Lines = list[MutableMapping[str, Any]]


@pytest.fixture
def outages(clock: Clock) -> Outages:
    return Outages(clock)


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs() as said:
        yield said


def events(lines: Lines) -> list[str]:
    return [line["event"] for line in lines]


def test_an_outage_of_ten_minutes_is_eleven_lines(outages: Outages, clock: Clock, lines: Lines) -> None:
    for _ in range(6000):
        outages.failed("database", "Connection refused")
        clock.seconds += 0.1
    outages.worked("database")
    clock.seconds += 5
    outages.worked("database")
    assert events(lines) == ["outage began", *["outage continues"] * 9, "outage ended"]
    began, last, ended = lines[0], lines[-2], lines[-1]
    assert (began["log_level"], last["log_level"], ended["log_level"]) == ("warning", "warning", "info")
    assert (began["source"], began["cause"]) == ("database", "Connection refused")
    assert began["since"] == last["since"] == ended["since"]
    assert last["times"] == pytest.approx(5400, abs=10)
    assert (ended["times"], ended["seconds"]) == (6000, 600.0)


def test_nothing_is_logged_while_it_works(outages: Outages, lines: Lines) -> None:
    for _ in range(10):
        outages.worked("database")
    with outages.watch("mail server"):
        pass
    assert lines == []
    assert outages.current() == []


def test_each_source_has_its_own_lines(outages: Outages, clock: Clock, lines: Lines) -> None:
    outages.failed("database", "gone")
    outages.failed("mail server", "refused")
    outages.worked("database")
    clock.seconds += 5
    outages.worked("database")
    assert [(line["event"], line["source"]) for line in lines] == [
        ("outage began", "database"),
        ("outage began", "mail server"),
        ("outage ended", "database"),
    ]
    assert [outage.source for outage in outages.current()] == ["mail server"]


def test_what_works_and_fails_in_turn_is_one_outage(outages: Outages, clock: Clock, lines: Lines) -> None:
    for _ in range(50):
        outages.failed("database", "read-only")
        outages.worked("database")
        clock.seconds += 1
    assert events(lines) == ["outage began"]


def test_it_ends_when_it_first_worked(outages: Outages, clock: Clock, lines: Lines) -> None:
    outages.failed("mail server", "refused")
    clock.seconds += 3
    outages.worked("mail server")
    clock.seconds += 600
    outages.worked("database")
    assert events(lines) == ["outage began", "outage ended"]
    assert lines[-1]["seconds"] == 3.0


def test_a_watched_block_passes_its_error_on_and_counts_it_once(outages: Outages, lines: Lines) -> None:
    with pytest.raises(OSError, match="no route") as caught, outages.watch("look"), outages.watch("database"):
        raise OSError("no route")
    assert [(line["source"], line["cause"]) for line in lines] == [("database", "OSError: no route")]
    assert is_counted(caught.value)


def test_a_watched_block_can_end_its_error(outages: Outages, lines: Lines) -> None:
    with outages.watch("look", suppress=True):
        raise OSError("no route")
    assert events(lines) == ["outage began"]


def test_an_error_made_from_a_counted_one_is_counted(outages: Outages) -> None:
    with pytest.raises(RuntimeError) as caught:
        try:
            with outages.watch("database"):
                raise OSError("no route")
        except OSError as error:
            raise RuntimeError("no page") from error
    assert is_counted(caught.value)
    assert not is_counted(RuntimeError("no page"))


def test_what_nothing_reports_as_working_ends_by_itself(outages: Outages, clock: Clock, lines: Lines) -> None:
    told = [outages.is_first("KeyError in page.py", "'zone'") for _ in range(3)]
    assert told == [True, False, False]
    clock.seconds += 60
    outages.worked("look")  # any other call
    assert [(line["event"], line["times"]) for line in lines] == [("outage ended", 3)]
    assert outages.is_first("KeyError in page.py", "'zone'")


def test_what_failed_once_has_no_end(outages: Outages, clock: Clock, lines: Lines) -> None:
    outages.is_first("KeyError in page.py", "'zone'")
    clock.seconds += 60
    assert outages.current() == []
    assert lines == []


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_every_thread_counts(outages: Outages, lines: Lines) -> None:
    def fail() -> None:
        for _ in range(500):
            outages.failed("database", "gone")

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events(lines) == ["outage began"]
    assert outages.current()[0].times == 4000


def test_a_cause_is_one_line_without_sql() -> None:
    from sqlalchemy.exc import OperationalError

    driver = OSError("connection refused\n\tIs the server running?")
    assert cause_of(OperationalError("SELECT secret FROM member", {}, driver)) == "OSError: connection refused"
    assert cause_of(TimeoutError()) == "TimeoutError"
    assert cause_of("in words") == "in words"
