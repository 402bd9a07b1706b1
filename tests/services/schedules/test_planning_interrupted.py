"""What happens while a draft is planned: it is stopped, discarded, interrupted or killed."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Problem
from oncall_ui.domain.schedules.planning.result import Result, Stage
from oncall_ui.jobs import Jobs
from oncall_ui.models import SchedulePlan, now
from oncall_ui.planner import Planner
from oncall_ui.services.schedules.drafts import planning
from oncall_ui.services.schedules.drafts.drafts import create_draft, discard_draft, plan_again, stop_planning
from oncall_ui.services.schedules.drafts.planning import claim_plan, release_plan, run_due_plans, run_plan
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.worker.calls import Call
from tests.conftest import Person
from tests.services.helpers.schedules import (
    keep_schedule,
    next_monday,
)

WAIT_SECONDS = 30


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.02)


class Slow(Planner):
    """Solves for as long as nobody stops it, then gives the best so far: a large plan on a slow machine."""

    def __init__(self, real: Planner) -> None:
        self._real = real
        self.began = asyncio.Event()
        self.was_cancelled = False

    async def plan(
        self, problem: Problem, told: Callable[[str, float, float], None], stopped: Callable[[], Awaitable[None]]
    ) -> Result:
        told("fairness", 12, float("-inf"))
        self.began.set()
        try:
            await stopped()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return await self._real.plan(problem, told, stopped)


@pytest.fixture
def slow(app: App) -> Slow:
    found = Slow(app.planner)
    object.__setattr__(app, "planner", found)
    return found


def test_progress_is_shown_and_a_stop_keeps_the_best(app: App, bob: Person, slow: Slow) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))

    async def play() -> None:
        running = asyncio.create_task(run_due_plans(app))
        await until(lambda: read_draft(app, bob.id, schedule, number).progress is not None)
        progress = read_draft(app, bob.id, schedule, number).progress
        assert progress is not None
        assert (progress.stage, progress.best, progress.bound) == (Stage.FAIRNESS, 12, None)
        assert progress.since is not None and progress.since <= now()
        await asyncio.to_thread(stop_planning, app, bob.id, schedule, number)
        async with asyncio.timeout(WAIT_SECONDS):
            assert await running == 1

    asyncio.run(play())
    draft = read_draft(app, bob.id, schedule, number)
    assert (draft.line.status, len(draft.slots), draft.progress) == (PlanStatus.DRAFT, 3, None)


def test_discarding_ends_the_planning(app: App, bob: Person, slow: Slow) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))

    async def play() -> None:
        running = asyncio.create_task(run_due_plans(app))
        await slow.began.wait()
        await asyncio.to_thread(discard_draft, app, bob.id, schedule, number)
        await running

    asyncio.run(play())
    assert slow.was_cancelled
    draft = read_draft(app, bob.id, schedule, number)
    assert (draft.line.status, draft.slots) == (PlanStatus.DROPPED, ())


def test_a_process_that_stops_gives_the_draft_back(app: App, bob: Person, slow: Slow) -> None:
    schedule = keep_schedule(app, bob, [bob])
    create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))

    async def play() -> None:
        running = asyncio.create_task(run_due_plans(app))
        await slow.began.wait()
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled()

    asyncio.run(play())
    assert (job := claim_plan(app)) is not None and job.progress["tries"] == 1


def test_the_jobs_of_the_server_plan_what_is_asked_for(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))

    async def play() -> None:
        jobs = Jobs(app)
        jobs.start()
        try:
            await until(lambda: read_draft(app, bob.id, schedule, number).line.status is PlanStatus.DRAFT)
        finally:
            await jobs.stop()

    asyncio.run(play())


def test_a_process_that_was_killed_loses_its_lease_and_what_it_still_brings(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))
    dead = claim_plan(app)
    assert dead is not None and claim_plan(app) is None, "somebody is at it"
    with app.db.write() as session:
        session.exec(select(SchedulePlan)).one().lease_until = now() - timedelta(seconds=1)
    second = claim_plan(app)
    assert second is not None and second.progress["tries"] == 2
    asyncio.run(run_plan(app, dead))
    assert read_draft(app, bob.id, schedule, number).line.status is PlanStatus.PLANNING
    release_plan(app, dead)
    asyncio.run(run_plan(app, second))
    assert len(read_draft(app, bob.id, schedule, number).slots) == 3


def test_a_draft_that_kills_its_process_thrice_fails(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))
    for _ in range(planning.MOST_TRIES):
        assert claim_plan(app) is not None
        with app.db.write() as session:
            session.exec(select(SchedulePlan)).one().lease_until = now() - timedelta(seconds=1)
    asyncio.run(run_due_plans(app))
    draft = read_draft(app, bob.id, schedule, number)
    assert (draft.line.status, draft.note) == (PlanStatus.FAILED, planning.NO_LUCK)
    plan_again(app, bob.id, schedule, number)
    asyncio.run(run_due_plans(app))
    assert read_draft(app, bob.id, schedule, number).line.status is PlanStatus.DRAFT


def test_the_solver_may_be_killed(app: App, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = keep_schedule(app, bob, [bob])
    number = create_draft(app, bob.id, schedule, next_monday(), next_monday() + timedelta(days=3))
    own = Planner(seconds=20)
    object.__setattr__(app, "planner", own)
    server, killed = own._workers._server, list[int]()
    fork = server.fork

    def fork_and_kill(module: str) -> Call:
        """The first one, which has its problem still to come: however fast it solves, it is there."""
        call = fork(module)
        while not killed:
            time.sleep(0.01)
            killed.extend(forked_by(own))
            for child in killed:
                os.kill(child, signal.SIGKILL)
        return call

    monkeypatch.setattr(server, "fork", fork_and_kill)
    try:
        asyncio.run(run_due_plans(app))
    finally:
        own.stop()
    assert len(killed) == own.lost == 1
    draft = read_draft(app, bob.id, schedule, number)
    assert len(draft.slots) == 3, draft.note


def forked_by(planner: Planner) -> list[int]:
    """The processes that its fork server has forked and not reaped."""
    running = planner._workers._server._running
    return _children(running[0].pid) if running else []


def _children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
