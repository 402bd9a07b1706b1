"""`run.py user add`, as an operator types it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oncall_ui.app import open_app
from oncall_ui.services.accounts.log_in import log_in
from oncall_ui.services.accounts.members import list_members
from oncall_ui.services.accounts.sessions import session_for
from oncall_ui.settings import Settings

pytestmark = pytest.mark.slow  # processes of their own

RUN = Path(__file__).parents[1] / "run.py"
PASSWORD = "correct horse battery staple"


def user_add(data: Path, *arguments: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, RUN, "user", "add", *arguments, "--password-stdin"],
        env=os.environ | {"ONCALL_DATA_DIR": str(data)},
        cwd=data.parent,
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_account_can_log_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = user_add(data, "ann@example.org", "--name", "Ann", "--admin", "--zone", "Europe/Paris")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "ann@example.org can log in at http://localhost:8080/login\n"
    app = open_app(Settings(_env_file=None, data_dir=data))
    try:
        outcome = log_in(app, "ann@example.org", PASSWORD)
        assert outcome is not None
        admin = session_for(app, outcome.session)
        assert admin is not None
        ann = list_members(app, admin.member.id)
    finally:
        app.close()
    assert [(member.name, member.zone, member.is_admin) for member in ann] == [("Ann", "Europe/Paris", True)]


@pytest.mark.parametrize(
    ("arguments", "password", "line"),
    [
        (("ann@example.org",), "short", "Password: "),
        (("no address",), PASSWORD, "Email: "),
        (("ann@example.org", "--zone", "Mars/Olympus"), PASSWORD, "Time zone: "),
    ],
)
def test_what_is_not_taken_ends_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], password: str, line: str
) -> None:
    done = user_add(tmp_path / "data", *arguments, "--name", "Ann", password=password)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1
    assert password not in done.stderr
