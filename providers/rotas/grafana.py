"""Grafana OnCall: the final shifts of a schedule, by the quarter and by the page.

Its server is archived since March 2026 and answers until a team turns it off. It tells no rotation that maps to rules.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx

from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.schedules.rota_import.rota import Entry, RotaSource, named, rota_of
from oncall_ui.domain.schedules.rota_import.titles import role_in
from providers.http import garbled
from providers.json import NotExpected, Object, email, line, records
from providers.rotas.tool import Api, Ask, Place, ReadTool, Tool, moment, spans, united

NAME = "Grafana OnCall"
UNKNOWN_KEY = (
    "Grafana OnCall doesn’t know this API key, or doesn’t let it read schedules. Create one under OnCall, Settings."
)
WORDS = {
    400: (Cause.REFUSED, "Grafana OnCall doesn’t export this schedule’s shifts. Import its iCal export as a file."),
    401: (Cause.NEEDS_PASSWORD, UNKNOWN_KEY),
    403: (Cause.NEEDS_PASSWORD, UNKNOWN_KEY),
    404: (Cause.NOT_FOUND, "Grafana OnCall shows this key no such schedule. Check the API URL and the schedule’s id."),
}
ADDRESS = re.compile(
    r"(?i)^(https?://[^/?#\s@]+(?:/(?!a/grafana-)[^/?#\s]+)*?)(?:/api/v1)?/schedules/([A-Z0-9]{8,20})(?:[/?#].*)?$"
)
_PIECE = 90
_MOST_PAGES = 50


def place(schedule: str, _region: str) -> Place:
    """Raises ValueError."""
    if found := ADDRESS.match(schedule.strip()):
        return Place(found[1], found[2])
    raise ValueError(
        "Enter the API URL from OnCall’s Settings, then /schedules/ and the schedule’s id, such as "
        "https://oncall.example.org/schedules/SBM7DV7BKFUYU."
    )


async def read(client: httpx.AsyncClient, ask: Ask) -> ReadTool:
    api = Api(client, ask.place.origin, NAME, WORDS)
    path = f"/api/v1/schedules/{ask.place.schedule}"
    found: list[Entry] = []
    try:
        role = role_in(line(await api.get(f"{path}/"), "name"), ask.roles)
        for start, end in spans(ask.since, ask.until, _PIECE):
            # Both days are included, and cut what lies over their midnights: the next piece begins on the last day.
            days = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{end + timedelta(days=1):%Y-%m-%d}"}
            for number in range(1, _MOST_PAGES + 1):
                page = days if number == 1 else {**days, "page": str(number)}
                answer = await api.get(f"{path}/final_shifts", page)
                found += _entries(answer, role)
                if not line(answer, "next"):
                    break
    except NotExpected as error:
        raise garbled(NAME, str(error)) from None
    entries = united(found)
    return ReadTool(rota_of(RotaSource.GRAFANA, entries, len(entries)))


GRAFANA = Tool(
    source=RotaSource.GRAFANA,
    name=NAME,
    key_label="API key",
    key_help="Grafana, OnCall, Settings, API Tokens.",
    schedule_label="Schedule’s API address",
    schedule_help="The API URL from OnCall’s Settings, then /schedules/ and the id at the end of the schedule’s page.",
    scheme="",
    place=place,
    read=read,
)


def _entries(answer: Object, role: str) -> Iterator[Entry]:
    for each in records(answer, "results"):
        who = named(line(each, "user_username"), email(each, "user_email"))
        if who.shown:
            yield Entry(moment(each, "shift_start"), moment(each, "shift_end"), who, role)
