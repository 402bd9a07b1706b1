"""The API's answers about on-call schedules."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.sharing.tokens import create_token
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.sharing.test_api import OF_SCHEDULES, client_of, fits
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand


def span() -> str:
    return f"start={in_plan(0):%Y-%m-%d}&end={in_plan(9):%Y-%m-%d}"


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob, Mallory, Bob and a gap, by days; Bob manages it."""
    found = keep_schedule(app, bob, [bob, mallory], name="Platform on-call")
    b, m = participant_of(app, found, bob), participant_of(app, found, mallory)
    publish_by_hand(app, bob, found, [b, m, b, None])
    return found


def utc(day: int) -> str:
    return f"{in_plan(day):%Y-%m-%dT%H:%M:%SZ}"


async def test_a_program_reads_who_is_on_call(browser: Browser, app: App, bob: Person, schedule: int) -> None:
    client = await client_of(browser, app, bob)
    b = {"id": bob.id, "name": "Bob"}
    told = (await client.get("/api/v1/schedules")).json()["schedules"]
    assert told == [
        {"id": schedule, "name": "Platform on-call", "zone": "UTC", "access": "manager", "published_until": utc(4)}
    ]
    shifts = (await client.get(f"/api/v1/schedules/{schedule}/shifts?{span()}")).json()["shifts"]
    assert [(each["start"], (each["member"] or {}).get("name")) for each in shifts] == [
        (utc(0), "Bob"), (utc(1), "Mallory"), (utc(2), "Bob"), (utc(3), None),
    ]  # fmt: skip
    assert shifts[0] == {"start": utc(0), "end": utc(1), "type": "weekday", "role": "primary", "member": b}
    mine = (await client.get(f"/api/v1/me/shifts?{span()}")).json()["shifts"]
    assert [each["start"] for each in mine] == [utc(0), utc(2)]
    assert (mine[0]["member"], mine[0]["schedule"]) == (b, {"id": schedule, "name": "Platform on-call"})
    at = (in_plan(1) + timedelta(hours=3)).isoformat().replace("+00:00", "Z")
    answer = (await client.get(f"/api/v1/schedules/{schedule}/on-call?at={at}")).json()
    assert answer == {
        "at": at,
        "on_call": [
            {
                "role": "primary",
                "member": {"id": app_id(shifts), "name": "Mallory"},
                "until": utc(2),
                "next": b | {"start": utc(2), "end": utc(3)},
            }
        ],
    }
    fairness = (await client.get(f"/api/v1/schedules/{schedule}/fairness")).json()["fairness"]
    account = next(each for each in fairness if (each["person"], each["bucket"]) == (str(bob.id), "all"))
    assert account == {
        "person": str(bob.id), "name": "Bob", "bucket": "all", "due": 1.5, "done": 2.0, "carried": 0.5, "balance": 0.5,
    }  # fmt: skip


def app_id(shifts: list[dict[str, Any]]) -> int:
    return int(shifts[1]["member"]["id"])


async def test_every_answer_is_as_described_and_sent_again_only_when_it_changed(
    browser: Browser, app: App, bob: Person, schedule: int
) -> None:
    client = await client_of(browser, app, bob)
    told = (await client.get("/api/v1/openapi.json")).json()
    for path in OF_SCHEDULES:
        query = f"at={in_plan(0):%Y-%m-%d}" if path.endswith("on-call") else span()
        address = f"{path.format(schedule_id=schedule)}?{query}"
        answer = await client.get(address)
        schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        fits(answer.json(), schema, told)
        again = await client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "private, no-cache")
    address = f"/api/v1/me/shifts?{span()}"
    tag = (await client.get(address)).headers["etag"]
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)], first=1)
    changed = await client.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, len(changed.json()["shifts"])) == (200, 3)


async def test_others_find_no_schedule(browser: Browser, app: App, alice: Person, bob: Person, mallory: Person) -> None:
    theirs = keep_schedule(app, bob, [bob])
    client = await client_of(browser, app, mallory)
    paths = [path.format(schedule_id=theirs) for path in OF_SCHEDULES if "{" in path]
    refused = [(await client.get(path)).status_code for path in [*paths, "/api/v1/schedules/9999999999/shifts"]]
    assert refused == [404] * 4
    assert (await client.get("/api/v1/schedules")).json() == {"schedules": []}
    set_access(app, bob.id, theirs, mallory.id, Access.VIEWER)
    assert [(await client.get(path)).status_code for path in paths] == [200, 200, 404]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("on-call", "at=tomorrow"),
        ("on-call", "at=9999-12-31"),
        ("on-call", "at=9999-12-31T23:59:59-12:00"),
        ("shifts", "start=0001-01-02&end=0001-01-03"),
        ("shifts", "start=2026-11-23&end=2026-11-22"),
    ],
)
async def test_times_that_make_no_sense_are_refused(
    browser: Browser, app: App, bob: Person, path: str, query: str
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    client = (await browser()).http_client
    client.headers["Authorization"] = f"Bearer {create_token(app, bob.id, 'Script')}"
    answer: httpx.Response = await client.get(f"/api/v1/schedules/{schedule}/{path}?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
