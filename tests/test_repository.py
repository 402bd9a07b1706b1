"""What the repository promises about itself, for every file that is added."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/(tmp|work|root|home)/[A-Za-z0-9_.-]+")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org")
SETTING = re.compile(r"^#? *(ONCALL_[A-Z0-9_]+)=", re.MULTILINE)


def tracked() -> list[Path]:
    """Every file of the repository; in a copy without its history, every file outside hidden and data folders."""
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    done = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else []
    files = [ROOT / name for name in names if name]
    if not files:
        parts = {"data", "test-results", "__pycache__"}
        inside = ((path, path.relative_to(ROOT).parts) for path in ROOT.rglob("*"))
        files = [path for path, names in inside if not any(n.startswith(".") or n in parts for n in names[:-1])]
    return [path for path in files if path.is_file()]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern occurs in text files, as `file:line: what`."""
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1):
            if match := pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0].strip()}")
    return found


def test_no_file_knows_a_machine_it_was_written_on() -> None:
    assert lines_matching(MACHINE_PATH) == []


def test_no_file_ties_installing_to_one_package_registry() -> None:
    assert lines_matching(REGISTRY) == []


def test_the_example_names_every_setting_and_no_other() -> None:
    from oncall_ui.settings import Settings

    prefix = Settings.model_config["env_prefix"]
    known = {f"{prefix}{name}".upper() for name in Settings.model_fields}
    named = set(SETTING.findall((ROOT / ".env.example").read_text(encoding="utf-8")))
    assert prefix == "ONCALL_"
    assert named == known


def test_run_py_stays_short() -> None:
    lines = (line.strip() for line in (ROOT / "run.py").read_text(encoding="utf-8").splitlines())
    assert len([line for line in lines if line and not line.startswith("#")]) < 40


def test_no_module_is_called_utils() -> None:
    assert [path for path in tracked() if path.stem in {"util", "utils"}] == []
