"""GoAlert: the shifts of a schedule, in pieces of 50 days, which is as much as it answers.

Its API keys allow one query each, word for word. An administrator creates one for QUERY.
"""

import re
from collections.abc import Iterator

import httpx

from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.domain.schedules.rota_import.rota import Entry, RotaSource, named, rota_of
from oncall_ui.domain.schedules.rota_import.titles import role_in
from providers.http import garbled
from providers.json import NotExpected, Object, email, first_text, line, record, records
from providers.rotas.tool import Api, Ask, Place, ReadTool, Tool, moment, spans, united, utc

NAME = "GoAlert"
QUERY = (
    "query($id: ID!, $start: ISOTimestamp!, $end: ISOTimestamp!) "
    "{ schedule(id: $id) { name shifts(start: $start, end: $end) { start end user { name email } } } }"
)
WORDS = {
    401: (Cause.NEEDS_PASSWORD, "GoAlert doesn’t know this API key. Check that it is complete, and not expired."),
    403: (Cause.REFUSED, "GoAlert refuses this API key."),
    404: (Cause.NOT_FOUND, "There is no GoAlert at this address."),
}
WRONG_QUERY = "GoAlert’s key is for another query. Create a key for the query below, word for word."
UNKNOWN = "GoAlert shows this key no such schedule. Check its address."
ADDRESS = re.compile(
    r"(?i)^(https?://[^/?#\s@]+)((?:/[^/?#\s]+)*?)/schedules/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
)
_PIECE = 45


def place(schedule: str, _region: str) -> Place:
    """Raises ValueError."""
    if found := ADDRESS.match(schedule.strip()):
        return Place(f"{found[1]}{found[2]}", found[3].lower())
    raise ValueError("Enter the schedule’s address, such as https://goalert.example.org/schedules/0f1e….")


async def read(client: httpx.AsyncClient, ask: Ask) -> ReadTool:
    api = Api(client, ask.place.origin, NAME, WORDS)
    found: list[Entry] = []
    try:
        for start, end in spans(ask.since, ask.until, _PIECE):
            variables = {"id": ask.place.schedule, "start": utc(start), "end": utc(end)}
            schedule = _schedule(await api.post("/api/graphql", {"query": QUERY, "variables": variables}))
            found += _entries(schedule, ask.roles)
    except NotExpected as error:
        raise garbled(NAME, str(error)) from None
    entries = united(found)
    return ReadTool(rota_of(RotaSource.GOALERT, entries, len(entries)))


GOALERT = Tool(
    source=RotaSource.GOALERT,
    name=NAME,
    key_label="API key",
    key_help="An administrator creates it under Admin, API Keys, role User, for exactly this query:",
    schedule_label="Schedule’s address",
    schedule_help="Copy it from your browser. One schedule is one role.",
    scheme="Bearer",
    place=place,
    read=read,
    methods=frozenset({"POST"}),
    query=QUERY,
)


def _schedule(answer: Object) -> Object:
    for error in records(answer, "errors"):
        code = first_text(error.get("extensions"), "code")
        sentence = WRONG_QUERY if code == "invalid_query" else UNKNOWN
        raise MemberMustAct(Cause.REFUSED, sentence, detail=f"GraphQL error {code[:40]}")
    schedule = record(record(answer, "data"), "schedule")
    if not schedule:
        raise MemberMustAct(Cause.NOT_FOUND, UNKNOWN, detail="no such schedule")
    return schedule


def _entries(schedule: Object, roles: tuple[str, ...]) -> Iterator[Entry]:
    role = role_in(line(schedule, "name"), roles)
    for each in records(schedule, "shifts"):
        user = record(each, "user")
        who = named(line(user, "name"), email(user, "email"))
        if who.shown:
            yield Entry(moment(each, "start"), moment(each, "end"), who, role)
