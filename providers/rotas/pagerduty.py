"""PagerDuty: the rendered entries of a schedule's final layer, month by month, and the addresses of its users."""

import re
from collections.abc import Iterator, Mapping

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.domain.schedules.rota_import.rota import Entry, RotaSource, named, rota_of
from oncall_ui.domain.schedules.rota_import.titles import role_in
from providers.http import garbled
from providers.json import NotExpected, Object, email, flag, line, record, records
from providers.rotas.tool import Api, Ask, Place, ReadTool, Tool, moment, spans, united, utc

NAME = "PagerDuty"
ORIGINS = {"": "https://api.pagerduty.com", "eu": "https://api.eu.pagerduty.com"}
WORDS = {
    401: (Cause.NEEDS_PASSWORD, "PagerDuty doesn’t know this API key. Check that it is complete, and not revoked."),
    403: (Cause.REFUSED, "PagerDuty refuses this API key the schedule. Use a key that can read it."),
    404: (Cause.NOT_FOUND, "PagerDuty shows this key no such schedule. Check its address."),
}
ADDRESS = re.compile(
    r"(?i)^(?:https://)?[a-z0-9-]+(?:\.(eu))?\.pagerduty\.com/schedules(?:/|#|-)?#?/?([A-Z0-9]{5,20})\b"
)
ID = re.compile(r"^[A-Z0-9]{5,20}$")
_PIECE = 28
_PAGE = 100
_MOST_PAGES = 30


def place(schedule: str, _region: str) -> Place:
    """Raises ValueError."""
    text = schedule.strip()
    if found := ADDRESS.match(text):
        return Place(ORIGINS[(found[1] or "").lower()], found[2])
    if ID.match(text):
        return Place(ORIGINS[""], text)
    raise ValueError("Enter the schedule’s address, such as https://acme.pagerduty.com/schedules/P1ABC2D.")


async def read(client: httpx.AsyncClient, ask: Ask) -> ReadTool:
    api = Api(client, ask.place.origin, NAME, WORDS)
    found: list[Entry] = []
    try:
        emails = await _emails(api)
        for start, end in spans(ask.since, ask.until, _PIECE):
            # With overflow, or entries would be cut at both ends; the same one comes twice then.
            params = {"since": utc(start), "until": utc(end), "overflow": "true", "time_zone": "UTC"}
            schedule = record(await api.get(f"/schedules/{ask.place.schedule}", params), "schedule")
            role = role_in(line(schedule, "name"), ask.roles)
            found += _entries(record(schedule, "final_schedule"), emails, role)
    except NotExpected as error:
        raise garbled(NAME, str(error)) from None
    entries = united(found)
    return ReadTool(rota_of(RotaSource.PAGERDUTY, entries, len(entries)))


PAGERDUTY = Tool(
    source=RotaSource.PAGERDUTY,
    name=NAME,
    key_label="API key",
    key_help="PagerDuty, Integrations, API access keys, or a personal one. Read-only is enough.",
    schedule_label="Schedule’s address",
    schedule_help="Copy it from your browser. One schedule is one role.",
    scheme="Token token=",
    place=place,
    read=read,
)


async def _emails(api: Api) -> Mapping[str, str]:
    """User id → address; empty where the key may not see users: names will have to do."""
    found: dict[str, str] = {}
    for page in range(_MOST_PAGES):
        try:
            answer = await api.get("/users", {"limit": str(_PAGE), "offset": str(page * _PAGE)})
        except Failure as failure:
            if failure.cause is Cause.REFUSED:
                return {}
            raise
        found |= {line(each, "id"): email(each, "email") for each in records(answer, "users")}
        if not flag(answer, "more"):
            break
    return found


def _entries(final: Object, emails: Mapping[str, str], role: str) -> Iterator[Entry]:
    for each in records(final, "rendered_schedule_entries"):
        user = record(each, "user")
        if name := line(user, "summary") or line(user, "name"):
            who = named(name, emails.get(line(user, "id"), ""))
            yield Entry(moment(each, "start"), moment(each, "end"), who, role)
