"""Processes killed from outside, with real signals: a call can only end itself, and no message states what isn’t so."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

import oncall_ui.worker
from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.worker import Workers

pytestmark = pytest.mark.slow

Counted = Callable[[int], None]
ROOT = Path(__file__).resolve().parent.parent
SECONDS = 30
"""Everything here takes a fraction of it, however slow the machine."""


def processes(counted: Counted) -> tuple[int, int]:
    """Of the call, and of the fork server."""
    return os.getpid(), os.getppid()


def wait_for(path: Path, counted: Counted) -> str:
    """Counts its process id, then waits until `path` exists."""
    counted(os.getpid())
    while not path.exists():
        time.sleep(0.01)
    return "waited"


def survive_once(path: Path, counted: Counted) -> str:
    """Waits to be killed; called again, it returns."""
    if path.exists():
        return "second attempt"
    path.touch()
    counted(os.getpid())
    time.sleep(600)
    return "never"


def answer_much(counted: Counted) -> bytes:
    counted(os.getpid())
    return bytes(64 * 1024 * 1024)


def end_the_process(counted: Counted) -> None:
    os._exit(1)


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip()[:1] not in {"", "Z"}


def children(pid: int) -> set[int]:
    rows = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    found = {int(child) for child, parent in map(str.split, rows.splitlines()) if int(parent) == pid}
    return {each for child in found for each in {child} | children(child) if is_alive(each)}


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def begin(workers: Workers, path: Path) -> tuple[asyncio.Task[str], int]:
    """A call that waits for `path`, and its process."""
    pids: list[int] = []
    task = asyncio.create_task(workers.run(wait_for, path, counted=pids.append))
    await until(lambda: bool(pids))
    return task, pids[0]


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    workers = Workers(processes=2, seconds=60)
    yield workers
    workers.stop()


async def test_a_killed_fork_server_is_replaced_by_the_next_call(workers: Workers) -> None:
    for _ in range(3):
        _, server = await workers.run(processes)
        os.kill(server, signal.SIGKILL)
        _, other = await workers.run(processes)
        assert other != server


async def test_a_killed_fork_server_is_replaced_before_anybody_calls(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oncall_ui.worker.server.SHORT_LIFE_SECONDS", 0)
    before = children(os.getpid())
    _, server = await workers.run(processes)
    os.kill(server, signal.SIGKILL)
    await until(lambda: len(children(os.getpid()) - before) == 1 and not is_alive(server))


async def test_a_call_outlives_its_fork_server(workers: Workers, tmp_path: Path) -> None:
    _, server = await workers.run(processes)
    call, _ = await begin(workers, tmp_path / "go")
    os.kill(server, signal.SIGKILL)
    await until(lambda: not is_alive(server))
    (tmp_path / "go").touch()
    assert await call == "waited"


async def test_a_killed_call_is_tried_once_more_by_itself(workers: Workers, tmp_path: Path) -> None:
    def kill(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    assert await workers.run(survive_once, tmp_path / "tried", counted=kill) == "second attempt"


async def test_a_call_killed_twice_does_not_blame_the_calendar(workers: Workers, tmp_path: Path) -> None:
    killed = []

    def kill(pid: int) -> None:
        if pid not in killed:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(TryLater) as caught:
        await workers.run(wait_for, tmp_path / "never", counted=kill)
    assert len(killed) == 2
    assert caught.value.sentence == "Something went wrong on this server. Its log says what."
    assert caught.value.cause is Cause.SERVER_ERROR


async def test_a_process_that_ends_itself_is_no_large_calendar(workers: Workers) -> None:
    with pytest.raises(TryLater):
        await workers.run(end_the_process)
    assert await workers.run(processes)


async def test_a_call_killed_in_the_middle_of_its_answer_does_not_hang(workers: Workers) -> None:
    def kill(pid: int) -> None:
        time.sleep(0.5)  # nobody reads meanwhile: the socket is full, and the process in the middle of its answer
        os.kill(pid, signal.SIGKILL)

    async with asyncio.timeout(SECONDS):
        with pytest.raises(TryLater):
            await workers.run(answer_much, counted=kill)


async def test_cancelling_ends_only_that_call(workers: Workers, tmp_path: Path) -> None:
    imported, import_pid = await begin(workers, tmp_path / "go")
    for _ in range(40):
        preview, preview_pid = await begin(workers, tmp_path / "never")
        preview.cancel()
        with pytest.raises(asyncio.CancelledError):
            await preview
        await until(lambda pid=preview_pid: not is_alive(pid))  # type: ignore[misc]
    assert is_alive(import_pid)
    (tmp_path / "go").touch()
    assert await imported == "waited"


async def test_calls_cancelled_at_any_moment_leave_nothing(workers: Workers, tmp_path: Path) -> None:
    await workers.run(processes)
    before = children(os.getpid())
    for number in range(40):
        call = asyncio.create_task(workers.run(wait_for, tmp_path / "never"))
        await asyncio.sleep(number / 2000)
        call.cancel()
    await until(lambda: children(os.getpid()) <= before)  # one of those may have been about to end
    assert await workers.run(processes)


async def test_a_fork_server_that_hangs_is_noticed_and_replaced(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, server = await workers.run(processes)
    os.kill(server, signal.SIGSTOP)
    assert not await workers.answers(0.3)
    with monkeypatch.context() as patch, pytest.raises(TryLater):
        patch.setattr(oncall_ui.worker, "START_SECONDS", 0.3)
        patch.setattr(oncall_ui.worker, "ATTEMPTS", 1)
        await workers.run(processes)
    _, other = await workers.run(processes)
    assert other != server
    await until(lambda: not is_alive(server))
    assert await workers.answers(SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_signals_for_the_whole_group_are_left_to_the_app(
    workers: Workers, tmp_path: Path, number: signal.Signals
) -> None:
    _, server = await workers.run(processes)
    call, pid = await begin(workers, tmp_path / "go")
    for each in (server, pid):
        os.kill(each, number)
    (tmp_path / "go").touch()
    assert await call == "waited"
    assert (await workers.run(processes))[1] == server


@pytest.mark.parametrize("is_server_alive", [True, False])
async def test_stopping_ends_everything_at_once(tmp_path: Path, is_server_alive: bool) -> None:
    workers, before = Workers(processes=2), children(os.getpid())
    _, server = await workers.run(processes)
    calls = [await begin(workers, tmp_path / "never") for _ in range(2)]
    if not is_server_alive:
        os.kill(server, signal.SIGKILL)
    workers.stop()
    for call, pid in calls:
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(lambda pid=pid: not is_alive(pid))  # type: ignore[misc]
    await until(lambda: children(os.getpid()) <= before)
    with pytest.raises(asyncio.CancelledError):
        await workers.run(processes)


APP = """
import asyncio, os, sys
from pathlib import Path
from oncall_ui.worker import Workers
from tests.test_worker_faults import processes, wait_for

async def main():
    workers = Workers(processes=2)
    print((await workers.run(processes))[1], flush=True)
    show = lambda pid: print(pid, flush=True)
    await asyncio.gather(*(workers.run(wait_for, Path("/nowhere"), counted=show) for _ in range(2)))

asyncio.run(main())
"""


@pytest.mark.parametrize("is_server_alive", [True, False])
async def test_nothing_goes_on_when_the_app_is_killed(is_server_alive: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", APP], cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        server, *calls = (int(app.stdout.readline()) for _ in range(3))
        if not is_server_alive:
            os.kill(server, signal.SIGKILL)
        os.kill(app.pid, signal.SIGKILL)
    await until(lambda: not any(map(is_alive, (server, *calls))))


async def test_calls_leave_neither_processes_nor_files_open(workers: Workers) -> None:
    await workers.run(processes)
    before, files = children(os.getpid()), open_files()
    for _ in range(20):
        await asyncio.gather(*(workers.run(processes) for _ in range(10)))
    assert open_files() == files
    await until(lambda: children(os.getpid()) <= before)
