"""The demo (docs/architecture.md): its team goes through the real services, its calendars through the real import."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlmodel import func, select

from oncall_ui.app import App, open_app
from oncall_ui.demo import demo_settings
from oncall_ui.demo.calendars import ARCHIVED, UNTAGGED
from oncall_ui.demo.destinations import HOOKS
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.demo.seeding import seed
from oncall_ui.demo.team import TEAM, served
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.schedules.cover.states import RequestKind, RequestState
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.models import Calendar, Member
from oncall_ui.planner import Planner
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.profile import get_profile, next_holiday
from oncall_ui.services.connections.views import CalendarView, list_connections
from oncall_ui.services.schedules.cover.reading import read_swaps
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.services.schedules.destinations.views import read_destinations
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.views import list_plans, read_draft
from oncall_ui.services.schedules.ledger.fairness import read_fairness
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import ShiftView, list_schedules, read_shifts
from oncall_ui.services.team.grid import read_team, team_spans
from oncall_ui.worker import Workers
from tests.conftest import QUICK_PASSWORDS
from tests.demo_time import PASSWORD, Clock
from tests.e2e.server import ROOT
from tests.ports import free_port
from tests.services.helpers.imports import import_due, make_due

pytestmark = pytest.mark.slow
START = 120


@dataclass(frozen=True)
class Demo:
    app: App
    server: FeedServer
    clock: Clock

    def calendar(self, name: str, nickname: str) -> CalendarView:
        """The calendar of the member called `name`, on the connection called `nickname`."""
        (found,) = (each for each in list_connections(self.app, self.member(name)) if each.nickname == nickname)
        return found.calendars[0]

    def member(self, name: str) -> int:
        with self.app.db.read() as session:
            found = session.exec(select(Member).where(Member.email == f"{name.lower()}@example.org")).one().id
        assert found is not None
        return found


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path, workers: Workers, planner: Planner
) -> Iterator[Demo]:
    """Everything that is on has been imported once; the tests only look at it."""
    clock, folder = Clock(), tmp_path_factory.mktemp("demo")
    shutil.copy(migrated, folder)
    with FeedServer(served(), hooks=HOOKS, clock=clock, pace=0) as server:
        app = opened(folder, server, workers, planner)
        asyncio.run(seed(app, server, PASSWORD))
        with app.db.read() as session:
            waiting = session.exec(select(func.count()).where(Calendar.state == State.WAITING)).one()
        assert waiting == 3  # those to watch: the others are imported by then
        asyncio.run(import_all(app))
        yield Demo(app, server, clock)
        app.db.close()


async def import_all(app: App) -> int:
    count = 0
    while done := await import_due(app):
        count += done
    return count


@pytest.fixture
def moving_demo(demo: Demo, tmp_path: Path) -> Iterator[Demo]:
    """A copy, to go on from the first imports."""
    before, kept = demo.clock.now, demo.app.settings.data_dir
    copy = tmp_path / "copy"
    demo.app.db.engine.dispose()  # its file is whole then
    shutil.copytree(kept, copy)
    app = opened(copy, demo.server, demo.app.workers, demo.app.planner)
    yield Demo(app, demo.server, demo.clock)
    app.db.close()
    demo.clock.now = before


def opened(folder: Path, server: FeedServer, workers: Workers, planner: Planner) -> App:
    settings = demo_settings(folder, server.address)
    return open_app(settings, workers=workers, planner=planner, passwords=QUICK_PASSWORDS)


def test_members_log_in_and_the_first_is_the_administrator(demo: Demo) -> None:
    assert len(TEAM) == 6
    assert all(log_in(demo.app, person.email, PASSWORD) for person in (TEAM[0], TEAM[-1]))
    with demo.app.db.read() as session:
        assert [each.name for each in session.exec(select(Member)) if each.is_admin] == ["Alice Moreno"]


def test_calendars_that_are_well_are_up_to_date(demo: Demo) -> None:
    well = [
        ("Alice", "Work"),
        ("Alice", "Everything"),
        ("Alice", "Incident drills"),
        ("Alice", "Climbing club"),
        ("Bob", "Public holidays"),
        ("Chidi", "Night shift wishes"),
        ("Dana", "Clinic"),
        ("Elif", "Work"),
    ]
    found = {(name, nickname): demo.calendar(name, nickname) for name, nickname in well}
    assert {which: each.state for which, each in found.items()} == dict.fromkeys(well, State.UP_TO_DATE)
    assert [which for which, each in found.items() if each.entries == 0 or each.problems] == []
    assert found["Alice", "Everything"].events_read == ARCHIVED


def test_a_calendar_without_tags_says_what_to_change(demo: Demo) -> None:
    found = demo.calendar("Bob", "Meetings")
    assert (found.state, found.events_read, found.entries) == (State.UP_TO_DATE, UNTAGGED, 0)
    assert found.why == "none is tagged: choose how events count"


def test_a_calendar_that_is_down_is_tried_again_when_its_server_says(demo: Demo) -> None:
    found = demo.calendar("Alice", "Customer visits")
    assert (found.state, found.cause) == (State.RETRYING, "server_error")
    assert found.next_import_at is not None and found.next_import_at > datetime.now(UTC) + timedelta(seconds=70)


def test_a_calendar_unread_for_days_keeps_what_it_brought_and_says_since_when(demo: Demo) -> None:
    found = demo.calendar("Chidi", "Band rehearsals")
    assert (found.state, found.cause) == (State.RETRYING, "server_error")
    assert found.entries > 0
    assert found.last_read_at is not None and found.last_read_at < datetime.now(UTC) - timedelta(days=2)


def test_the_team_shows_every_way_a_member_can_stand(demo: Demo) -> None:
    zone = ZoneInfo("Europe/Berlin")
    today = datetime.now(zone).date()
    window = days_from(today, zone)
    view = read_team(demo.app, demo.member("Alice"), window, datetime.now(UTC))
    assert {member.name: member.freshness for member in view.members} == {
        "Alice Moreno": Freshness.NOT_READ_YET,  # one calendar is down from the start; a minute later another needs her
        "Bob Tanaka": Freshness.UP_TO_DATE,
        "Chidi Okafor": Freshness.STALE,
        "Dana Weiss": Freshness.UP_TO_DATE,
        "Elif Kaya": Freshness.UP_TO_DATE,
        "Farid Haddad": Freshness.NOTHING_CONNECTED,
    }
    actions = {member.name: {span.action for span in view.spans[member.id]} for member in view.members}
    assert [name for name, found in actions.items() if found != set(Action)] == ["Farid Haddad"]


def test_members_live_all_over_the_world_and_rest_there(demo: Demo) -> None:
    profiles = [get_profile(demo.app, demo.member(person.name.split()[0])) for person in TEAM]
    assert {"Pacific/Auckland", "America/Los_Angeles"} <= {each.zone for each in profiles}
    assert all(next_holiday(each.country, each.region, datetime.now(UTC).date()) for each in profiles)
    assert sum(each.holidays_block for each in profiles) == 3


def test_a_schedule_is_in_mid_life(demo: Demo) -> None:
    alice, moment = demo.member("Alice"), datetime.now(UTC)
    (card,) = list_schedules(demo.app, alice, moment)
    assert (card.name, card.drafts) == ("Platform on-call", 1)
    assert all(role.now is not None and role.next is not None for role in card.on_call)
    shifts = read_shifts(demo.app, alice, card.id, moment - timedelta(days=60), moment + timedelta(days=90))
    assert len(shifts) == 72 and {each.name for each in shifts} == {person.name for person in TEAM}
    # Four weeks back, less the hours until Monday's handoff.
    assert shifts[0].start < moment - timedelta(days=27) and moment + timedelta(weeks=7) < shifts[-1].end
    fairness = read_fairness(demo.app, alice, card.id)
    assert sum(each.balance != 0 for each in fairness.accounts if each.bucket == "all") == 6
    (draft, published) = list_plans(demo.app, alice, card.id)
    assert (draft.status, published.status) == (PlanStatus.PLANNING, PlanStatus.PUBLISHED)


def test_requests_wait_for_the_manager_one_is_their_own_and_one_was_settled(demo: Demo) -> None:
    found = read_swaps(demo.app, demo.member("Alice"), 1, datetime.now(UTC))
    assert sorted(each.kind for each in found.waiting) == [RequestKind.COVER, RequestKind.OFFER]
    (own,) = found.mine
    assert own.asked[0].asked_at is not None and own.asked[-1].answer is None
    (settled,) = found.settled
    assert settled.back is not None and settled.state is RequestState.TAKEN


def test_one_destination_is_in_step_and_one_needs_its_manager(demo: Demo) -> None:
    async def send() -> None:
        sendings = Sendings(demo.app)
        await sendings.look()
        await sendings.idle()

    asyncio.run(send())
    found = read_destinations(demo.app, demo.member("Alice"), 1)
    assert [(each.kind, each.state) for each in found] == [
        (DestinationKind.WEBHOOK, DestinationState.IN_STEP),
        (DestinationKind.SLACK, DestinationState.NEEDS_YOU),
    ]


def test_one_holder_is_blocked_on_a_published_shift_also_once_every_calendar_is_read(demo: Demo) -> None:
    assert len(conflicts(demo)) == 1


def conflicts(demo: Demo) -> list[ShiftView]:
    """The coming shifts on which the holder is blocked, but wasn't when they were published."""
    moment = datetime.now(UTC)
    end = moment + timedelta(days=120)
    spans = team_spans(demo.app, moment, end)
    return [
        shift
        for shift in read_shifts(demo.app, demo.member("Alice"), 1, moment, end)
        if not shift.is_accepted
        and any(
            span.action is Action.BLOCK and span.start < shift.end and shift.start < span.end
            for span in spans[shift.member_id or 0]
        )
    ]


