"""What strangers send can't forge a line of the log."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from oncall_ui.reporting.ids import carry, carry_only, carrying
from oncall_ui.reporting.log import LONGEST_VALUE, JsonFormatter, OneLine, configure, marked, one_line

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


class TestIds:
    """Of the request, page, member or import that a line belongs to."""

    @pytest.fixture(autouse=True)
    def nothing_carried(self) -> Iterator[None]:
        carry_only()
        yield
        carry_only()

    @pytest.mark.parametrize("as_json", [False, True])
    def test_every_line_carries_them(self, capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
        configure(as_json=as_json)
        carry(request="c0ffee", member=7)
        with carrying(calendar=3):
            structlog.get_logger().info("imported", events=88)
        structlog.get_logger().info("later")
        first, second = capsys.readouterr().err.splitlines()
        if as_json:
            one, two = json.loads(first), json.loads(second)
            assert (one["request"], one["member"], one["calendar"], one["events"]) == ("c0ffee", 7, 3, 88)
            assert (two["request"], "calendar" in two) == ("c0ffee", False)
        else:
            assert all(each in first for each in ("request=c0ffee", "member=7", "calendar=3", "events=88"))
            assert "calendar" not in second

    def test_so_do_those_of_libraries(self) -> None:
        carry(**{"import": "1f0c93aa"})
        record = OneLine("some.library", logging.WARNING, "a.py", 1, "it is %s", ("late",), None)
        assert json.loads(JsonFormatter().format(record))["import"] == "1f0c93aa"
        assert logging.Formatter("%(message)s%(ids_in_words)s").format(record) == "it is late import=1f0c93aa"

    async def test_a_thread_and_a_task_have_them_and_keep_theirs(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure(as_json=True)
        carry(request="c0ffee")

        async def another() -> None:
            carry_only(client="1f0c")
            await asyncio.to_thread(structlog.get_logger().info, "in its thread")

        await asyncio.create_task(another())
        await asyncio.to_thread(structlog.get_logger().info, "in a thread")
        its, ours = (json.loads(line) for line in capsys.readouterr().err.splitlines())
        assert (its.get("request"), its["client"]) == (None, "1f0c")
        assert (ours["request"], "client" in ours) == ("c0ffee", False)

    def test_what_is_about_the_process_carries_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Whose request found that the database works again says nothing about the outage."""
        configure(as_json=True)
        carry(request="c0ffee")
        for event in ("outage began", "outage continues", "outage ended"):
            structlog.get_logger().warning(event, source="database")
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        assert ["request" in line for line in lines] == [True, False, False]
