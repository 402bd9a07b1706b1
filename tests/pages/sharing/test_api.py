"""The API: what it tells, to whom, and how it refuses."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.security.rate_limits import WRONG_TOKENS
from oncall_ui.services.sharing.tokens import create_token, list_tokens, remove_token
from pages.sharing.api import routes as screens
from pages.sharing.api.parameters import Unclear, span
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import B, P, add_calendar

PATHS = ("/api/v1/me/availability", "/api/v1/team/availability", "/api/v1/calendars")
OF_SCHEDULES = tuple(
    f"/api/v1/{path}"
    for path in (
        "me/shifts",
        "schedules",
        "schedules/{schedule_id}/shifts",
        "schedules/{schedule_id}/on-call",
        "schedules/{schedule_id}/fairness",
    )
)
"""Their answers: test_schedule_api.py."""
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SUMMER = "start=2099-07-01&end=2099-07-03"


async def client_of(browser: Browser, app: App, person: Person) -> httpx.AsyncClient:
    """A program of this member's: a token, no cookie."""
    client = (await browser()).http_client
    client.headers["Authorization"] = f"Bearer {create_token(app, person.id, 'Script')}"
    return client


async def test_it_tells_a_member_of_their_own_availability(browser: Browser, app: App, bob: Person) -> None:
    add_calendar(
        app,
        bob,
        "Work",
        [("2099-07-01 09:00", "2099-07-01 11:00", B), ("2099-07-01 10:00", "2099-07-01 12:00", B),
         ("2099-07-02 22:00", "2099-07-04 09:00", P)],
    )  # fmt: skip
    client = await client_of(browser, app, bob)
    answer = await client.get(f"/api/v1/me/availability?{SUMMER}")
    told = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (told["id"], told["name"]) == (bob.id, "Bob")
    assert (told["start"], told["end"]) == ("2099-06-30T22:00:00Z", "2099-07-02T22:00:00Z")
    assert told["intervals"] == [
        {"start": "2099-07-01T07:00:00Z", "end": "2099-07-01T10:00:00Z", "action": "block"},
        {"start": "2099-07-02T20:00:00Z", "end": "2099-07-02T22:00:00Z", "action": "prefer"},
    ]


