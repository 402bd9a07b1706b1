"""Exceptions that repeat, whatever logs them: counted in outages instead of logged again and again."""

import logging
import queue
import sqlite3
from collections.abc import Iterator, MutableMapping
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from oncall_ui.database.database import Database
from oncall_ui.reporting.outages import Outages
from oncall_ui.reporting.repeats import ENOUGH, fold_repeats, is_of_database

Lines = list[MutableMapping[str, Any]]
log = structlog.get_logger()


@pytest.fixture
def outages() -> Outages:
    return Outages()


@pytest.fixture
def lines(outages: Outages) -> Iterator[Lines]:
    """What our own loggers write while repeats are folded."""
    with capture_logs() as said:
        undo = fold_repeats(outages)
        yield said
        undo()


@pytest.fixture
def gone(tmp_path: Path) -> Database:
    """No database can be in a folder that doesn't exist."""
    return Database(f"sqlite:///{tmp_path}/missing/oncall.db")


def fail(db: Database) -> OperationalError:
    with pytest.raises(OperationalError) as caught, db.read() as session:
        session.connection()
    return caught.value


def look_up(key: str) -> None:
    known: dict[str, str] = {}
    known.pop(key)


def mistake() -> KeyError:
    try:
        look_up("zone")
    except KeyError as error:
        return error
    raise AssertionError


def test_a_database_that_is_gone_is_one_line_whatever_logs_it(
    lines: Lines, gone: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        error = fail(gone)
        log.error("a page failed", exc_info=error)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
        logging.getLogger("apscheduler.executors.default").error("Error running job", exc_info=fail(gone))
    assert [(line["event"], line["source"]) for line in lines] == [("outage began", "database")]
    assert "unable to open database file" in lines[0]["cause"]
    assert caplog.records == []


def test_an_error_is_counted_once_although_two_loggers_see_it(lines: Lines, outages: Outages, gone: Database) -> None:
    error = fail(gone)
    log.error("a page failed", exc_info=error)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
    assert [outage.times for outage in outages.current()] == [1]
    assert len(lines) == 1


def test_any_other_error_is_logged_in_full_the_first_time(
    lines: Lines, outages: Outages, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        error = mistake()
        log.error("a page failed", exc_info=error)
        logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
    assert [line["event"] for line in lines] == ["a page failed"]
    assert lines[0]["exc_info"] is not None
    assert caplog.records == []
    assert [outage.times for outage in outages.current()] == [5]


def test_different_errors_are_both_logged(lines: Lines) -> None:
    log.error("a page failed", exc_info=mistake())
    log.error("a page failed", exc_info=ValueError("from somewhere else"))
    assert [line["event"] for line in lines] == ["a page failed"] * 2


def test_the_same_error_from_another_line_is_another(lines: Lines) -> None:
    log.error("a page failed", exc_info=mistake())
    try:
        {"name": "Alice"}.pop("zone")
    except KeyError:
        log.exception("a page failed")
    assert len(lines) == 2


def test_a_logger_with_a_handler_of_its_own_is_folded_too(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    written: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    server = logging.getLogger("uvicorn.error")
    monkeypatch.setattr(server, "propagate", False)
    monkeypatch.setattr(server, "handlers", [QueueHandler(written)])
    for _ in range(3):
        server.error("Exception in ASGI application", exc_info=mistake())
    assert written.qsize() == 1


def test_the_exception_being_handled_is_found(lines: Lines) -> None:
    for _ in range(3):
        try:
            look_up("zone")
        except KeyError:
            log.exception("import ended unexpectedly")
    assert [line["event"] for line in lines] == ["import ended unexpectedly"]


def test_a_mistake_while_the_database_fails_is_not_taken_for_the_outage(lines: Lines, gone: Database) -> None:
    try:
        try:
            with gone.read() as session:
                session.connection()
        except OperationalError:
            look_up("zone")
    except KeyError:
        log.exception("a page failed")
    assert [line["event"] for line in lines] == ["a page failed"]


def test_a_library_repeats_a_warning_once(lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/", "/calendars", "/team"):
        logging.getLogger("nicegui").warning("Response for %s not ready after 3 seconds", path)
    assert [record.getMessage() for record in caplog.records] == ["Response for / not ready after 3 seconds"]


def test_our_own_lines_without_an_error_all_pass(lines: Lines) -> None:
    for _ in range(3):
        log.warning("grant not revoked", vendor="google")
    assert len(lines) == 3


@pytest.mark.usefixtures("lines")
def test_information_of_libraries_passes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        logging.getLogger("nicegui").info("ready")
    assert len(caplog.records) == 3


def test_undone_everything_is_logged(outages: Outages, gone: Database) -> None:
    with capture_logs() as said:
        fold_repeats(outages)()
        for _ in range(3):
            log.error("a page failed", exc_info=fail(gone))
    assert len(said) == 3


def test_a_wrong_statement_is_no_outage(tmp_path: Path, gone: Database) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/oncall.db")
    with pytest.raises(OperationalError) as caught, engine.connect() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert not is_of_database(caught.value)
    assert is_of_database(fail(gone))


def test_a_group_that_holds_an_error_of_the_database_is_of_the_database(gone: Database) -> None:
    group = ExceptionGroup("several", [ValueError("unrelated"), fail(gone)])
    assert is_of_database(group)
    assert not is_of_database(ExceptionGroup("several", [ValueError("unrelated"), sqlite3.ProgrammingError()]))


def test_a_warning_that_comes_too_often_is_counted(lines: Lines, outages: Outages) -> None:
    """A receiver each, and all of them behind a firewall that was closed."""
    for number in range(500):
        log.warning("not delivered", destination=number, cause="unreachable")
        log.info("imported", calendar=number)
    said = [line["event"] for line in lines]
    assert said.count("not delivered") == ENOUGH + 1
    assert said.count("imported") == 500
    (counted,) = outages.current()
    assert (counted.source, counted.times) == ("not delivered", 500 - ENOUGH)


def test_another_warning_has_its_own_count(lines: Lines) -> None:
    for number in range(ENOUGH + 5):
        log.warning("not delivered", destination=number)
    log.warning("sign-in refused")
    assert lines[-1]["event"] == "sign-in refused"
