"""The tests' own ground: what they need is got or named, and their last line tells the truth."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests import provide
from tests.__main__ import main, run
from tests.postgres import running_cluster

pytestmark = pytest.mark.slow

# Notes each call; "installs" programs beside itself; sees whether Debian was asked to make no cluster.
FAKE_APT = f"""#!{sys.executable}
import sys
from pathlib import Path
here = Path(__file__).parent
with (here / "calls").open("a") as calls:
    note = any((here / "createcluster.d").glob("*.conf"))
    print(sys.argv[1], sys.argv[-1], "without a cluster" if note else "", file=calls)
programs = {{"chromium": ["chromium"], "postgresql": ["initdb", "postgres"], "nginx": ["nginx"], "caddy": ["caddy"],
    "systemd": ["systemd-analyze"]}}
for name in programs.get(sys.argv[-1], []):
    (here / name).write_text("#!/bin/sh\\n")
    (here / name).chmod(0o755)
"""

Machine = Path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with nothing on it, run by somebody who isn't root; the folder is all of its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setattr(provide, "POSTGRES_PLACES", ())
    monkeypatch.setattr(provide, "OFF_THE_PATH", "")
    monkeypatch.setattr(provide, "CREATECLUSTER", tmp_path / "createcluster.d")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    provide._apt_update.cache_clear()
    return tmp_path


@pytest.fixture
def root(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The same machine, run by root, with a package manager."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    put(machine, "apt-get", FAKE_APT)
    return machine


def put(machine: Machine, name: str, script: str = "#!/bin/sh\n") -> Path:
    program = machine / name
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    return program


def test_what_is_there_is_left_alone(root: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("chromium", "initdb", "postgres", "nginx", "caddy", "systemd-analyze"):
        put(root, name)
    assert provide.main() == 0
    assert capfd.readouterr() == ("", "")
    assert not (root / "calls").exists()


def test_root_gets_what_is_missing(root: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    assert provide.main() == 0
    said = [f"Installing {name} (once)" for name in ("Chromium", "PostgreSQL", "nginx", "caddy", "systemd")]
    assert capfd.readouterr().out.splitlines() == said
    assert [line.split() for line in (root / "calls").read_text().splitlines()] == [
        ["update", "Acquire::Retries=3"],
        ["install", "chromium-headless-shell"],
        ["install", "chromium"],
        ["install", "postgresql", "without", "a", "cluster"],
        ["install", "nginx"],
        ["install", "caddy"],
        ["install", "systemd"],
    ]
    assert provide.chromium() == str(root / "chromium")
    assert provide.postgres_bin() == root
    assert provide.program("nginx") == str(root / "nginx")
    assert list((root / "createcluster.d").iterdir()) == [], "what later installations do is the operator's affair"


def test_the_browser_without_windows_is_preferred(root: Machine) -> None:
    put(root, "chromium")
    shell = put(root, "chromium-headless-shell")
    assert provide.chromium() == str(shell)


def test_a_failed_installation_tells_what_was_said(root: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    put(root, "chromium")
    put(root, "apt-get", "#!/bin/sh\necho no space left\nexit 100\n")
    assert provide.main() == 1
    said = capfd.readouterr().err
    assert "no space left" in said
    assert "apt-get install" in said


def test_who_may_not_install_is_told_the_command(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    put(machine, "chromium")
    assert provide.main() == 1
    assert "apt-get install postgresql" in capfd.readouterr().err or sys.platform == "darwin"


def test_a_browser_that_only_asks_for_its_snap_is_none(machine: Machine) -> None:
    put(machine, "chromium-browser", "#!/bin/sh\necho please install the snap\nexit 1\n")
    with pytest.raises(provide.Missing, match="playwright install"):
        provide.chromium()


def test_the_browser_playwright_brought_will_do(machine: Machine) -> None:
    ask = [sys.executable, "-m", "playwright", "install", "--dry-run", "chromium"]
    said = subprocess.run(ask, capture_output=True, text=True, check=True, timeout=60).stdout
    folders = [Path(line.split(":", 1)[1].strip()) for line in said.splitlines() if "Install location:" in line]
    assert folders
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "INSTALLATION_COMPLETE").touch()
    assert provide.chromium() is None


def test_every_database_is_new_and_nothing_is_left() -> None:
    with running_cluster() as cluster:
        addresses = [cluster.fresh_database() for _ in range(2)]
        for address in addresses:
            with psycopg.connect(address.replace("+psycopg", "")) as connection:
                connection.execute("CREATE TABLE member (id int)")  # in the second it would exist already
        folder = Path(addresses[0].partition("host=")[2].partition("&")[0])
        assert folder.is_dir()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        cluster.connect()


def test_a_test_that_fails_leaves_no_server_behind() -> None:
    with pytest.raises(LookupError), running_cluster() as cluster:
        raise LookupError
    with pytest.raises(psycopg.OperationalError):
        cluster.connect()


PASSES = "def test_passes(): pass\n"
FAILS = "def test_fails(): assert False\n"
BREAKS = "import pytest\n@pytest.fixture\ndef broken():\n    yield\n    1 / 0\ndef test_breaks(broken): pass\n"
ALONE = ["--numprocesses=0"]  # starting workers would take longer than their tests
HANGS = "import time\ndef test_hangs(): time.sleep(600)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A project whose tests are these, without a browser and with one."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # half of each run would be loading the others

    def make(plain: str, browser: str) -> Path:
        (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-q -p xdist.plugin"\n')
        (tmp_path / "tests" / "e2e").mkdir(parents=True)
        (tmp_path / "tests" / "test_plain.py").write_text(plain)
        (tmp_path / "tests" / "e2e" / "test_browser.py").write_text(browser)
        return tmp_path

    return make


@pytest.mark.parametrize(
    ("plain", "browser", "line"),
    [
        (PASSES, PASSES, "2 passed, 0 failed"),
        (PASSES + FAILS, PASSES, "2 passed, 1 failed"),
        (PASSES, FAILS, "1 passed, 1 failed"),
        (BREAKS, PASSES, "1 passed, 1 failed"),
        (PASSES, "", "1 passed, 1 failed"),
        ("import nothing_like_it\n", PASSES, "1 passed, 1 failed"),
    ],
    ids=["all", "first fails", "second fails", "teardown fails", "nothing collected", "not importable"],
)
def test_the_last_line_sums_up_both_runs(
    project: Callable[[str, str], Path], capfd: pytest.CaptureFixture[str], plain: str, browser: str, line: str
) -> None:
    status = main(ALONE, root=project(plain, browser))
    assert capfd.readouterr().out.splitlines()[-1] == line
    assert status == (0 if line.endswith(" 0 failed") else 1)


def test_arguments_go_on_to_pytest(project: Callable[[str, str], Path], capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*ALONE, "-k", "passes"], root=project(PASSES + FAILS, PASSES)) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "2 passed, 0 failed"


def test_a_fast_run_leaves_out_the_browser_and_what_is_slow(
    project: Callable[[str, str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    slow = f"import pytest\n{PASSES}@pytest.mark.slow\n{FAILS}"
    assert main(["--fast", *ALONE, "-k", "passes or fails"], root=project(slow, FAILS)) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_a_run_that_never_ends_is_ended_and_failed(project: Callable[[str, str], Path]) -> None:
    assert run(["tests/test_plain.py"], project(HANGS, PASSES), limit=3).failed == 1
