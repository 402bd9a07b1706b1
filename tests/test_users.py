"""`run.py user …`, as an operator types it."""

import getpass
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from oncall_ui.app import open_app
from oncall_ui.cli.main import main
from oncall_ui.cli.users import _answer
from oncall_ui.services.accounts.links.joining import join
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.members import list_members
from oncall_ui.settings import Settings

pytestmark = pytest.mark.slow  # processes of their own

RUN = Path(__file__).parents[1] / "run.py"
PASSWORD = "correct horse battery staple"


def user_add(data: Path, *arguments: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    return user(data, "add", *arguments, "--password-stdin", say=password)


def user(data: Path, *arguments: str, say: str | None = "") -> subprocess.CompletedProcess[str]:
    """In this process: starting one takes longer than the command. `say` None: standard input is at its end."""
    out, err, before = io.StringIO(), io.StringIO(), Path.cwd()
    with (
        patch.dict(os.environ, {"ONCALL_DATA_DIR": str(data)}),
        patch.object(sys, "stdin", io.StringIO("" if say is None else f"{say}\n")),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        os.chdir(data.parent)
        mask = os.umask(0o077)
        try:
            status = main(["user", *arguments])
        finally:
            os.chdir(before)
            os.umask(mask)
    return subprocess.CompletedProcess(["user", *arguments], status, out.getvalue(), err.getvalue())


def process(data: Path, *arguments: str, say: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, RUN, "user", *arguments],
        env=os.environ | {"ONCALL_DATA_DIR": str(data)},
        cwd=data.parent,
        input=f"{say}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_account_can_log_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    typed = ("add", "ann@example.org", "--name", "Ann", "--admin", "--zone", "Europe/Paris", "--password-stdin")
    done = process(data, *typed, say=PASSWORD)
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


@pytest.mark.parametrize("say", [None, ""])
@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")
def test_where_nobody_can_type_a_password_it_says_how_to_give_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: str | None
) -> None:
    monkeypatch.setattr(getpass, "getpass", vars(getpass)["fallback_getpass"])  # what it does without a terminal
    done = user(tmp_path / "data", "add", "ann@example.org", "--name", "Ann", say=say)
    assert done.returncode == 2
    assert done.stderr.endswith("add --password-stdin and pipe the password in.\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("add", "bob@example.org", "--name", "Bob", "--password-stdin"), "Password: "),
        (
            ("remove", "ann@example.org"),
            "Nothing was removed. To remove ann@example.org without being asked, add --yes.",
        ),
    ],
)
def test_where_standard_input_is_closed_it_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], line: str
) -> None:
    data = tmp_path / "data"
    user_add(data, "ann@example.org", "--name", "Ann")
    monkeypatch.setenv("ONCALL_DATA_DIR", str(data))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it after `<&-`
    err = io.StringIO()
    with redirect_stderr(err):
        assert main(["user", *arguments]) == 2
    assert err.getvalue().startswith(line)


def test_ctrl_d_at_a_question_is_no(capsys: pytest.CaptureFixture[str]) -> None:
    def ended(_question: str) -> str:
        raise EOFError

    assert _answer("Remove? ", ended) == ""
    assert capsys.readouterr().out == "\n"


def test_the_life_of_an_account(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert user_add(data, "ann@example.org", "--name", "Ann", "--admin").returncode == 0
    link = user(data, "invite", "Bob@example.org").stdout.strip()
    assert link.startswith("http://localhost:8080/invite/")
    app = open_app(Settings(_env_file=None, data_dir=data))
    try:
        join(app, link.rpartition("/")[2], name="Bob", password=PASSWORD, zone="UTC")
    finally:
        app.close()
    assert user(data, "reset", "bob@example.org").stdout.startswith("http://localhost:8080/reset/")
    assert "password alone" in user(data, "reset", "bob@example.org", "--second-factor").stdout
    assert user(data, "role", "bob@example.org", "admin").stdout == "bob@example.org is an administrator now\n"
    assert user(data, "role", "ann@example.org", "member").returncode == 0
    listed = [line.split() for line in user(data, "list").stdout.splitlines()]
    assert [(line[0], line[1], line[-1]) for line in listed[1:]] == [
        ("ann@example.org", "member", "Ann"),
        ("bob@example.org", "admin", "Bob"),
    ]
    asked = user(data, "remove", "ann@example.org")
    assert (asked.returncode, asked.stderr.count("\n"), "--yes" in asked.stderr) == (2, 1, True)
    assert user(data, "remove", "ann@example.org", "--yes").stdout == "ann@example.org is removed.\n"
    assert len(user(data, "list").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("invite", "ann@example.org"), "Email: ann@example.org already has an account.\n"),
        (("invite", "nobody"), "Email: Enter an email address, such as name@example.org.\n"),
        (("reset", "eve@example.org"), "eve@example.org has no account here. "),
        (("role", "ann@example.org", "member"), "There has to be an administrator. "),
        (("remove", "ann@example.org", "--yes"), "There has to be an administrator. "),
    ],
)
def test_a_refusal_is_one_line(one_member: Path, arguments: tuple[str, ...], line: str) -> None:
    done = user(one_member, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def one_member(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with Ann, the administrator."""
    data = tmp_path_factory.mktemp("users") / "data"
    assert user_add(data, "ann@example.org", "--name", "Ann", "--admin").returncode == 0
    return data


def test_an_address_is_changed_on_the_command_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("ann", "bea"):
        user_add(data, f"{name}@example.org", "--name", name)
    done = user(data, "email", "ann@example.org", "Anna@example.org")
    assert (done.returncode, done.stdout) == (0, "ann@example.org logs in as anna@example.org now\n")
    for old, new, line in (
        ("ann@example.org", "x@example.org", "ann@example.org has no account here."),
        ("anna@example.org", "bea@example.org", "New email: This address already has an account here."),
        ("anna@example.org", "anna", "New email: Enter an email address"),
    ):
        done = user(data, "email", old, new)
        assert done.returncode == 2 and done.stderr.startswith(line), done.stderr
    app = open_app(Settings(_env_file=None, data_dir=data))
    try:
        assert log_in(app, "anna@example.org", PASSWORD) and log_in(app, "ann@example.org", PASSWORD) is None
    finally:
        app.close()
