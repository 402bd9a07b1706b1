"""What docs/deploy promises: no privileges, nothing writable but two folders, and the same names everywhere."""

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploying import image
from tests.test_repository import ROOT

FOLDER = ROOT / "docs" / "deploy"
PLAIN_NAME = re.compile(r"[a-z]+:[\w.-]+")
"""An image from wherever the engine takes its images: no host in front."""
VARIABLE = re.compile(r"\$\{([A-Z_]+)")


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their capitals
    parser.read_string((FOLDER / "oncall.service").read_text("utf-8"))
    return parser


def test_images_come_from_where_the_engine_takes_them() -> None:
    bases = [step.rest.split("=", 1)[1] for step in image.steps() if step.word == "ARG"]
    images = [service["image"] for name in ("compose.yaml", "compose.postgresql.yaml") for service in services(name)]
    for name in [*bases, *(each for each in images if each != "oncall-optimizer" and each is not None)]:
        assert PLAIN_NAME.fullmatch(name), name


def services(name: str) -> list[dict[str, Any]]:
    return [{"image": None} | service for service in compose(name)["services"].values()]


def test_the_image_installs_only_what_the_lock_has() -> None:
    (install,) = [
        step.rest for step in image.steps() if step.word == "RUN" and " install " in step.rest and "pip" in step.rest
    ]
    assert "--require-hashes" in install and "-r requirements.lock" in install


def test_the_image_runs_as_a_user_without_rights() -> None:
    assert image.only("USER") == "10001:10001", "as a number: engines can tell that it isn't root"
    assert image.command() == ["python", "run.py"]


def test_what_is_copied_is_there_and_everything_else_stays_out() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in image.context()}
    for step in image.steps():
        if step.word == "COPY" and not step.rest.startswith("--from"):
            for source in step.rest.split()[:-1]:
                assert any(name == source or name.startswith(f"{source}/") for name in files), source
    assert {name.split("/")[0] for name in files} == {
        "LICENSE", "docs", "oncall_ui", "pages", "providers", "pyproject.toml", "requirements.lock", "run.py"
    }  # fmt: skip


def test_the_container_has_no_rights_it_can_do_without() -> None:
    app = compose()["services"]["app"]
    assert app["read_only"] is True and app["cap_drop"] == ["ALL"] and "no-new-privileges:true" in app["security_opt"]
    assert app["user"] == f"${{RUN_AS:-{image.only('USER')}}}"
    assert app["ports"] == ["${PUBLISH:-127.0.0.1:8080}:8080"], "this machine alone, unless somebody says otherwise"
    folders = {volume.rsplit(":", 1)[1] for volume in app["volumes"]}
    assert folders == {"/data", "/backups"} == image.folders()
    ours = {name: value for name, value in image.environment().items() if name.startswith("ONCALL_")}
    assert app["environment"] == ours
    assert (FOLDER / app["build"]["context"] / app["build"]["dockerfile"]).resolve() == image.DOCKERFILE


def test_every_variable_of_the_compose_files_is_explained() -> None:
    guide = (ROOT / "docs" / "guides" / "install-with-containers.md").read_text("utf-8")
    named = {name for path in FOLDER.glob("compose*.yaml") for name in VARIABLE.findall(path.read_text("utf-8"))}
    assert named == {"PUBLISH", "RUN_AS", "DATA_FOLDER", "BACKUP_FOLDER", "POSTGRES_PASSWORD"}
    assert [name for name in named if name not in guide] == []


def test_postgresql_is_asked_for_only_once_it_answers() -> None:
    both = compose("compose.postgresql.yaml")["services"]
    assert both["app"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "@database/" in both["app"]["environment"]["ONCALL_DATABASE_URL"]
    assert set(compose()["volumes"]) | set(compose("compose.postgresql.yaml")["volumes"]) == {
        "data", "backups", "database"
    }  # fmt: skip


def test_the_unit_has_the_folders_of_its_guide_and_no_privilege() -> None:
    service = unit()["Service"]
    guide = (ROOT / "docs" / "guides" / "install-with-systemd.md").read_text("utf-8")
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/python run.py"
    for path in (service["WorkingDirectory"], f"/var/lib/{service['StateDirectory']}", service["ReadWritePaths"][1:]):
        assert path in guide
    assert service["CapabilityBoundingSet"] == "" and service["ProtectSystem"] == "strict"
    assert service["OOMPolicy"] == "continue", "else one import that runs out of memory ends the app"


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux’s; tests/provide.py installs it there")
def test_systemd_understands_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    path = tmp_path / "oncall.service"
    text = (FOLDER / "oncall.service").read_text("utf-8")
    path.write_text(text.replace("ExecStart=/opt/oncall/.venv/bin/python", "ExecStart=/bin/true"))
    assert _analyzed("verify", "--man=no", str(path)) == ""
    exposure = re.search(r"exposure level .*: (\d+\.\d)", _analyzed("security", "--offline=true", str(path)))
    assert exposure and float(exposure[1]) < 2


def _analyzed(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
