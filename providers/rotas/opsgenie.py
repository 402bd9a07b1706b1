"""Opsgenie: the final timeline of a schedule, month by month, and its rotations.

Schedules of its API name users by their address. Opsgenie ends in April 2027; its API lives until then.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx

from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.schedules.rota_import.rota import Entry, RotaSource, named, plain, rota_of
from oncall_ui.domain.schedules.rota_import.rotations import Rotation, Turn, window_of_week, windows_of_day
from oncall_ui.domain.schedules.rota_import.titles import role_in
from providers.http import garbled
from providers.json import NotExpected, Object, line, record, records
from providers.rotas.tool import Api, Ask, Place, ReadTool, Tool, moment, spans, united, unknown_schedule, utc

NAME = "Opsgenie"
REGIONS = {"US": "https://api.opsgenie.com", "EU": "https://api.eu.opsgenie.com"}
WORDS = {
    401: (Cause.NEEDS_PASSWORD, "Opsgenie doesn’t know this API key. Check the key, and the region (US or EU)."),
    403: (Cause.REFUSED, "Opsgenie refuses this API key. It needs the right to read, and configuration access."),
    422: (Cause.NEEDS_PASSWORD, "Opsgenie can’t use this API key. Check the key, and the region (US or EU)."),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PIECE = 28
MOST_TURNS = 1_000


def place(schedule: str, region: str) -> Place:
    """Raises ValueError."""
    if not schedule.strip():
        raise ValueError("Enter the name of the schedule in Opsgenie.")
    if region not in REGIONS:
        raise ValueError("Choose the region of your Opsgenie account.")
    return Place(REGIONS[region], schedule.strip())


async def read(client: httpx.AsyncClient, ask: Ask) -> ReadTool:
    api = Api(client, ask.place.origin, NAME, WORDS)
    try:
        schedule = _named(records(await api.get("/v2/schedules", {"expand": "rotation"}), "data"), ask.place.schedule)
        found: list[Entry] = []
        for start, end in spans(ask.since, ask.until, _PIECE):
            days = max(1, -(-(end - start).total_seconds() // 86_400))
            params = {"date": utc(start), "interval": f"{days:.0f}", "intervalUnit": "days"}
            answer = await api.get(f"/v2/schedules/{line(schedule, 'id')}/timeline", params)
            timeline = record(record(answer, "data"), "finalTimeline")
            found += _entries(timeline, ask.roles)
        rotations, left_out = _rotations(schedule, datetime.now(UTC))
    except NotExpected as error:
        raise garbled(NAME, str(error)) from None
    entries = united(found)
    return ReadTool(rota_of(RotaSource.OPSGENIE, entries, len(entries)), rotations, left_out)


OPSGENIE = Tool(
    source=RotaSource.OPSGENIE,
    name=NAME,
    key_label="API key",
    key_help="Opsgenie, Settings, API key management: a key with Read and Configuration access.",
    schedule_label="Schedule",
    schedule_help="Its name in Opsgenie.",
    scheme="GenieKey",
    place=place,
    read=read,
    regions=REGIONS,
)


def _named(schedules: list[dict[str, object]], wanted: str) -> Object:
    for each in schedules:
        if plain(line(each, "name")) == plain(wanted) or line(each, "id") == wanted:
            return each
    raise unknown_schedule(NAME, wanted, [line(each, "name") for each in schedules])


def _entries(timeline: Object, roles: tuple[str, ...]) -> Iterator[Entry]:
    for rotation in records(timeline, "rotations"):
        role = role_in(line(rotation, "name").replace("_", " "), roles)
        for period in records(rotation, "periods"):
            # Of a team or an escalation, who was called first.
            recipients = [record(period, "recipient"), *records(period, "flattenedRecipients")]
            users = [each for each in recipients if each.get("type", "user") == "user" and line(each, "name")]
            if users:
                name = line(users[0], "name")
                who = named("", name) if "@" in name else named(name)
                yield Entry(moment(period, "startDate"), moment(period, "endDate"), who, role)


def _rotations(schedule: Object, at: datetime) -> tuple[tuple[Rotation, ...], tuple[str, ...]]:
    """Those that go on, and a sentence about each of the others."""
    zone = line(schedule, "timezone") or "UTC"
    found, left_out = list[Rotation](), list[str]()
    for each in records(schedule, "rotations"):
        name = f"“{line(each, 'name')[:60]}”" if line(each, "name") else "A rotation"
        try:
            if each.get("endDate") and moment(each, "endDate") <= at:
                left_out.append(f"{name} has ended, so it becomes no rule.")
            else:
                found.append(_rotation(each, zone))
        except NotExpected as error:
            left_out.append(f"{name} can’t become a rule: {_later(str(error))}")
    return tuple(found), tuple(left_out)


def _later(sentence: str) -> str:
    """As it is written after a colon."""
    return sentence[:1].lower() + sentence[1:]


def _rotation(item: Object, zone: str) -> Rotation:
    kind, length = line(item, "type"), item.get("length", 1)
    if kind not in set(Turn):
        raise NotExpected(f"It changes “{kind[:20]}”, and only hourly, daily and weekly are known here.")
    if not isinstance(length, int) or not 1 <= length <= MOST_TURNS:
        raise NotExpected("Its length isn’t a number of turns.")
    windows = tuple(_windows(record(item, "timeRestriction")))
    return Rotation(line(item, "name"), moment(item, "startDate"), zone, Turn(kind), length, windows)


def _windows(restriction: Object) -> Iterator[tuple[int, int]]:
    if restriction.get("type") == "time-of-day":
        one = record(restriction, "restriction")
        yield from windows_of_day(_minute(one, "start"), _minute(one, "end"))
    for each in records(restriction, "restrictions"):
        start = _day(each, "startDay") * 1440 + _minute(each, "start")
        end = _day(each, "endDay") * 1440 + _minute(each, "end")
        yield window_of_week(start, end)


def _minute(item: Object, which: str) -> int:
    hour, minute = item.get(f"{which}Hour"), item.get(f"{which}Min", 0)
    if not isinstance(hour, int) or not isinstance(minute, int) or not 0 <= hour <= 24 or not 0 <= minute < 60:
        raise NotExpected(f"Its “{which}Hour” isn’t a time of day.")
    return (hour * 60 + minute) % 1440


def _day(item: Object, key: str) -> int:
    day = line(item, key).lower()
    if day not in _DAYS:
        raise NotExpected(f"Its “{key}” isn’t a day.")
    return _DAYS.index(day)
