"""Whose account this is, and the calendars in its list."""

from dataclasses import dataclass
from urllib.parse import quote

import httpx

from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from providers.base import CALENDARS, Discovery, RemoteCalendar, too_much_listed
from providers.google import errors
from providers.google.api import Api
from providers.json import NotExpected, email, flag, line, read_object, text, verbatim

FIELDS = "nextPageToken,items(id,summary,summaryOverride,timeZone,primary,deleted)"
_LONGEST_ID = 1000
_LONGEST_NAME = 200
_NOT_SAID = (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Owner:
    """Both empty if Google doesn't say."""

    subject: str
    email: str


async def discover(api: Api, userinfo_url: str) -> Discovery:
    owner = await _owner(api, userinfo_url)
    calendars = await _calendars(api)
    if not calendars:
        raise errors.no_calendars()
    address = owner.email or next((each.remote_id.strip().lower() for each in calendars if each.primary), "")
    if not (owner.subject or address):
        raise errors.no_identity()
    return Discovery(
        account=address or "Google account",
        identity=owner.subject or address,
        calendars=calendars,
        addresses=(address,) if "@" in address else (),
    )


async def whose(api: Api, userinfo_url: str) -> str:
    """As `Discovery.identity`; empty if Google doesn't say."""
    owner = await _owner(api, userinfo_url)
    return owner.subject or owner.email


async def is_primary(api: Api, remote_id: str) -> bool:
    """Whether the calendar is the account's own; one that isn't in its list is not."""
    response = await api.ask(f"users/me/calendarList/{quote(remote_id, safe='')}", {"fields": "primary"})
    if response.status_code == httpx.codes.NOT_FOUND:
        return False
    if response.status_code != httpx.codes.OK:
        raise errors.failure_of(response)
    try:
        return flag(read_object(response.content), "primary")
    except NotExpected:
        raise errors.garbled("not the calendar it should be") from None


async def _owner(api: Api, url: str) -> Owner:
    """From the userinfo endpoint (OpenID Connect Core section 5.3)."""
    response = await api.ask(url, {})
    if response.status_code in _NOT_SAID:
        return Owner("", "")
    if response.status_code != httpx.codes.OK:
        raise errors.failure_of(response)
    try:
        found = read_object(response.content)
        return Owner(text(found, "sub"), email(found, "email"))
    except NotExpected:
        raise errors.garbled("not the userinfo it should be") from None


async def _calendars(api: Api) -> tuple[RemoteCalendar, ...]:
    found: dict[str, RemoteCalendar] = {}
    try:
        async for page in api.pages("users/me/calendarList", {"maxResults": "250", "fields": FIELDS}):
            for item in page.items:
                if (calendar := _calendar(item)) is not None:
                    found[calendar.remote_id] = calendar
            if len(found) > CALENDARS:
                raise too_much_listed(errors.NAME)
    except MemberMustAct as failure:
        if failure.cause is Cause.NOT_FOUND:
            # The list itself is missing, not one of its calendars.
            raise errors.garbled("no list of calendars") from None
        if failure.sentence == errors.FORBIDDEN:
            raise errors.not_allowed(failure.detail) from None
        raise
    return tuple(found.values())


def _calendar(item: object) -> RemoteCalendar | None:
    """None for an entry that is deleted or can't be read."""
    if not isinstance(item, dict):
        return None
    try:
        remote_id, zone = verbatim(item, "id"), iana_zone(text(item, "timeZone"))
        name = line(item, "summaryOverride") or line(item, "summary") or remote_id
        is_primary, is_deleted = flag(item, "primary"), flag(item, "deleted")
    except NotExpected:
        return None
    if is_deleted or not 0 < len(remote_id) <= _LONGEST_ID:
        return None
    return RemoteCalendar(remote_id, name[:_LONGEST_NAME], zone.key if zone else "", is_primary)
