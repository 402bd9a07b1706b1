"""Finds the calendars of an account from what the member typed: a host, a server, a principal or a calendar."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from urllib.parse import unquote, urljoin, urlsplit

from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.base import CALENDARS, Discovery, RemoteCalendar, too_much_listed
from providers.caldav.multistatus import CALDAV, DAV, Multistatus, Resource, same
from providers.caldav.trust import host_of, may_see_password
from providers.caldav.webdav import Dav, NotDav, WrongPassword

WELL_KNOWN = "/.well-known/caldav"
NEXTCLOUD = "remote.php/dav/"
"""Tried last, because many servers lack the redirect at the well-known address."""
CALENDAR = (
    "D:resourcetype",
    "D:displayname",
    "D:sync-token",
    "S:getctag",
    "C:supported-calendar-component-set",
    "C:calendar-timezone",
    "C:calendar-timezone-id",
)
_HOMES_OF = "C:calendar-home-set"
_ADDRESSES_OF = "C:calendar-user-address-set"
_DEFAULT = "C:schedule-default-calendar-URL"
_ELSEWHERE = {
    Cause.NOT_FOUND,
    Cause.REFUSED,
    Cause.WEB_PAGE,
    Cause.REDIRECTS,
    Cause.REDIRECT_LOOP,
    Cause.SERVER_ERROR,
    Cause.UNREADABLE,
}
"""Failures of one address that don't rule out the next."""
_COMMON_NAMES = ("default", "personal", "calendar")
_HOMES = 10
_ELEMENTS = 50_000
"""Of one answer: four times as many as that many calendars have."""
_ADDRESSES = 20
_LONGEST_ADDRESS = 254
_LONGEST_URL = 1000
_LONGEST_NAME = 200


async def discover(dav: Dav) -> Discovery:
    """Every event calendar of the account, and the one at the typed address. Raises a Failure if there is none."""
    entry = await _entry_point(dav)
    here = entry.first()
    principal = next(iter(here.hrefs(f"{DAV}current-user-principal")), "")
    typed = here if is_calendar(here) else None
    found: dict[str, Resource] = {}
    homes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    default = ""
    try:
        owner = await _owner(dav, here, principal)
        homes, addresses = owner.hrefs(f"{CALDAV}calendar-home-set"), _addresses(owner)
        for home in homes[:_HOMES]:
            listing = await dav.propfind(home, *CALENDAR, _DEFAULT, depth=1, most=_ELEMENTS)
            found |= {same(each.url): each for each in listing.resources if is_calendar(each)}
            if len(found) > CALENDARS:
                raise too_much_listed(host_of(dav.typed))
            default = default or _default(listing)
    except MemberMustAct as failure:
        # A calendar can be read at its own address even if the account around it is refused, or too large.
        if typed is None:
            raise
        if failure.cause is Cause.TOO_LARGE:
            found = {}
    if typed is not None:
        found.setdefault(same(typed.url), (await dav.propfind(typed.url, *CALENDAR, most=_ELEMENTS)).first())
    calendars = [_remote(each) for each in found.values() if _can_be_read(dav, each.url)]
    if not calendars:
        raise _no_calendars(dav)
    primary = _primary(calendars, typed.url if typed else default)
    return Discovery(
        account=f"{dav.user} at {host_of(dav.typed)}"[:_LONGEST_NAME],
        identity=same(principal or next(iter(homes), entry.url)),
        calendars=tuple(replace(each, primary=each is primary) for each in calendars),
        addresses=tuple(dict.fromkeys((*([dav.user.lower()] if _is_address(dav.user) else []), *addresses))),
    )


def is_calendar(resource: Resource) -> bool:
    """Whether it is a calendar that may hold events; without a list of components it may hold any."""
    if not resource.is_there or f"{CALDAV}calendar" not in resource.kinds():
        return False
    components = resource.properties.get(f"{CALDAV}supported-calendar-component-set")
    names = {each.get("name", "").upper() for each in components} if components is not None else set()
    return not names or "VEVENT" in names


def name_of(resource: Resource) -> str:
    name = resource.text(f"{DAV}displayname") or _last_segment(resource.url)
    return " ".join(name.split())[:_LONGEST_NAME]


def zone_of(resource: Resource) -> str:
    """IANA name of the calendar's own zone; empty if it has none or an unknown one."""
    names = [resource.text(f"{CALDAV}calendar-timezone-id")]
    lines = resource.text(f"{CALDAV}calendar-timezone").splitlines()
    for wanted in ("TZID", "X-LIC-LOCATION"):
        names += [line.partition(":")[2] for line in lines if line.upper().startswith((f"{wanted}:", f"{wanted};"))]
    return next((zone.key for name in names if name and (zone := iana_zone(name))), "")


