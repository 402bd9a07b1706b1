"""Closed pages are collected soon, and an open one isn't; the server runs with the allocator that gives memory back."""

import asyncio
import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from oncall_ui import memory
from oncall_ui.memory import PageMemory, use_system_allocator

pytestmark = pytest.mark.slow  # fills the memory

ROOT = Path(__file__).resolve().parent.parent


class Cycle:
    """As the objects of a page, each refers to another."""

    def __init__(self) -> None:
        self.itself = self


async def test_what_a_closed_page_leaves_is_collected_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "COLLECT_AFTER_SECONDS", 0.01)
    gc.disable()
    try:
        keeper = PageMemory(lambda: 1)
        left = weakref.ref(Cycle())
        kept = Cycle()
        keeper.page_closed()
        keeper.page_closed()
        while left() is not None:
            await asyncio.sleep(0.01)
        assert kept.itself is kept
    finally:
        gc.enable()


async def test_while_many_pages_are_open_it_waits_until_enough_have_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "COLLECT_AFTER_SECONDS", 0)
    runs: list[None] = []
    monkeypatch.setattr(gc, "collect", lambda: runs.append(None))
    keeper = PageMemory(lambda: 100)
    for closing, expected in ((99, 0), (1, 1), (99, 1), (1, 2)):
        for _ in range(closing):
            keeper.page_closed()
        await asyncio.sleep(0.05)
        assert len(runs) == expected


async def test_everything_is_collected_at_moments_of_ours_and_again_however_few_pages_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "EVERY_SECONDS", 0.01)
    before = gc.get_threshold()
    try:
        PageMemory(lambda: 1).start()
        assert gc.get_threshold() == (*before[:2], memory.NEVER)
        left = weakref.ref(Cycle())
        while left() is not None:
            await asyncio.sleep(0.01)
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def test_the_server_takes_the_place_of_its_process_once() -> None:
    """The process keeps its id, its arguments and its environment, and starts again only once."""
    program = (
        "import os, sys\n"
        "from oncall_ui.memory import use_system_allocator\n"
        "print(os.getpid(), os.environ.get('PYTHONMALLOC'), sys.argv[1:], flush=True)\n"
        "use_system_allocator()\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONMALLOC"}
    run = subprocess.run(
        [sys.executable, "-c", program, "serve", "two words"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    before, after = (line.split(" ", 2) for line in run.stdout.splitlines())
    assert before[0] == after[0]
    assert (before[1], after[1]) == ("None", "malloc")
    assert before[2] == after[2] == "['serve', 'two words']"


def test_an_allocator_that_was_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONMALLOC", "pymalloc_debug")
    use_system_allocator()
    assert os.environ["PYTHONMALLOC"] == "pymalloc_debug"
