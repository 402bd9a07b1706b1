"""The app as people run it: `python run.py` in a process of its own, on its own port, with its own data folder.

with Server(folder) as server:
    httpx.get(f"{server.base_url}/healthz")
"""

import asyncio
import atexit
import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from sqlmodel import SQLModel, select

from oncall_ui.app import App, open_app
from oncall_ui.database.database import Database
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.migrations import migrate
from oncall_ui.models import Member
from oncall_ui.security.passwords import Passwords
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import get_connection
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.e2e.warm import QUICK, Forked, parent
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SETUP_LINE = re.compile(r"Set up the first account: ([^\s\x1b]+/setup\?token=[^\s\x1b]+)")
START = 120  # seconds until it must be ready, on a machine that is busy with other things, too
STOP = 60  # seconds until it must be gone


class Server:
    """Keeps its port, its data and its log from start to start; nothing of it is running after `with`."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
        root: Path = ROOT,
        host: str = "127.0.0.1",
        warm: bool = False,
        full_cost: bool = False,
        port: int | None = None,
    ) -> None:
        """`warm` starts are those of tests/e2e/warm.py; with `full_cost` the app hashes passwords as for people.

        Without a port it takes one that nobody else has.
        """
        self._host = host
        self._warm = warm
        self._full_cost = full_cost
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self.log.touch()
        self.port = free_port() if port is None else port
        self._run_py = root / "run.py"
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._log_before = 0
        own = {
            "ONCALL_HOST": "127.0.0.1",
            "ONCALL_PORT": str(self.port),
            "ONCALL_BASE_URL": self.base_url,
            "ONCALL_DATA_DIR": str(self.data),
            "ONCALL_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
            "ONCALL_PLAN_SECONDS": "60",  # a plan that is proven best within a second, on a machine that is busy, too
        }
        self.database_url = database_url or f"sqlite:///{self.data / 'oncall.db'}"
        database = {"ONCALL_DATABASE_URL": database_url} if database_url else {}
        self._environment = _clean_environment() | own | database | dict(settings or {})

    @property
    def base_url(self) -> str:
        return f"http://{self._host}:{self.port}"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the app itself; its workers are children of it."""
        assert self._process is not None, "it is not running"
        return self._process.pid

    @property
    def setup_link(self) -> str:
        """The address the newest start printed for making the first account."""
        _wait(lambda: self._printed_link() is not None, START, self._told("printed no link to /setup"))
        return str(self._printed_link())

    def start(self) -> None:
        """Returns when the app says it is ready."""
        self.launch()
        try:
            _wait(lambda: self.is_ready() or not self.running, START, self._told(f"was not ready in {START} seconds"))
            assert self.running, self._told("ended instead of getting ready")()
        except BaseException:
            self.kill()
            raise

    def launch(self) -> None:
        """Starts it and returns at once."""
        assert not self.running, "it is running already"
        self._log_before = len(self.log_text())
        if self._warm:
            self._process = parent().launch(
                self._run_py, self.data, self._environment, self.log, full_cost=self._full_cost
            )
            return
        with self.log.open("ab") as output:
            # Elsewhere than in the project, where a developer may keep a .env.
            # A group of its own, so that killing the app takes its workers along.
            self._process = subprocess.Popen(
                [sys.executable, self._run_py],
                cwd=self.data,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def end(self, number: signal.Signals) -> tuple[int, float]:
        """Sends it a signal. Returns its exit status and the seconds it took; its workers must be gone as well."""
        process = self._process
        assert process is not None and process.poll() is None, self._told("was to be ended, and had ended already")()
        began = time.monotonic()
        process.send_signal(number)
        try:
            status = process.wait(timeout=STOP)
            seconds = time.monotonic() - began
            _wait(lambda: not _is_alive(process.pid), STOP, self._told("left a process behind"))
        finally:
            self.kill()
        return status, seconds

    def stop(self) -> None:
        """SIGTERM; the app must be gone, cleanly, within a minute."""
        process = self._process
        assert process is not None and process.poll() is None, self._told("was to be stopped, and had ended already")()
        process.terminate()
        try:
            status = process.wait(timeout=STOP)
        except subprocess.TimeoutExpired as expired:
            raise AssertionError(self._told(f"was still there {STOP} seconds after SIGTERM")()) from expired
        finally:
            self.kill()
        assert status == 0, self._told(f"ended with status {status} after SIGTERM")()

    def kill(self) -> None:
        """SIGKILL, to the app and all it started; harmless when it is gone."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Starts again on the same port and the same data, after a stop if it is running."""
        if self.running:
            self.stop()
        self.start()

    def log_text(self) -> str:
        """All it ever printed, of every start."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kept(self) -> bytes:
        """All that it left behind, once it has stopped: its files, and the rows of a database elsewhere."""
        assert not self.running
        files = b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())
        if self.database_url.startswith("sqlite"):
            return files
        db = Database(self.database_url)
        with db.read() as session:
            rows = [repr(row) for table in SQLModel.metadata.sorted_tables for row in session.execute(table.select())]
        db.close()
        return files + "\n".join(rows).encode()

    def add_member(self, email: str, name: str, password: str, *, admin: bool = False) -> None:
        """What `run.py user add` does, without the two seconds that a process of its own takes."""
        with self.beside() as app:
            migrate(app.db)
            add_member(app, name=name, email=email, password=password, zone="UTC", is_admin=admin)

    def connect_ics(self, email: str, name: str, url: str, *, save: bool) -> int:
        """Connects a feed for a member, switched on if `save`, and returns the connection's id.

        The running app finds it when it next looks for what is due.
        """

        async def connected(app: App, member_id: int) -> int:
            connection_id = await connect(app, member_id, "ics", name, {"url": url})
            if save:
                calendars = get_connection(app, member_id, connection_id).calendars
                choose(app, member_id, connection_id, {each.id: Choice(True, Mode.MATCHING) for each in calendars})
            return connection_id

        with self.beside() as app, ThreadPoolExecutor(1) as thread:
            with app.db.read() as session:
                member_id = session.exec(select(Member.id).where(Member.email == email)).one()
            # In a thread: Playwright's own event loop is running in this one.
            return thread.submit(asyncio.run, connected(app, member_id or 0)).result()

    @contextlib.contextmanager
    def beside(self, **more: object) -> Iterator[App]:
        """The services on this server's data, in the test's own process; `more` are settings of its own."""
        settings = Settings(
            _env_file=None, data_dir=self.data, database_url=self.database_url, allowed_private_hosts="127.0.0.1"
        ).model_copy(update=more)
        passwords = Passwords(QUICK) if self._warm else None
        beside = open_app(settings, workers=_workers(), passwords=passwords)
        try:
            yield beside
        finally:
            beside.db.close()
            beside.planner.stop()

    def command(self, *arguments: str, say: str = "") -> subprocess.CompletedProcess[str]:
        """Runs `python run.py …` with the settings of this server, for a minute at most; forked if it is warm."""
        if self._warm:
            return self._forked_command(arguments, f"{say}\n")
        return subprocess.run(
            [sys.executable, self._run_py, *arguments],
            cwd=self.data,
            env=self._environment,
            input=f"{say}\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _forked_command(self, arguments: Sequence[str], said: str) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as folder:
            said_in, out, errors = (Path(folder) / name for name in ("in", "out", "errors"))
            said_in.write_text(said, encoding="utf-8")
            process = parent().launch(
                self._run_py, self.data, self._environment, out, arguments=arguments, files=(said_in, errors)
            )
            try:
                status = process.wait(timeout=STOP)
            finally:
                process.send_signal(signal.SIGKILL)
            return subprocess.CompletedProcess(
                arguments, status, out.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")
            )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.running and error is None:
            self.stop()
        else:
            self.kill()

    def _printed_link(self) -> str | None:
        found = SETUP_LINE.search(self.log_text(), self._log_before)
        return found[1] if found else None

    def is_ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            # Asked for in plain HTTP: reading the certificates, every time, would take longer than the answer.
            answer = httpx.get(f"{self.base_url}/readyz", timeout=2, trust_env=False, verify=False)
            return answer.status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def wait_until_not_ready(self) -> None:
        """The app gives an answer again for a second: what asks sooner hears the one before."""
        _wait(lambda: not self.is_ready(), START, self._told(f"was still ready after {START} seconds"))

    def _told(self, what: str) -> Callable[[], str]:
        return lambda: f"the app {what}; its log:\n{self.log_text()[-8000:]}"


@functools.cache
def _workers() -> Workers:
    """Of this process, whatever data it works on: starting one takes as long as a page."""
    workers = Workers(processes=1)
    atexit.register(workers.stop)
    return workers


def _clean_environment() -> dict[str, str]:
    # NiceGUI behaves otherwise when it believes itself under test, and no setting or proxy of the developer's counts.
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "NICEGUI_", "ONCALL_")) and not name.lower().endswith("_proxy")
    }


def _is_alive(group: int) -> bool:
    """Whether a process of the group is running; one that waits to be reaped by init isn't."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # After the name, which may hold anything, in brackets: the state, the parent, the group (proc(5)).
            state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def _wait(condition: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, complaint()
        time.sleep(0.05)