def test_a_calendar_nobody_switched_on_stays_off(demo: Demo) -> None:
    assert demo.calendar("Farid", "Field trips").state is State.OFF


def test_after_a_minute_one_is_gone_and_keeps_what_it_brought_and_one_has_changed(moving_demo: Demo) -> None:
    climbing, drills = (moving_demo.calendar("Alice", name) for name in ("Climbing club", "Incident drills"))
    moving_demo.clock.now += timedelta(minutes=1)
    make_due(moving_demo.app)
    asyncio.run(import_all(moving_demo.app))
    gone = moving_demo.calendar("Alice", "Climbing club")
    assert (gone.state, gone.cause, gone.entries) == (State.NEEDS_YOU, "not_found", climbing.entries)
    changed = moving_demo.calendar("Alice", "Incident drills")
    assert changed.state is State.UP_TO_DATE
    assert changed.entries != drills.entries
    assert_the_draft_can_be_published(moving_demo)


def assert_the_draft_can_be_published(demo: Demo) -> None:
    """Whatever was imported since: nothing that it was planned from has changed."""
    alice = demo.member("Alice")
    asyncio.run(run_due_plans(demo.app))
    draft = read_draft(demo.app, alice, 1, 2)
    make_due(demo.app)
    asyncio.run(import_all(demo.app))
    assert publish(demo.app, alice, 1, 2, draft.revision).changes
    assert len(conflicts(demo)) == 1


