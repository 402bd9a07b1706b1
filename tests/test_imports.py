"""Who may import whom: the rules hold, each of them can fail, and docs/architecture.md says the same."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("oncall_ui", "providers", "pages")
SEEDED = (
    ("oncall_ui.domain.availability.rules", "structlog"),
    ("oncall_ui.domain.availability.rules", "oncall_ui.reporting.log"),
    ("oncall_ui.domain.imports.wording", "oncall_ui.settings"),
    ("providers.ics", "oncall_ui.reporting.log"),
    ("oncall_ui.security.vault", "oncall_ui.database.database"),
    ("oncall_ui.security.vault", "oncall_ui.models"),
    ("oncall_ui.models", "oncall_ui.hub"),
    ("oncall_ui.services.imports.fetching.remote", "oncall_ui.database.database"),
    ("oncall_ui.services.accounts.members", "oncall_ui.doctor.examine"),
    ("oncall_ui.services.accounts.members", "oncall_ui.jobs"),
    ("pages.widgets.forms.fields", "pages.home.page"),
    ("pages.widgets.forms.fields", "oncall_ui.security.vault"),
    ("pages.session", "pages.widgets.forms.fields"),
    ("pages.widgets.dates", "pages.refresh"),
    ("pages.home.overview", "pages.team.cells"),
)
"""Imports that break a rule, one or more for each package."""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # see tests/absent.py
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def contracts() -> list[dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def test_imports_point_one_way() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy in which every seeded import was written down."""
    folder = tmp_path_factory.mktemp("seeded")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for name in ("pyproject.toml", "tests/__init__.py", "tests/import_rules.py"):
        shutil.copy(ROOT / name, folder / name)
    for importer, imported in SEEDED:
        with (folder / f"{importer.replace('.', '/')}.py").open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    done = lint(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("importer", "imported"), SEEDED)
def test_an_import_against_the_rules_is_refused(broken: str, importer: str, imported: str) -> None:
    assert re.search(rf"^-? *{re.escape(importer)} -> {re.escape(imported)}\b", broken, re.MULTILINE), broken


def test_the_architecture_says_what_is_checked() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("## Who may import whom", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")
    ]
    written = {row[0]: sorted(re.findall(r"`([^`]+)`", row[1])) for row in rows}
    checked = {
        ", ".join(f"`{_short(package)}`" for package in _names(contract["packages"])): sorted(
            map(_short, _names(contract.get("may_import", [])))
        )
        for contract in contracts()
        if contract["type"] == "only"
    }
    assert written == checked


def _names(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def _short(module: str) -> str:
    return module.removeprefix("oncall_ui.")
