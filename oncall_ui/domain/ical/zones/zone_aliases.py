"""What calendars write as a time zone → the IANA zone they mean."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from tzlocal.windows_tz import win_tz

_IANA = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_DISPLAY = re.compile(r"\(?\s*(?:UTC|GMT)?\s*([+-]\d{1,2}[:.]?\d{2})?\s*\)\s*(.+)", re.IGNORECASE | re.DOTALL)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_LONGEST = 200
_SERVERS_OWN = frozenset({"localtime", "posixrules", "factory"})

_BY_WINDOWS = {name.casefold(): iana for name, iana in win_tz.items()} | {
    "kamchatka standard time": "Asia/Kamchatka",
    "mexico standard time": "America/Mexico_City",
    "mexico standard time 2": "America/Mazatlan",
    "mid-atlantic standard time": "Etc/GMT+2",
    "utc-03": "Etc/GMT+3",
    "utc-10": "Etc/GMT+10",
}
"""Names Windows gives to zones, lower case: those of Unicode CLDR, and some Windows no longer has."""

_SPOKEN = """
abu dhabi = Asia/Dubai
aedt = Australia/Sydney
aest = Australia/Sydney
akdt = America/Anchorage
akst = America/Anchorage
alaska = America/Anchorage
alaska standard time = America/Anchorage
aleutian islands = America/Adak
american samoa = Pacific/Pago_Pago
arizona = America/Phoenix
astana = Asia/Almaty
atlantic time (canada) = America/Halifax
australian eastern standard time = Australia/Sydney
azores = Atlantic/Azores
baja california = America/Tijuana
beijing = Asia/Shanghai
bern = Europe/Berlin
brasilia = America/Sao_Paulo
british summer time = Europe/London
cabo verde is. = Atlantic/Cape_Verde
canberra = Australia/Sydney
cape verde is. = Atlantic/Cape_Verde
cape verde islands = Atlantic/Cape_Verde
cdt = America/Chicago
central america = America/Guatemala
central european time = Europe/Berlin
central time (us and canada) = America/Chicago
central time = America/Chicago
cest = Europe/Paris
chatham is. = Pacific/Chatham
chatham islands = Pacific/Chatham
chennai = Asia/Kolkata
coordinated universal time = Etc/UTC
easter island = Pacific/Easter
eastern european standard time = Europe/Helsinki
eastern european time = Europe/Helsinki
eastern standard time (new south wales) = Australia/Sydney
eastern time (us and canada) = America/New_York
eastern time = America/New_York
edinburgh = Europe/London
edt = America/New_York
eest = Europe/Helsinki
ekaterinburg = Asia/Yekaterinburg
georgetown = America/Guyana
greenland = America/Nuuk
greenwich mean time = Europe/London
guadalajara = America/Mexico_City
hanoi = Asia/Bangkok
hawaii = Pacific/Honolulu
hawaii-aleutian standard time = Pacific/Honolulu
hong kong standard time = Asia/Hong_Kong
indiana (east) = America/Indiana/Indianapolis
international date line west = Etc/GMT+12
irish standard time = Europe/Dublin
islamabad = Asia/Karachi
japan standard time = Asia/Tokyo
jst = Asia/Tokyo
korean standard time = Asia/Seoul
kyiv = Europe/Kiev
la paz = America/La_Paz
line islands = Pacific/Kiritimati
marshall is. = Pacific/Majuro
mdt = America/Denver
mid-atlantic = Etc/GMT+2
midway island = Pacific/Pago_Pago
moscow standard time = Europe/Moscow
mountain time (us and canada) = America/Denver
mountain time = America/Denver
mumbai = Asia/Kolkata
new caledonia = Pacific/Noumea
new delhi = Asia/Kolkata
newfoundland = America/St_Johns
nuku'alofa = Pacific/Tongatapu
nzdt = Pacific/Auckland
nzst = Pacific/Auckland
osaka = Asia/Tokyo
pacific time (us and canada) = America/Los_Angeles
pacific time = America/Los_Angeles
pdt = America/Los_Angeles
petropavlovsk-kamchatsky = Asia/Kamchatka
port louis = Indian/Mauritius
pretoria = Africa/Johannesburg
pst = America/Los_Angeles
quito = America/Guayaquil
rangoon = Asia/Yangon
rangoon) = Asia/Yangon
saint pierre and miquelon = America/Miquelon
sapporo = Asia/Tokyo
saskatchewan = America/Regina
solomon is. = Pacific/Guadalcanal
sri jayawardenepura = Asia/Colombo
st. petersburg = Europe/Moscow
tokelau is. = Pacific/Fakaofo
turks and caicos = America/Grand_Turk
us central time = America/Chicago
us eastern time = America/New_York
us mountain time = America/Denver
us pacific time = America/Los_Angeles
wellington = Pacific/Auckland
west = Europe/Lisbon
west central africa = Africa/Lagos
western european standard time = Europe/Lisbon
western european time = Europe/Lisbon
western/central europe = Europe/Berlin
z = Etc/UTC
zulu time = Etc/UTC
"""
_BY_SPOKEN = {name: iana for name, _, iana in (line.partition(" = ") for line in _SPOKEN.strip().splitlines())}


def iana_zone(name: str) -> ZoneInfo | None:
    """The zone that `name` means; None where that is unknown.

    Understood: IANA names in any case, also behind a prefix such as `/mozilla.org/20050126_1/`, Windows names,
    Windows display names such as `(UTC+01:00) Amsterdam, Berlin, …`, and fixed offsets.
    """
    return _known(name) if len(name) <= _LONGEST else None


@lru_cache(maxsize=512)
def _known(name: str) -> ZoneInfo | None:
    name = name.strip().strip("\"'").strip().replace("\\,", ",").replace("\\;", ";")
    if name.casefold().startswith("tzid="):
        name = name[5:]
    if not name or name.casefold() in _SERVERS_OWN:
        return None
    return (
        _exact(name)
        or _spelled_otherwise(name)
        or _behind_prefix(name)
        or _displayed(name)
        or _fixed(name)
        or _place(name)
    )


def _exact(name: str) -> ZoneInfo | None:
    if not _IANA.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError; a folder of zones an OSError
        return None
    except KeyError:
        return None


def _spelled_otherwise(name: str) -> ZoneInfo | None:
    for spelling in _spellings(name):
        iana = _BY_WINDOWS.get(spelling) or _BY_SPOKEN.get(spelling) or _folded_names().get(spelling.replace(" ", "_"))
        if iana:
            return _exact(iana)
    return None


def _spellings(name: str) -> Iterator[str]:
    """Lower case; then without the number Exchange puts behind a name it has twice, as standard time, and as a path."""
    folded = " ".join(name.replace("&", "and").split()).casefold()
    yield folded
    single = re.sub(r"[ _]\d{1,2}$", "", folded)
    yield single
    yield re.sub(r"\b(?:daylight|summer|daylight saving) time\b", "standard time", single)
    yield single.replace("-", "/")
    yield re.sub(r"^(europe|america|asia|africa|australia|pacific|atlantic|indian|us|canada|etc)[-_ ]", r"\1/", single)


def _behind_prefix(name: str) -> ZoneInfo | None:
    """`/freeassociation.sourceforge.net/Tzfile/Europe/Berlin` names a zone of a database by its last parts."""
    if "/" not in name:
        return None
    parts = [part for part in name.split("/") if part]
    for count in (3, 2, 1):
        if len(parts) > count or (len(parts) == count and name.startswith("/")):
            tail = "/".join(parts[-count:])
            if zone := _exact(tail) or _spelled_otherwise(tail):
                return zone
    return None


def _displayed(name: str) -> ZoneInfo | None:
    """A Windows display name: all the places it lists share a zone, so one known place is enough."""
    found = _DISPLAY.match(name)
    if not found:
        return None
    offset, places = found.groups()
    places = re.sub(r"\s+-\s+(?:new|old)$", "", places.replace("&", "and"), flags=re.IGNORECASE)
    offset = offset and offset.replace(".", ":")
    known = [zone for place in re.split(r"[,;:/]|\(", places) if (zone := _place(place))]
    whole = _spelled_otherwise(places) or _place(places)
    if whole:
        known.insert(0, whole)
    if not known:
        return _fixed(offset) if offset else None
    if offset:
        # Mexico's Chihuahua left the zone it is listed first in: the offset says which of the places still has it.
        for zone in known:
            if offset.replace(":", "").zfill(5) in _offsets(zone):
                return zone
    return known[0]


def _place(text: str) -> ZoneInfo | None:
    folded = " ".join(text.split()).casefold()
    iana = _BY_SPOKEN.get(folded) or _BY_SPOKEN.get(folded.rstrip(")")) or _cities().get(folded)
    return _exact(iana) if iana else None


def _offsets(zone: ZoneInfo) -> set[str]:
    return {datetime(2026, month, 1, tzinfo=zone).strftime("%z") for month in (1, 7)}


def _fixed(name: str) -> ZoneInfo | None:
    """`UTC+01:00`, `GMT-5`: whole hours have IANA names of their own (with the sign turned round)."""
    found = _OFFSET.fullmatch(name.strip())
    if not found:
        return None
    sign, hours, minutes = found.groups()
    if int(minutes or 0):
        return _exact(_HALF_HOURS.get(f"{sign}{int(hours)}:{minutes}", ""))
    if not int(hours):
        return _exact("Etc/UTC")
    return _exact(f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}")


_HALF_HOURS = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+8:45": "Australia/Eucla",
    "+9:30": "Australia/Darwin",
    "-9:30": "Pacific/Marquesas",
}


@lru_cache(maxsize=1)
def _folded_names() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones()) if name.casefold() not in _SERVERS_OWN}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Lower-case city → IANA name, the cities of the continents first."""
    names = sorted((name for name in available_timezones() if "/" in name), key=lambda name: (name.count("/"), name))
    cities: dict[str, str] = {}
    for name in names:
        if not name.startswith(("Etc/", "SystemV/", "US/", "Canada/", "Mexico/", "Brazil/", "Chile/")):
            cities.setdefault(name.rpartition("/")[2].replace("_", " ").casefold(), name)
    return cities
