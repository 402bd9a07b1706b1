"""What strangers send can't forge a line of the log."""

import io
import logging

import pytest
import structlog

from oncall_ui.reporting.log import LONGEST_VALUE, OneLine, marked, one_line

FORGED = "2026-11-29T00:00:00Z [info     ] started"
HOSTILE = [
    "x\n" + FORGED,
    "x\r" + FORGED,
    "x\u2028" + FORGED,
    "x\x85" + FORGED,
    "\x1b[2J\x1b[1;1H" + FORGED,
    "\u202e" + FORGED,
    "\u2066" + FORGED,
    "\ud800" + FORGED,
    "\x00\x07\x9b31m" + FORGED,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_stays_on_its_line_and_in_its_direction(capsys: pytest.CaptureFixture[str], text: str) -> None:
    structlog.get_logger().warning(text, email=text, nested={"email": [text]}, error=ValueError(text))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    assert not line.startswith(FORGED)


@pytest.mark.parametrize("text", HOSTILE)
def test_so_does_what_a_library_logs(text: str) -> None:
    into = io.StringIO()
    logger = logging.Logger("some.library")
    logger.addHandler(logging.StreamHandler(into))
    logger.warning("%s from %s", text, [text])
    (line,) = into.getvalue().splitlines()
    assert line.isprintable()
    assert not line.startswith(FORGED)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_a_traceback_can_be_taken_for_one_of_the_log(capsys: pytest.CaptureFixture[str], text: str) -> None:
    into = io.StringIO()
    logger = logging.Logger("some.library")
    logger.addHandler(logging.StreamHandler(into))
    try:
        raise ValueError(text)
    except ValueError:
        structlog.get_logger().exception("failed")
        logger.exception("failed")
    for lines in (capsys.readouterr().err.splitlines(), into.getvalue().splitlines()):
        assert len(lines) > 3
        assert all(line.startswith("  | ") and line.isprintable() for line in lines[1:])


def test_ordinary_text_stays_as_it_is() -> None:
    assert one_line("Zoë Müller 東京 🎉 https://example.org/a?b=c") == "Zoë Müller 東京 🎉 https://example.org/a?b=c"


def test_a_long_value_is_cut() -> None:
    assert one_line("x" * 1_000_000) == "x" * LONGEST_VALUE + "… (1,000,000 characters)"
    assert len(marked("x\n" * 1_000_000)) < 100_000


def test_records_of_the_standard_library_are_made_so() -> None:
    assert logging.getLogRecordFactory() is OneLine
