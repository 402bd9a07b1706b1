"""Whose account this is, and its calendars."""

import re
from dataclasses import dataclass

from oncall_ui.domain.imports.failures import Cause
from providers.base import CALENDARS, Discovery, RemoteCalendar, too_much_listed
from providers.http import Unexplained
from providers.json import NotExpected, Object, flag, line, record, text
from providers.outlook.errors import NAME, Denied, garbled, no_calendars, not_allowed
from providers.outlook.events import address
from providers.outlook.graph import Graph

_CALENDAR = "id,name,isDefaultCalendar,owner"
_ACCOUNT = "id,mail,userPrincipalName"
_NAMELESS = "Microsoft account"
_ID = re.compile(r"[A-Za-z0-9+/=_-]{1,1000}")
_LONGEST_NAME = 200


async def discover(graph: Graph) -> Discovery:
    """Raises a Failure if there is no calendar."""
    me = await _me(graph)
    listed = await _listed(graph)
    try:
        owner = next((address(record(each, "owner")) for each in listed if flag(each, "isDefaultCalendar")), "")
        names = [line(me, key) for key in ("mail", "userPrincipalName")]
        account = next((name for name in (*names, owner) if name), _NAMELESS)
        found = {each.remote_id: each for each in map(_remote, listed) if _ID.fullmatch(each.remote_id)}
        identity = text(me, "id") or owner
    except NotExpected as error:
        raise garbled(str(error)) from None
    if not found:
        raise no_calendars("no calendars")
    calendars = tuple(found.values())
    return Discovery(
        account=account[:_LONGEST_NAME],
        identity=identity or calendars[0].remote_id,
        calendars=calendars,
        addresses=tuple(dict.fromkeys(each.lower() for each in (*names, owner) if "@" in each)),
    )


@dataclass(frozen=True, slots=True)
class Ownership:
    """`owner`: the addresses of the calendar's owner, lower case; the account's own first if it is one."""

    owner: tuple[str, ...]
    is_default: bool
    """Whether it is the account's default calendar."""


async def ownership(graph: Graph, remote_id: str, own: str) -> Ownership:
    """Without an owner for a calendar that isn't listed: fetching it then says why. `own` is the account's address."""
    calendar = next((each for each in await _listed(graph) if each.get("id") == remote_id), {})
    try:
        owner = address(record(calendar, "owner"))
        is_default = flag(calendar, "isDefaultCalendar")
        is_own = is_default or (bool(owner) and owner == own)
    except NotExpected as error:
        raise garbled(str(error)) from None
    known = (own, owner) if is_own and "@" in own else (owner,)
    return Ownership(tuple(dict.fromkeys(each for each in known if each)), is_default)


def name_of(calendar: Object) -> str:
    return line(calendar, "name")[:_LONGEST_NAME]


async def _me(graph: Graph) -> Object:
    """Empty if the account may not be looked up: its default calendar names the owner as well."""
    try:
        return await graph.get("/me", {"$select": _ACCOUNT})
    except (Denied, Unexplained):
        return {}


async def _listed(graph: Graph) -> list[Object]:
    listed: list[Object] = []
    try:
        async for page in graph.pages("/me/calendars", {"$select": _CALENDAR, "$top": "100"}):
            listed += [each for each in page.items if isinstance(each, dict)]
            if len(listed) > CALENDARS:
                raise too_much_listed(NAME)
    except Denied as denied:
        if denied.cause is Cause.NOT_FOUND:
            raise no_calendars(denied.detail) from None
        raise not_allowed(denied.detail) from None
    return listed


def _remote(calendar: Object) -> RemoteCalendar:
    return RemoteCalendar(text(calendar, "id"), name_of(calendar), primary=flag(calendar, "isDefaultCalendar"))
