"""`run.py plan`, as a script would call it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oncall_ui.cli.failing import CommandFailed
from oncall_ui.cli.main import main
from oncall_ui.cli.plan import plan

ROOT = Path(__file__).parents[1]
SMALL: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "start": "2026-12-07",
    "end": "2026-12-11",
    "rules": [{"days": "Daily", "time": "09:00"}],
    "people": [{"id": "bob"}, {"id": "ana"}],
    "limits": [{"kind": "rest", "hours": 24}],
}


def written(tmp_path: Path, value: object) -> str:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def planned(path: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["plan", path, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def without_seconds(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "stages": [{**stage, "cpu_seconds": 0} for stage in found["stages"]]}


def test_a_small_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = planned(written(tmp_path, SMALL), capsys)
    assert set(found) == {
        "shifts", "slots", "stages", "fairness", "conflicts", "proposals", "problems", "input_hash",
    }  # fmt: skip
    assert [shift["start"] for shift in found["shifts"]] == [f"2026-12-{day:02}T08:00:00Z" for day in range(7, 11)]
    people = [slot["person"] for slot in found["slots"]]
    assert people in (["ana", "bob", "ana", "bob"], ["bob", "ana", "bob", "ana"])
    names = [stage["name"] for stage in found["stages"]]
    assert names == ["gaps", "blocks", "limits", "changes", "fairness", "wishes", "comfort"]
    assert all((stage["value"], stage["bound"], stage["proved"]) == (0, 0, True) for stage in found["stages"])
    assert (found["conflicts"], found["proposals"], found["problems"]) == ([], [], [])


def test_the_same_input_in_another_order_gives_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = planned(written(tmp_path, SMALL), capsys)
    other = {**SMALL, "people": [{"id": "ana"}, {"id": "bob"}], "bend": True}
    assert without_seconds(planned(written(tmp_path, other), capsys)) == without_seconds(first)


def test_a_plan_with_nothing_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = planned(written(tmp_path, {**SMALL, "people": []}), capsys)
    assert [slot["person"] for slot in nobody["slots"]] == [None] * 4
    assert nobody["stages"][0]["value"] == 4
    nothing = planned(written(tmp_path, {**SMALL, "shifts": []}), capsys)
    assert (nothing["shifts"], nothing["slots"]) == ([], [])


def test_the_table_says_who_when_and_how_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = [
        {"person": person, "start": "2026-12-08T08:00:00Z", "end": "2026-12-08T14:00:00Z", "action": "block"}
        for person in ("ana", "bob")
    ]
    assert main(["plan", written(tmp_path, {**SMALL, "availability": blocked})]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "No plan meets every limit"
    assert shown[2].split() == ["shift", "length", "type", "points", "primary"]
    assert shown[3].startswith("Mon 07 Dec 2026 09:00  24 h    weekday  1       ")
    assert shown[4].endswith("(25% blocked)")
    assert any(line.split() == ["blocks", "325", "325", "proved"] for line in shown)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"people": [{"id": "ana"}]}, "rules: missing; give rules or shifts"),
        ({**SMALL, "colour": "red"}, "colour: there is no such field"),
        ({**SMALL, "zone": "Mars/Olympus"}, "zone: 'Mars/Olympus' is not an IANA time zone such as Europe/Berlin"),
    ],
)
def test_input_that_cannot_be_used_ends_with_one_line(
    value: object, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", written(tmp_path, value), "--json"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"{sentence}\n")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"gone\.json: No such file or directory"):
        plan(str(tmp_path / "gone.json"))
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"zone": "\xe4"}')
    with pytest.raises(CommandFailed, match=r"latin\.json: not text in UTF-8 \(byte 10\)"):
        plan(str(path))


@pytest.mark.slow
def test_the_command_needs_no_settings_and_leaves_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    settings = {"ONCALL_DATABASE_URL": "nonsense", "ONCALL_DATA_DIR": str(tmp_path / "data"), "ONCALL_PORT": "none"}
    command = [sys.executable, str(ROOT / "run.py"), "plan", path, "--json"]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **settings}
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert len(json.loads(run.stdout)["slots"]) == 4
    assert sorted(found.name for found in tmp_path.iterdir()) == ["plan.json"]
