"""`run.py preview`, as a script would call it."""

import io
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from oncall_ui.cli.main import main
from tests.calendars import calendar
from tests.fakes.feeds import FeedServer

ROOT = Path(__file__).parents[1]
DAY = "BEGIN:VEVENT\r\nUID:1@test\r\nDTSTART;VALUE=DATE:20261202\r\nSUMMARY:Away, noc\r\nEND:VEVENT"
MEETING = "\r\n".join(
    [
        "BEGIN:VEVENT",
        "UID:2@test",
        "DTSTART:20261203T090000Z",
        "DTEND:20261203T100000Z",
        "SUMMARY:Meeting",
        "END:VEVENT",
    ]
)
BROKEN = "BEGIN:VEVENT\r\nUID:3@test\r\nSUMMARY:No start\r\nEND:VEVENT"


def preview(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In this process: starting one takes longer than the command."""
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ, environment, clear=True), chdir(ROOT), redirect_stdout(out), redirect_stderr(err):
        status = main(["preview", *arguments])
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "run.py", "preview", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env={})


def previewed(source: str, *arguments: str, **environment: str) -> dict[str, Any]:
    done = preview(source, "--start", "2026-12-01", "--end", "2026-12-08", "--json", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "work.ics"
    path.write_bytes(calendar(DAY, MEETING, BROKEN, name="Work", zone="Europe/Berlin"))
    return str(path)


def test_every_occurrence_is_listed_with_its_reason(file: str) -> None:
    found = previewed(file)
    assert found["calendar"] == {"name": "Work", "zone": "Europe/Berlin"}
    assert found["window"] == {"start": "2026-12-01T00:00:00Z", "end": "2026-12-08T00:00:00Z"}
    assert found["occurrences"] == [
        {
            "uid": "1@test",
            "title": "Away, noc",
            "start": "2026-12-01T23:00:00Z",
            "end": "2026-12-02T23:00:00Z",
            "all_day": True,
            "action": "block",
            "reason": "tag “noc” in the title",
        },
        {
            "uid": "2@test",
            "title": "Meeting",
            "start": "2026-12-03T09:00:00Z",
            "end": "2026-12-03T10:00:00Z",
            "all_day": False,
            "action": None,
            "reason": "no tag in title or description",
        },
    ]
    assert [problem["uid"] for problem in found["problems"]] == ["3@test"]
    assert found["events_read"] == 3


def test_mode_and_zone_are_obeyed(file: str) -> None:
    found = previewed(file, "--mode", "prefer", "--zone", "America/New_York")
    assert [each["action"] for each in found["occurrences"]] == ["prefer", "prefer"]
    assert found["occurrences"][0]["start"] == "2026-12-02T05:00:00Z"


def test_an_address_is_read_through_the_guarded_client(feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(DAY))
    assert previewed(url, ONCALL_ALLOWED_PRIVATE_HOSTS="127.0.0.1")["events_read"] == 1
    refused = preview(url, "--json")
    assert refused.returncode == 2
    assert "own network" in refused.stderr


@pytest.mark.parametrize("content", [b"<html><title>Sign in</title></html>", b"", b"BEGIN:VCALENDAR\r\n"])
def test_what_cannot_be_read_exits_with_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.ics"
    path.write_bytes(content)
    done = preview(str(path), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_file_and_a_window_turned_round_are_said(file: str) -> None:
    assert preview("missing.ics").returncode == 2
    assert preview(file, "--start", "2026-12-08", "--end", "2026-12-01").returncode == 2


@pytest.mark.slow  # a process of its own
def test_a_script_reads_json_alone_and_the_status(file: str) -> None:
    days = ("--start", "2026-12-01", "--end", "2026-12-08")
    done = process(file, *days, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == previewed(file)
    assert process("missing.ics").returncode == 2


def test_without_json_people_can_read_it(file: str) -> None:
    done = preview(file, "--start", "2026-12-01", "--end", "2026-12-08")
    assert "Away, noc" in done.stdout and "block" in done.stdout
