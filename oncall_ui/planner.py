"""Plans in a process of its own, which can be killed. It shares nothing with the processes that read calendars.

So that neither can hold up the other: each has its own fork server and its own places.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from oncall_ui.domain.imports.failures import TryLater, Unreadable
from oncall_ui.domain.schedules.bending.offer import Curve
from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.planning.alternatives import Alternative
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Result, StageResult
from oncall_ui.worker import Link, Workers

SPARE_SECONDS = 30
"""Beyond twice the time that a plan may take by itself: for building the model, and for a slow machine."""
MEMORY_MB = 2048
AT_ONCE = 1
WHY_SECONDS = 5.0
"""For the alternatives of one slot: a manager waits for them."""
TOLD_EVERY = 0.2
"""Seconds. The solver reports far more often than anybody looks."""

Told = Callable[[str, float, float], None]
"""Hears the stage that is solved, its best value so far, and what no roster can beat."""


class PlanningFailed(Exception):
    """There is no plan. The message is a sentence for managers."""


class Planner:
    """One plan at a time; others wait for their turn."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: the longest that a plan works by itself. A process that takes twice as long is killed."""
        self._workers = Workers(processes=AT_ONCE, seconds=2 * seconds + SPARE_SECONDS, memory_mb=MEMORY_MB)

    @property
    def running(self) -> int:
        """How many plans are computed at this moment."""
        return self._workers.running

    @property
    def lost(self) -> int:
        """Processes that ended without an answer."""
        return self._workers.lost

    async def plan(self, problem: Problem, told: Told, stopped: Callable[[], Awaitable[None]]) -> Result:
        """The best plan. When `stopped` returns, the best so far. Cancelling ends the process.

        Raises PlanningFailed when the process needs too much time or memory, or was killed twice.
        """

        async def tell(stage: str, best: float, bound: float) -> None:
            told(stage, best, bound)

        with self._ready():
            return await self._workers.converse(work, problem, served={"told": tell, "stopped": stopped})

    async def alternatives(
        self,
        problem: Problem,
        roster: Mapping[Slot, str],
        stages: Sequence[StageResult],
        slot: Slot,
        told: Callable[[Alternative], None],
    ) -> tuple[Alternative, ...]:
        """A plan for everybody but the holder on that slot, with everything else planned again; `told` hears each.

        Takes WHY_SECONDS at most, once it is its turn. Raises PlanningFailed, as `plan` does.
        """

        async def tell(found: Alternative) -> None:
            told(found)

        with self._ready():
            return await self._workers.converse(compare, problem, roster, stages, slot, served={"told": tell})

    async def curve(self, problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult]) -> Curve:
        """How fair the plan could be with as few broken limits as possible, and with some more.

        Takes as long as the plan may, once it is its turn. Cancelling ends the process. Raises PlanningFailed.
        """
        with self._ready():
            return await self._workers.converse(weigh, problem, roster, stages, served={})

    async def repairs(
        self,
        problem: Problem,
        before: Mapping[Slot, str],
        needed: Collection[Slot],
        told: Callable[[RepairFix], None],
    ) -> tuple[RepairFix, ...]:
        """The fixes that are worth offering; `told` hears each as soon as it is found. `solving.repairing` says more.

        Takes as long as the problem says at most, once it is its turn. Raises PlanningFailed, as `plan` does.
        """

        async def tell(found: RepairFix) -> None:
            told(found)

        with self._ready():
            return await self._workers.converse(repair, problem, before, needed, served={"told": tell})

    def stop(self) -> None:
        """Ends every process at once."""
        self._workers.stop()

    @contextmanager
    def _ready(self) -> Iterator[None]:
        """For one call: the solver is imported by then, and what goes wrong becomes PlanningFailed."""
        self._workers.warm_up(prepare)  # what it has imported it doesn’t import again
        try:
            yield
        except Unreadable as error:
            raise PlanningFailed(
                "This plan takes more time or memory than this server allows. Plan fewer weeks at a time."
            ) from error
        except TryLater as error:
            raise PlanningFailed("Planning was interrupted twice. The server’s log says why. Plan again.") from error


def prepare() -> None:
    """In the fork server: imports the solver and numpy, which takes longer than many a plan, for all processes."""
    from oncall_ui import solving  # noqa: F401, PLC0415 - not into the app
    from oncall_ui.solving.explaining import why  # noqa: F401, PLC0415
    from oncall_ui.solving.repair import bending, repairing  # noqa: F401, PLC0415


def work(problem: Problem, link: Link) -> Result:
    """In the process: solves, and listens meanwhile."""
    return link.run(_solve(problem, link))


async def _solve(problem: Problem, link: Link) -> Result:
    from oncall_ui.solving import Progress, solve  # noqa: PLC0415 - only this process needs the solver

    is_stopped = threading.Event()
    loop = asyncio.get_running_loop()

    due = 0.0

    def heard(progress: Progress) -> bool:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + TOLD_EVERY
            loop.call_soon_threadsafe(link.tell, "told", progress.stage.value, progress.best, progress.bound)
        return is_stopped.is_set()

    async def listen() -> None:
        await link.ask("stopped")
        is_stopped.set()

    async with link.turn():
        listening = asyncio.create_task(listen())
        try:
            return await asyncio.to_thread(solve, problem, progress=heard)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


def repair(problem: Problem, before: Mapping[Slot, str], needed: Collection[Slot], link: Link) -> tuple[RepairFix, ...]:
    """In the process: the ways to repair what is published."""
    return link.run(_repair(problem, before, needed, link))


async def _repair(
    problem: Problem, before: Mapping[Slot, str], needed: Collection[Slot], link: Link
) -> tuple[RepairFix, ...]:
    from oncall_ui.solving.repair.repairing import repairs  # noqa: PLC0415 - only this process needs the solver

    loop = asyncio.get_running_loop()

    def heard(found: RepairFix) -> None:
        loop.call_soon_threadsafe(link.tell, "told", found)

    async with link.turn():
        return await asyncio.to_thread(repairs, problem, before, needed, told=heard)


def compare(
    problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], slot: Slot, link: Link
) -> tuple[Alternative, ...]:
    """In the process: everybody else on the slot, one after the other."""
    return link.run(_compare(problem, roster, stages, slot, link))


async def _compare(
    problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], slot: Slot, link: Link
) -> tuple[Alternative, ...]:
    from oncall_ui.solving.explaining.why import alternatives  # noqa: PLC0415 - only this process needs the solver

    loop = asyncio.get_running_loop()

    def heard(found: Alternative) -> bool:
        loop.call_soon_threadsafe(link.tell, "told", found)
        return False

    async with link.turn():
        return await asyncio.to_thread(alternatives, problem, roster, stages, slot, seconds=WHY_SECONDS, told=heard)


def weigh(problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], link: Link) -> Curve:
    """In the process: a few plans between limits and fairness."""
    return link.run(_weigh(problem, roster, stages, link))


async def _weigh(problem: Problem, roster: Mapping[Slot, str], stages: Sequence[StageResult], link: Link) -> Curve:
    from oncall_ui.solving.repair.bending import curve_of  # noqa: PLC0415 - only this process needs the solver

    async with link.turn():
        return await asyncio.to_thread(curve_of, problem, roster, stages, seconds=problem.seconds)
