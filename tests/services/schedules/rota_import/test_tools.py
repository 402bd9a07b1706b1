"""History from tools that page, over real HTTP, in a worker, with the key in no place where it could stay."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.rota_import.rota import RotaSource
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import now
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.preview import preview_rota, suggest_people
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool, read_from_tool
from providers.rotas import TOOLS, Place
from providers.rotas.goalert import QUERY
from tests.conftest import Person
from tests.fakes import goalert, grafana, opsgenie, pagerduty
from tests.fakes.goalert import GoAlertServer
from tests.fakes.grafana import GrafanaServer
from tests.fakes.opsgenie import OpsgenieServer
from tests.fakes.pagerduty import PagerDutyServer
from tests.services.helpers.schedules import keep_schedule, participant_of

"""On SQLite alone: the database has no part in it."""

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def week(ago: int) -> datetime:
    """The start of a week, 09:00 UTC."""
    today = now().date()
    return datetime.combine(today - timedelta(days=today.weekday(), weeks=ago), time(9), UTC)


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    return keep_schedule(app, bob, [bob, mallory], roles={"primary": 100, "secondary": 50})


@pytest.fixture
def opsgenie_server() -> Iterator[OpsgenieServer]:
    with OpsgenieServer() as server:
        server.add("s0", "Other")
        weekly = {"name": "Platform_primary", "type": "weekly", "length": 1, "startDate": "2025-01-06T09:00:00Z"}
        server.add("s1", "Platform", [weekly], zone="UTC")
        for number in range(20):
            user = ("bob@example.org", "mallory@example.org", "")[number % 3]
            server.periods["s1"].append(("Platform_primary", week(number + 1), week(number), user))
        yield server


@pytest.fixture
def pagerduty_server() -> Iterator[PagerDutyServer]:
    with PagerDutyServer() as server:
        server.add("PABC123", "Platform secondary")
        server.users = {
            "P1": ("B. Example", "bob@example.org"),
            "P2": ("Someone", "x@example.org"),
            "P3": ("Mallory", "m@example.org"),
        }
        for number in range(12):
            server.entries["PABC123"].append((week(number + 1), week(number), ("P1", "P3")[number % 2]))
        yield server


@pytest.fixture
def goalert_server() -> Iterator[GoAlertServer]:
    with GoAlertServer(QUERY) as server:
        server.add(UUID, "Platform")
        for number in range(15):
            who = (("Bob", "bob@example.org"), ("Mallory", ""), ("", ""))[number % 3]
            server.shifts[UUID].append((week(number + 1), week(number), *who))
        yield server


@pytest.fixture
def grafana_server() -> Iterator[GrafanaServer]:
    with GrafanaServer() as server:
        server.add("SBM7DV7BKFUYU", "Platform secondary")
        for number in range(-4, 50):
            who = (("bob", "bob@example.org"), ("mallory", ""))[number % 2]
            server.shifts["SBM7DV7BKFUYU"].append((week(number + 1), week(number), *who))
        yield server


def at(app: App, source: RotaSource, origin: str) -> App:
    """The app, with the tool at another address."""

    def place(schedule: str, region: str) -> Place:
        return replace(original.place(schedule, region), origin=origin)

    original = next(each for each in TOOLS if each.source is source)
    return replace(app, rota_tools=[replace(original, place=place)])


def read(app: App, person: Person, schedule: int, source: RotaSource, asked: Asked) -> FromTool:
    return asyncio.run(read_from_tool(app, person.id, schedule, source, asked))


def test_opsgenie_gives_history_and_rules(
    app: App, bob: Person, schedule: int, opsgenie_server: OpsgenieServer
) -> None:
    there = at(app, RotaSource.OPSGENIE, opsgenie_server.url())
    opsgenie_server.fail("timeline", status=429, retry_after="0", times=2)
    found = read(there, bob, schedule, RotaSource.OPSGENIE, Asked("platform", opsgenie.KEY, "EU"))
    entries = found.rota.entries
    assert len(entries) == 14, "weeks that two months cut are whole again; those of nobody aren't there"
    assert {entry.role for entry in entries} == {"primary"}
    assert {entry.end - entry.start for entry in entries} == {timedelta(days=7)}
    people = suggest_people(app, bob.id, schedule, found.rota)
    assert people["bob@example.org"] == participant_of(app, schedule, bob)
    assert found.rules is not None
    (rule,) = found.rules.rules
    assert (set(rule.days), rule.at.hour) == ({0}, 9)
    preview = preview_rota(app, bob.id, schedule, found.rota, Choices({k: v for k, v in people.items() if v}))
    assert preview.slots == 14 * 7
    assert len(opsgenie_server.requests("timeline")) == 16 + 2


def test_pagerduty_gives_whole_entries_and_addresses(
    app: App, bob: Person, schedule: int, pagerduty_server: PagerDutyServer
) -> None:
    there = at(app, RotaSource.PAGERDUTY, pagerduty_server.url())
    asked = Asked("https://acme.pagerduty.com/schedules#PABC123", pagerduty.KEY)
    found = read(there, bob, schedule, RotaSource.PAGERDUTY, asked).rota
    assert len(found.entries) == 12
    assert {entry.role for entry in found.entries} == {"secondary"}
    assert {(entry.who.name, entry.who.email) for entry in found.entries} == {
        ("B. Example", "bob@example.org"),
        ("Mallory", "m@example.org"),
    }
    pagerduty_server.fail("users", status=403)
    named = read(there, bob, schedule, RotaSource.PAGERDUTY, asked).rota
    assert {entry.who.email for entry in named.entries} == {""}, "without the right to see users, names have to do"


def test_goalert_gives_shifts_fifty_days_at_a_time(
    app: App, bob: Person, schedule: int, goalert_server: GoAlertServer
) -> None:
    there = at(app, RotaSource.GOALERT, goalert_server.url())
    asked = Asked(f"https://goalert.example.org/schedules/{UUID}", goalert.KEY)
    found = read(there, bob, schedule, RotaSource.GOALERT, asked).rota
    assert len(found.entries) == 10
    assert {entry.who.key for entry in found.entries} == {"bob@example.org", "mallory"}
    assert len(goalert_server.requests()) == 10
    goalert_server.query = "{ user { id } }"
    with pytest.raises(InvalidInput, match="another query"):
        read(there, bob, schedule, RotaSource.GOALERT, asked)


def test_grafana_oncall_gives_final_shifts_page_by_page(
    app: App, bob: Person, schedule: int, grafana_server: GrafanaServer
) -> None:
    there = at(app, RotaSource.GRAFANA, grafana_server.url("/oncall"))
    asked = Asked("https://oncall.example.net/oncall/schedules/SBM7DV7BKFUYU", grafana.KEY)
    grafana_server.fail("final_shifts", status=429, retry_after="0")
    found = read(there, bob, schedule, RotaSource.GRAFANA, asked).rota
    assert len(found.entries) == 54, "weeks that spans cut at midnight are whole again"
    assert {entry.end - entry.start for entry in found.entries} == {timedelta(days=7)}
    assert {(entry.who.key, entry.role) for entry in found.entries} == {
        ("bob@example.org", "secondary"),
        ("mallory", "secondary"),
    }
    assert found.entries[-1].end > now() + timedelta(days=14), "what is still to come, too"
    for changed, says in (
        (replace(asked, key="wrong-key"), "doesn’t know this API key"),
        (replace(asked, schedule="https://oncall.example.net/oncall/schedules/SNOTHERE1"), "no such schedule"),
    ):
        with pytest.raises(InvalidInput, match=says):
            read(there, bob, schedule, RotaSource.GRAFANA, changed)
    grafana_server.shifts["SBM7DV7BKFUYU"].clear()
    with pytest.raises(InvalidInput, match="No shifts found"):
        read(there, bob, schedule, RotaSource.GRAFANA, asked)


def test_rotations_that_dont_map_are_said_one_by_one_and_cost_no_history(
    app: App, bob: Person, schedule: int, opsgenie_server: OpsgenieServer
) -> None:
    there = at(app, RotaSource.OPSGENIE, opsgenie_server.url())
    start = {"startDate": "2025-01-06T09:00:00Z", "length": 1}
    broken = {"type": "time-of-day", "restriction": {"startHour": 99, "endHour": 8}}
    opsgenie_server.schedules[1] |= {
        "timezone": "Mars/Base",
        "rotations": [
            {"name": "Week", "type": "weekly", **start},
            {"name": "Old", "type": "weekly", "endDate": "2025-02-03T09:00:00Z", **start},
            {"name": "Months", "type": "monthly", **start},
            {"name": "Odd hours", "type": "daily", "timeRestriction": broken, **start},
            {"name": "Long", "type": "weekly", "startDate": "2025-01-06T09:00:00Z", "length": 10**9},
        ],
    }
    found = read(there, bob, schedule, RotaSource.OPSGENIE, Asked("Platform", opsgenie.KEY, "US"))
    assert len(found.rota.entries) == 14
    assert found.rules is not None
    assert [(set(rule.days), rule.at.hour) for rule in found.rules.rules] == [({0}, 9)]
    assert found.rules.notes == (
        "“Week” has times in Mars/Base, a zone we don’t know; here they are read in UTC.",
        "“Old” has ended, so it becomes no rule.",
        "“Months” can’t become a rule: it changes “monthly”, and only hourly, daily and weekly are known here.",
        "“Odd hours” can’t become a rule: its “startHour” isn’t a time of day.",
        "“Long” can’t become a rule: its length isn’t a number of turns.",
    )


FAULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"status": 401}, "doesn’t know this API key"),
    ({"status": 500}, "answered with an error"),
    ({"status": 200, "body": b"<html>"}, "can’t read"),
    ({"status": 200, "body": b'{"data": 7}'}, "can’t read"),
    ({"status": 200, "body": b'{"data": []}'}, "no schedule “Platform”"),
    ({"status": 200, "body": b"[" * 100_000}, "can’t read"),
    ({"cut": True}, "incomplete or invalid|can’t be reached"),
)


def test_what_goes_wrong_is_said_and_names_no_key(
    app: App, bob: Person, schedule: int, opsgenie_server: OpsgenieServer, caplog: pytest.LogCaptureFixture
) -> None:
    there = at(app, RotaSource.OPSGENIE, opsgenie_server.url())
    asked = Asked("Platform", opsgenie.KEY, "US")
    for fault, says in FAULTS:
        opsgenie_server.heal("schedules")
        opsgenie_server.fail("schedules", times=None, **fault)
        with pytest.raises(InvalidInput, match=says) as refused:
            read(there, bob, schedule, RotaSource.OPSGENIE, asked)
        assert opsgenie.KEY not in str(refused.value) + caplog.text + repr(asked)


def test_forms_are_checked_before_anything_is_sent(app: App, bob: Person, mallory: Person, schedule: int) -> None:
    key = "x" * 20
    for source, asked, field in (
        (RotaSource.OPSGENIE, Asked("Platform", "short", "US"), "API key"),
        (RotaSource.OPSGENIE, Asked("Platform", "with a\nline break", "US"), "API key"),
        (RotaSource.OPSGENIE, Asked(" ", key, "US"), "Schedule"),
        (RotaSource.OPSGENIE, Asked("Platform", key, "Mars"), "Schedule"),
        (RotaSource.PAGERDUTY, Asked("https://evil.example/schedules/PABC123", key), "Schedule’s address"),
        (RotaSource.GOALERT, Asked("javascript:alert(1)", key), "Schedule’s address"),
        (RotaSource.CSV, Asked("Platform", key), "Tool"),
    ):
        with pytest.raises(InvalidInput) as refused:
            read(app, bob, schedule, source, asked)
        assert refused.value.field == field
    local = Asked(f"http://10.1.2.3/schedules/{UUID}", key)
    with pytest.raises(InvalidInput, match="own network"):
        read(app, bob, schedule, RotaSource.GOALERT, local)
    set_access(app, bob.id, schedule, mallory.id, Access.MEMBER)
    with pytest.raises(NotAllowed):
        read(app, mallory, schedule, RotaSource.OPSGENIE, Asked("Platform", key, "US"))
