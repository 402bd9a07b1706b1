"""What is kept about a member, in words: a term, what it is, and a remark."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_ui.services.privacy import Kept, KeptConnection, KeptEntry
from pages.parts.dates import ago, count, day_words, moment_words

NAMED = 5
"""So many entries by hand are told one by one."""


class Fact(NamedTuple):
    term: str
    what: str
    remark: str = ""


def facts(kept: Kept, zone: ZoneInfo, now: datetime) -> list[Fact]:
    today = now.astimezone(zone).date()
    calendars = sum(each.calendars for each in kept.connections)
    found = [
        Fact("Account", f"{kept.name}, {kept.email}, {kept.zone}", f"since {_day(kept.created_at, zone, now)}"),
        Fact("Password", "A hash", "nobody can read it back, we included"),
        Fact("Settings", *_settings(kept)),
        *(_connection(each, zone, now) for each in kept.connections),
    ]
    if calendars:
        found.append(
            Fact("Calendars", f"{count(calendars, 'name')}, which are on, how their events count, last result")
        )
        found.append(
            Fact("Reading marks", "Hashes and version numbers", "by which the next reading notices changes; no text")
        )
    found.append(Fact("Trusted addresses", ", ".join(kept.trusted) or "None besides that of your account"))
    found.append(Fact("Entries by hand", *_by_hand(kept.entries, now, zone)))
    last = kept.browsers[0].created_at if kept.browsers else now
    found.append(
        Fact("Sign-ins", count(len(kept.browsers), "browser"), f"the last {_at(moment_words(last, zone, today))}")
    )
    if kept.signing_in:
        found.append(Fact("Connecting", count(kept.signing_in, "sign-in") + " at a vendor", "forgotten after minutes"))
    return found


def _settings(kept: Kept) -> tuple[str, str]:
    theme = f"Theme: {kept.theme or 'as the system'}"
    if not kept.country:
        return theme, ""
    place = f"{kept.country}-{kept.region}" if kept.region else kept.country
    return (
        f"{theme}; public holidays: {place}",
        "they count as blocks" if kept.holidays_block else "they are only shown",
    )


def _connection(kept: KeptConnection, zone: ZoneInfo, now: datetime) -> Fact:
    secret = "Access token" if kept.signs_in else "What opens it"
    remarks = [
        kept.account,
        f"connected {_on(_day(kept.created_at, zone, now))}",
        f"{kept.calendars_on} of {count(kept.calendars, 'calendar')} on",
    ]
    if kept.last_read_at:
        remarks.append(f"last read {ago(kept.last_read_at, zone, now)}")
    return Fact(kept.nickname, f"{kept.product}. {secret}: encrypted, never shown", " · ".join(filter(None, remarks)))


def _by_hand(entries: tuple[KeptEntry, ...], now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    if not entries:
        return "None", ""
    today = now.astimezone(zone).date()
    told = []
    for each in entries[:NAMED]:
        days = day_words(each.first_day, today)
        if each.last_day > each.first_day:
            days += f" – {day_words(each.last_day, today)}"
        if each.weekly:
            days += f", every week until {day_words(each.until, today)}" if each.until else ", every week"
        told.append(f"{days}: {each.action}")
    if more := len(entries) - NAMED:
        told += [f"and {more} more, all in the download"] if more > 0 else []
    return count(len(entries), "entry", "entries"), "; ".join(told)


def _day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    return "today" if day == today else day_words(day, today)


def _on(day: str) -> str:
    return day if day == "today" else f"on {day}"


def _at(words: str) -> str:
    return f"on {words}" if "," in words else f"at {words}"
