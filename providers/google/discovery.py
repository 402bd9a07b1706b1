"""Whose account this is, and which calendars its owner has in the list."""

from dataclasses import dataclass

import httpx

from oncall_ui.domain.failures import Cause, MemberMustAct
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from providers.base import Discovery, RemoteCalendar
from providers.google import refusals
from providers.google.api import Api
from providers.google.values import NotExpected, Object, address, part, read_object, text

FIELDS = "nextPageToken,items(id,summary,summaryOverride,timeZone,primary,deleted)"
_LONGEST_ID = 1000
_LONGEST_NAME = 200
_NOT_SAID = (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Owner:
    """Both empty where Google doesn't say."""

    subject: str
    email: str


async def discover(api: Api, userinfo_url: str) -> Discovery:
    owner = await _owner(api, userinfo_url)
    calendars = await _calendars(api)
    if not calendars:
        sentence = "Google shows no calendar in this account. Make one in Google Calendar, then connect it here."
        raise MemberMustAct(Cause.NOT_FOUND, sentence, detail="no calendars")
    email = owner.email or next((address(each.remote_id) for each in calendars if each.primary), "")
    if not (owner.subject or email):
        sentence = "Google does not say whose account this is. Reconnect, and tick every box there."
        raise MemberMustAct(Cause.REFUSED, sentence, detail="no identity")
    return Discovery(
        account=email or "Google account",
        identity=owner.subject or email,
        calendars=calendars,
        addresses=(email,) if "@" in email else (),
    )


async def _owner(api: Api, url: str) -> Owner:
    """OpenID Connect Core, section 5.3."""
    response = await api.ask(url, {})
    if response.status_code in _NOT_SAID:
        return Owner("", "")
    if response.status_code != httpx.codes.OK:
        raise refusals.refusal(response)
    try:
        found = read_object(response.content)
    except NotExpected:
        raise refusals.garbled("userinfo of another shape") from None
    return Owner(text(found.get("sub")), address(found.get("email")))


async def _calendars(api: Api) -> tuple[RemoteCalendar, ...]:
    found: dict[str, RemoteCalendar] = {}
    try:
        async for page in api.pages("users/me/calendarList", {"maxResults": "250", "fields": FIELDS}):
            for item in map(part, page.items):
                if (calendar := _calendar(item)) is not None:
                    found[calendar.remote_id] = calendar
    except MemberMustAct as failure:
        if failure.cause is Cause.NOT_FOUND:
            # It is the list that isn't there, no calendar of it.
            raise refusals.garbled("no list of calendars") from None
        raise
    return tuple(found.values())


def _calendar(item: Object) -> RemoteCalendar | None:
    remote_id = item.get("id")
    if not remote_id or remote_id != text(remote_id) or len(remote_id) > _LONGEST_ID or item.get("deleted") is True:
        return None
    name = " ".join((text(item.get("summaryOverride")) or text(item.get("summary")) or remote_id).split())
    zone = iana_zone(text(item.get("timeZone")))
    return RemoteCalendar(remote_id, name[:_LONGEST_NAME], zone.key if zone else "", item.get("primary") is True)
