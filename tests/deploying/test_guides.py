"""A newcomer follows each guide about installing from top to bottom, and the app is there.

`THOROUGH=1 python -m pytest tests/deploying` runs every `run.py` and every restart in them; else the app starts once in
each way to install it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploying.guides import BLOCK, Machine, commands
from tests.test_repository import ROOT

IS_THOROUGH = "THOROUGH" in os.environ
GUIDES = ("first-hour", "install-on-a-nas", "install-with-containers", "install-with-systemd")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with Machine(tmp_path, thorough=IS_THOROUGH) as new:
        yield new


@pytest.mark.slow
def test_with_systemd_and_through_the_first_hour(machine: Machine) -> None:
    printed = machine.follow("install-with-systemd")
    assert "/setup?token=" in printed
    database = machine.folder / "var/lib/oncall/oncall.db"
    assert database.stat().st_mode & 0o077 == 0
    settings = machine.folder / "opt/oncall/.env"
    assert settings.stat().st_mode & 0o777 == 0o640
    later = machine.follow("first-hour", at="opt/oncall")
    assert '"status"' in later
    if IS_THOROUGH:
        assert "GOOD   Imports" in printed and later.count("/invite/") == 2
        assert (machine.folder / "srv/backups/oncall/by-me.backup").exists()


@pytest.mark.slow
def test_with_containers_and_on_a_nas(machine: Machine) -> None:
    printed = machine.follow("install-with-containers")
    assert "/setup?token=" in printed
    assert {path.name for path in (machine.folder / "container").iterdir()} == {
        "LICENSE", "docs", "oncall_ui", "pages", "providers", "pyproject.toml", "run.py", "requirements.lock"
    }, "nothing is written beside the app"  # fmt: skip
    if IS_THOROUGH:
        assert "GOOD   Imports" in printed
        assert (machine.folder / "srv/backups/oncall/by-me.backup").exists()
    folder = machine.folder / "home/oncall/docs/deploy"
    (folder / ".env").unlink()
    for name in ("docker/oncall/data", "backups/oncall"):
        (machine.folder / "volume1" / name).mkdir(parents=True)
    machine.follow("install-on-a-nas", at="home/oncall/docs/deploy")
    assert (machine.folder / "volume1/docker/oncall/data/oncall.db").exists() or not IS_THOROUGH


def test_guides_name_files_that_exist() -> None:
    for guide in GUIDES:
        for word in commands(guide).split():
            if word.startswith(("docs/", "../../")):
                assert (ROOT / "docs" / "deploy" / word if word.startswith("..") else ROOT / word).exists(), (
                    guide,
                    word,
                )


@pytest.mark.parametrize(("old", "new"), [("daemon-reload", "reload-everything"), ("run.py doctor", "run.py diagnose")])
def test_a_command_that_fails_is_noticed(machine: Machine, old: str, new: str) -> None:
    starts = (
        "systemctl enable --now oncall",
        "journalctl --unit oncall --output cat | grep 'Set up the first account'",
    )
    with pytest.raises(AssertionError, match="install-with-systemd"):
        machine.follow("install-with-systemd", replacing=[*((line, "true") for line in starts), (old, new)])


def test_blocks_are_found() -> None:
    assert BLOCK.findall("a\n```sh\none\ntwo\n```\n\n```\nthree\n```\n```sh\nfour\n```\n") == ["one\ntwo\n", "four\n"]