def test_the_demo_touches_no_real_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCALL_DATABASE_URL", "postgresql+psycopg://db.example.org/real")
    monkeypatch.setenv("ONCALL_DATA_DIR", "/real")
    monkeypatch.setenv("ONCALL_ALLOWED_PRIVATE_HOSTS", "10.0.0.0/8")
    monkeypatch.setenv("ONCALL_PORT", "9123")
    settings = demo_settings(tmp_path, "127.0.0.1:4711")
    assert settings.database == f"sqlite:///{tmp_path / 'oncall.db'}"
    assert (settings.data_dir, settings.allowed_private_hosts) == (tmp_path, "127.0.0.1:4711")
    assert settings.port == 9123


def test_the_demo_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "NICEGUI_", "ONCALL_"))
    }
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, ROOT / "run.py", "demo"],
        env=environment | {"ONCALL_PORT": str(port), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_ready(running, f"http://127.0.0.1:{port}/readyz")
        assert len(list(tmp_path.glob("oncall-demo-*/oncall.db"))) == 1
        running.terminate()
        words, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0
    assert "alice@example.org" in words
    assert list(tmp_path.iterdir()) == []


def wait_until_ready(running: subprocess.Popen[str], url: str) -> None:
    deadline = time.monotonic() + START
    while True:
        assert running.poll() is None, "the demo ended instead of getting ready"
        assert time.monotonic() < deadline, f"the demo was not ready in {START} seconds"
        try:
            if httpx.get(url, timeout=2, trust_env=False, verify=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