async def test_it_tells_of_the_team_and_nothing_private(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    today = start_of_day(datetime.now(BERLIN).date(), BERLIN)
    add_calendar(app, alice, "Divorce lawyer", [("2099-07-01 09:00", "2099-07-01 11:00", B)], last_read_at=today)
    client = await client_of(browser, app, bob)
    answer = await client.get(f"/api/v1/team/availability?{SUMMER}")
    hers, his = answer.json()["members"]
    assert hers.keys() == {"id", "name", "freshness", "known_from", "known_to", "unknown_since", "intervals"}
    assert (hers["name"], hers["freshness"], hers["known_from"]) == (
        "Alice",
        "up_to_date",
        f"{today:%Y-%m-%dT%H:%M:%SZ}",
    )
    assert hers["intervals"] == [{"start": "2099-07-01T07:00:00Z", "end": "2099-07-01T09:00:00Z", "action": "block"}]
    assert his == {
        "id": bob.id,
        "name": "Bob",
        "freshness": "nothing_connected",
        "known_from": None,
        "known_to": None,
        "unknown_since": None,
        "intervals": [],
    }
    for private in ("example.org", "Divorce", "Berlin"):
        assert private not in answer.text


async def test_it_tells_a_member_of_their_own_calendars(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    add_calendar(app, alice, "Hers")
    add_calendar(app, bob, "His", why="The address is gone.")
    client = await client_of(browser, app, bob)
    (told,) = (await client.get("/api/v1/calendars")).json()["calendars"]
    assert told.pop("id")
    assert told == {
        "name": "His",
        "connection": "His",
        "product": "ICS URL",
        "on": True,
        "mode": "matching",
        "state": "up_to_date",
        "last_read_at": "2026-11-24T08:58:00Z",
        "entries": 0,
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sent", [None, "Basic YWxpY2U6eA==", "Bearer guessed", "Bearer", "Bearer \xe9", "guessed"])
async def test_without_a_token_it_tells_nothing(browser: Browser, alice: Person, path: str, sent: str | None) -> None:
    client = (await browser()).http_client
    headers = {b"Authorization": sent.encode("latin-1")} if sent is not None else {}
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")
    assert ("invalid_token" in answer.headers["www-authenticate"]) is (sent is not None and sent.startswith("Bearer "))
    _is_problem(answer)


@pytest.mark.parametrize("path", PATHS)
async def test_a_login_is_no_token(browser: Browser, alice: Person, path: str) -> None:
    client = (await browser(alice)).http_client
    assert (await client.get("/calendars")).status_code == 200
    assert (await client.get(path)).status_code == 401


async def test_a_removed_token_is_refused(browser: Browser, app: App, alice: Person) -> None:
    client = await client_of(browser, app, alice)
    assert (await client.get(PATHS[0])).status_code == 200
    remove_token(app, alice.id, list_tokens(app, alice.id)[0].id)
    assert (await client.get(PATHS[0])).status_code == 401


async def test_guessing_is_slowed_down_and_the_right_token_still_works(
    browser: Browser, app: App, alice: Person
) -> None:
    client = await client_of(browser, app, alice)
    wrong = {"Authorization": "Bearer guessed"}
    answers = [(await client.get(PATHS[0], headers=wrong)).status_code for _ in range(WRONG_TOKENS.amount + 1)]
    assert answers == [401] * WRONG_TOKENS.amount + [429]
    refused = await client.get(PATHS[0], headers=wrong)
    assert refused.headers["retry-after"] == "60"
    _is_problem(refused)
    assert (await client.get(PATHS[0])).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "start=tomorrow",
        "end=2026-13-01",
        "start=2026-11-22T09:00:00",
        "start=2026-11-23&end=2026-11-22",
        "start=20261122",
    ],
)
async def test_a_span_that_cannot_be_read_is_refused_in_words(
    browser: Browser, app: App, alice: Person, query: str
) -> None:
    client = await client_of(browser, app, alice)
    for path in PATHS[:2]:
        answer = await client.get(f"{path}?{query}")
        assert answer.status_code == 422
        _is_problem(answer)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (None, None, "2026-11-21T23:00:00+00:00", "2027-02-19T23:00:00+00:00"),
        ("2026-03-28", None, "2026-03-27T23:00:00+00:00", "2026-06-25T22:00:00+00:00"),
        ("2026-03-29", "2026-03-30", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),
        (None, "2026-11-23", "2026-11-21T23:00:00+00:00", "2026-11-22T23:00:00+00:00"),
        ("2026-11-22T09:00:00Z", "2026-11-22t10:00z", "2026-11-22T09:00:00+00:00", "2026-11-22T10:00:00+00:00"),
        ("2026-11-22T09:00:00 01:00", None, "2026-11-22T08:00:00+00:00", "2027-02-20T08:00:00+00:00"),
        ("2026-11-22", "2027-12-27", "2026-11-21T23:00:00+00:00", "2027-12-26T23:00:00+00:00"),
    ],
)
def test_days_are_the_members_and_instants_have_an_offset(
    start: str | None, end: str | None, first: str, last: str
) -> None:
    assert [each.isoformat() for each in span(start, end, BERLIN, NOW)] == [first, last]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2026-11-22T09:00:00", None, "start is neither"),
        (None, "next week", "end is neither"),
        ("2026-02-30", None, "start is neither"),
        ("2026-W47-7", None, "start is neither"),
        ("٢٠٢٦-11-22", None, "start is neither"),
        ("2026-11-22", "2026-11-22", "end must be after start"),
        (None, "2020-01-01", "end must be after start"),
        ("2026-11-22", "2027-12-28", "more than 400 days"),
        ("0001-01-01", None, "out of range"),
        ("9999-12-31", None, "out of range"),
        ("9999-12-31T23:59:59-23:59", None, "out of range"),
    ],
)
def test_what_is_wrong_with_a_span_is_named(start: str | None, end: str | None, sentence: str) -> None:
    with pytest.raises(Unclear, match=sentence):
        span(start, end, BERLIN, NOW)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/members", 404),
        ("GET", "/api/v1/me/availability/", 404),
        ("GET", "/api/docs", 404),
        ("GET", "/api/v1/docs", 404),
        ("POST", "/api/v1/calendars", 405),
        ("DELETE", "/api/v1/calendars", 405),
    ],
)
async def test_what_there_is_not_is_a_problem_too(browser: Browser, method: str, path: str, status: int) -> None:
    answer = await (await browser()).http_client.request(method, path)
    assert answer.status_code == status
    _is_problem(answer)