async def _entry_point(dav: Dav) -> Multistatus:
    """The first URL that names a principal or a home, or is a calendar. Raises the most useful Failure."""
    failures: list[Failure] = []
    for url in _entry_urls(dav.typed):
        try:
            answer = await dav.propfind(
                url,
                "D:resourcetype",
                "D:current-user-principal",
                _HOMES_OF,
                _ADDRESSES_OF,
                "C:supported-calendar-component-set",
                most=_ELEMENTS,
            )
        except WrongPassword:
            raise
        except NotDav as failure:
            # Of an address that speaks no CalDAV there is nothing to say but that, unless it shows a page.
            if failure.cause is Cause.WEB_PAGE:
                failures.append(failure)
            continue
        except (MemberMustAct, TryLater) as failure:
            if failure.cause not in _ELSEWHERE:
                raise
            failures.append(failure)
            continue
        here = answer.first()
        if is_calendar(here) or here.hrefs(f"{DAV}current-user-principal") or here.hrefs(f"{CALDAV}calendar-home-set"):
            return answer
    raise _most_useful(dav, failures)


def _entry_urls(typed: str) -> Sequence[str]:
    folder = urlsplit(typed)._replace(query="", fragment="").geturl().rstrip("/") + "/"
    urls = (typed, urljoin(typed, WELL_KNOWN), urljoin(folder, NEXTCLOUD))
    return list({same(url): url for url in reversed(urls)}.values())[::-1]


async def _owner(dav: Dav, here: Resource, principal: str) -> Resource:
    """The resource that names the calendar homes and the owner: the typed one, else its principal."""
    if here.hrefs(f"{CALDAV}calendar-home-set") or not principal:
        return here
    return (await dav.propfind(principal, "D:resourcetype", _HOMES_OF, _ADDRESSES_OF, most=_ELEMENTS)).first()


def _addresses(owner: Resource) -> tuple[str, ...]:
    """Email addresses at which the owner is invited (RFC 6638 section 2.4.1), lower case."""
    found = owner.properties.get(f"{CALDAV}calendar-user-address-set")
    written = [(each.text or "").strip().lower() for each in found.iter(f"{DAV}href")] if found is not None else []
    addresses = (each.removeprefix("mailto:") for each in written if each.startswith("mailto:"))
    return tuple(each for each in addresses if _is_address(each))[:_ADDRESSES]


def _is_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and "." in host and "@" not in host) and len(text) <= _LONGEST_ADDRESS


def _default(listing: Multistatus) -> str:
    """URL of the calendar that receives invitations (RFC 6638 section 9.2); empty if not stated."""
    return next(
        chain.from_iterable(each.hrefs(f"{CALDAV}schedule-default-calendar-URL") for each in listing.resources), ""
    )


def _can_be_read(dav: Dav, url: str) -> bool:
    return len(url) <= _LONGEST_URL and may_see_password(dav.typed, url)


def _remote(resource: Resource) -> RemoteCalendar:
    return RemoteCalendar(resource.url, name_of(resource), zone_of(resource))


def _primary(calendars: Sequence[RemoteCalendar], named: str) -> RemoteCalendar | None:
    """The one at the URL `named`, the only one, or the one with the most common name."""
    if found := next((each for each in calendars if same(each.remote_id) == same(named)), None):
        return found
    if len(calendars) == 1:
        return calendars[0]
    for usual in _COMMON_NAMES:
        for each in calendars:
            if usual in (each.name.casefold(), _last_segment(each.remote_id).casefold()):
                return each
    return None


def _last_segment(url: str) -> str:
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])


def _most_useful(dav: Dav, failures: Sequence[Failure]) -> Failure:
    """Of several failures, the one that says most about what to do."""
    by_cause = {failure.cause: failure for failure in reversed(failures)}
    host = host_of(dav.typed)
    for cause in (Cause.SERVER_ERROR, Cause.UNREADABLE, Cause.REDIRECTS, Cause.REDIRECT_LOOP, Cause.REFUSED):
        if cause in by_cause:
            return by_cause[cause]
    if Cause.WEB_PAGE in by_cause:
        sentence = f"{host} returned a web page, not CalDAV. Look for the CalDAV address in its settings."
        return MemberMustAct(Cause.WEB_PAGE, sentence, detail=f"{host}: a web page")
    sentence = f"{host} has no CalDAV at this address. Look for the CalDAV address in its calendar settings."
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail=f"{host}: no CalDAV")


def _no_calendars(dav: Dav) -> Failure:
    host = host_of(dav.typed)
    sentence = f"{host} has no event calendar in this account. Create one there, then connect it here."
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail=f"{host}: no calendars")
