"""Every error that somebody met has an id, which is in the log exactly once."""

import re
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from oncall_ui.reporting.incidents import MOST_KEPT, Incidents, new_id
from oncall_ui.reporting.outages import is_counted


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def failed(words: str = "secret details") -> ValueError:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def test_an_id_is_short_and_random() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", each) for each in ids)


def test_the_log_has_the_id_once_with_page_and_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    error = failed()
    incident = Incidents().report(error, "Team")
    said = capsys.readouterr().err
    assert said.count(incident.id) == 1
    assert all(words in said for words in ("page=Team", "Traceback", "secret details"))
    assert is_counted(error)


def test_repeats_keep_their_id_for_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    incidents = Incidents(clock)
    first = incidents.report(failed(), "Team").id
    clock.now = 59
    assert incidents.report(failed(), "Team").id == first
    assert incidents.report(failed(), "Home").id != first
    clock.now = 61
    later = incidents.report(failed(), "Team").id
    assert later != first
    said = capsys.readouterr().err
    assert (said.count(first), said.count(later)) == (1, 1)


def test_a_database_that_is_gone_has_a_line_and_stays_an_outage(capsys: pytest.CaptureFixture[str]) -> None:
    driver = sqlite3.OperationalError("unable to open database file")
    driver.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    error = OperationalError("SELECT secret", {}, driver)
    incident = Incidents().report(error, "Home")
    said = capsys.readouterr().err
    assert said.count(incident.id) == 1
    assert "Traceback" not in said
    assert "SELECT secret" not in said
    assert not is_counted(error)


def test_few_are_remembered() -> None:
    incidents = Incidents()
    for number in range(MOST_KEPT * 2):
        incidents.report(failed(), f"page {number}")
    assert len(incidents._known) == MOST_KEPT