def renamed(app: App, column: str, name: str) -> None:
    with app.db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE availability RENAME COLUMN {column} TO {name}")


async def test_what_breaks_says_nothing_of_what_broke(app: App, alice: Person) -> None:
    token = create_token(app, alice.id, "Script")
    renamed(app, "action", "gone")
    try:
        transport = httpx.ASGITransport(screens.application(app), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get(PATHS[0], headers={"Authorization": f"Bearer {token}"})
    finally:
        renamed(app, "gone", "action")  # other tests use the same database
    assert answer.status_code == 500
    _is_problem(answer)
    assert "availability" not in answer.text


async def test_the_description_describes_exactly_this(browser: Browser, app: App) -> None:
    answer = await (await browser()).http_client.get("/api/v1/openapi.json")
    told = answer.json()
    assert told["openapi"].startswith("3.")
    assert set(told["paths"]) == {*PATHS, *OF_SCHEDULES}
    assert told["servers"] == [{"url": app.settings.public_url}]
    assert told["components"]["securitySchemes"]["token"].items() >= {"type": "http", "scheme": "bearer"}.items()
    for path, operations in told["paths"].items():
        assert set(operations) == {"get"}
        operation = operations["get"]
        assert operation["security"] == [{"token": []}]
        asked = {each["name"] for each in operation.get("parameters", [])} - {"schedule_id"}
        spans = path.endswith(("availability", "shifts"))
        assert asked == ({"start", "end"} if spans else {"at"} if path.endswith("on-call") else set())
        for status, response in operation["responses"].items():
            kind = "application/json" if status == "200" else "application/problem+json"
            assert list(response["content"]) == [kind]
            assert response["description"]
    assert {"401", "422", "429"} < set(told["paths"][PATHS[0]]["get"]["responses"])
    assert set(_references(told)) == {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
    assert "nicegui" not in answer.text.lower()
    assert "/login" not in answer.text


async def test_every_answer_is_as_described(browser: Browser, app: App, alice: Person) -> None:
    add_calendar(app, alice, "Work", [("2099-07-01 09:00", "2099-07-01 11:00", B)])
    client = await client_of(browser, app, alice)
    told = (await client.get("/api/v1/openapi.json")).json()
    for path in PATHS:
        answer = (await client.get(f"{path}?{SUMMER}")).json()
        schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        fits(answer, schema, told)


def _is_problem(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.keys() == {"type", "title", "status", "detail"}
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    assert told["detail"].endswith((".", "…"))


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [each for value in node.values() for each in _references(value)]
    return [each for value in node for each in _references(value)] if isinstance(node, list) else []


KINDS: dict[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": type(None),
}


def fits(value: object, schema: dict[str, Any], told: dict[str, Any]) -> None:
    """By the few words of JSON Schema that the description uses."""
    if "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        kinds = [each for each in schema["anyOf"] if type(value) is KINDS[each.get("type", "object")]]
        assert kinds, (value, schema)
        if "$ref" in kinds[0]:
            fits(value, kinds[0], told)
        return
    assert type(value) is KINDS[schema["type"]], (value, schema)
    if isinstance(value, dict):
        assert value.keys() == schema["properties"].keys() == set(schema["required"])
        for key, each in value.items():
            fits(each, schema["properties"][key], told)
    if isinstance(value, list):
        for each in value:
            fits(each, schema["items"], told)
    if schema.get("format") == "date-time":
        assert str(value).endswith("Z") and datetime.fromisoformat(str(value)).utcoffset() == timedelta(0)
    assert value in schema.get("enum", [value]), json.dumps(value)
