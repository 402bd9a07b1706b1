"""What is stored about a member, in words: a term, what it is, and a remark."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.privacy.stored_data import StoredConnection, StoredData, StoredInterval, StoredManualDays
from pages.widgets.dates import NBSP, ago, count, day_words

NAMED = 5
"""This many manual days are listed one by one."""


class Fact(NamedTuple):
    term: str
    what: str
    remark: str = ""


def facts(kept: StoredData, zone: ZoneInfo, now: datetime) -> list[Fact]:
    calendars = sum(each.calendars for each in kept.connections)
    found = [
        Fact("Account", f"{kept.name}, {kept.email}, {kept.zone}", f"since {_day(kept.created_at, zone, now)}"),
        Fact("Password", "Stored as a hash", "nobody can read it, not even us"),
        Fact("Settings", *_settings(kept)),
        *(_connection(each, zone, now) for each in kept.connections),
    ]
    if calendars:
        found.append(Fact("Calendars", f"{count(calendars, 'calendar')} with name, settings and last result"))
        found.append(Fact("Sync state", "Fingerprints used to spot changes", "no text"))
    found.append(Fact("Other email addresses", ", ".join(kept.trusted) or "None"))
    found.append(Fact("Days you added", *_manual_days(kept.manual_days, now, zone)))
    found += [
        Fact(f"On {each.name}", count(each.shifts, "shift") + " and what was agreed", "stays without your name")
        for each in kept.schedules
    ]
    if kept.remarks:
        quoted = "; ".join(f"“{text}”" for text in kept.remarks)
        found.append(Fact("About guides", quoted, "administrators read it without your name"))
    found.append(Fact("Sessions", count(len(kept.sessions), "browser"), _browsers(kept)))
    if kept.pending_sign_ins:
        found.append(
            Fact(
                "Connecting", count(kept.pending_sign_ins, "sign-in") + " at a provider", "deleted after a few minutes"
            )
        )
    return found


def _browsers(kept: StoredData) -> str:
    names = dict.fromkeys(each.browser for each in kept.sessions)
    return f"{', '.join(names)} · with address and last use, listed under Security" if names else ""


def _settings(kept: StoredData) -> tuple[str, str]:
    theme = f"Theme: {kept.theme or 'system'}"
    if not kept.country:
        return theme, ""
    place = f"{kept.country}-{kept.region}" if kept.region else kept.country
    return (
        f"{theme}; public holidays: {place}",
        "counted as blocks" if kept.holidays_block else "shown only",
    )


def _connection(kept: StoredConnection, zone: ZoneInfo, now: datetime) -> Fact:
    secret = "Access token" if kept.signs_in else "Address and password"
    remarks = [
        kept.account,
        f"connected {_on(_day(kept.created_at, zone, now))}",
        f"{kept.calendars_on} of {count(kept.calendars, 'calendar')} on",
    ]
    if kept.last_read_at:
        remarks.append(f"last read {ago(kept.last_read_at, zone, now)}")
    return Fact(kept.nickname, f"{kept.product}. {secret}: encrypted, never shown", " · ".join(filter(None, remarks)))


def _manual_days(entries: tuple[StoredManualDays, ...], now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    if not entries:
        return "None", ""
    today = now.astimezone(zone).date()
    lines = []
    for each in entries[:NAMED]:
        days = day_words(each.first_day, today)
        if each.last_day > each.first_day:
            days += f" – {day_words(each.last_day, today)}"
        if each.weekly:
            days += f", every week until {day_words(each.until, today)}" if each.until else ", every week"
        lines.append(f"{days}: {each.action}")
    if more := len(entries) - NAMED:
        lines += [f"and {more} more, listed in the download"] if more > 0 else []
    return count(len(entries), "entry", "entries"), "; ".join(lines)


def _day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    return "today" if day == today else day_words(day, today)


def _on(day: str) -> str:
    return day if day == "today" else f"on {day}"


FIRST = 10
MORE = 25
COLUMNS = [
    {"name": key, "label": label, "field": key, "align": "left"}
    for key, label in (("start", "Start, UTC"), ("end", "End, UTC"), ("action", "Action"), ("calendar", "From"))
]
NEVER = (
    "Titles, descriptions, places and links of events",
    "Who organises or attends them",
    "Events that don’t count",
    "Events of calendars that are off",
    "Anything already over when it was read, or more than 90 days ahead",
)


class Intervals:
    """One table, however many there are. `unfold` is called to show more; `shown` says how many."""

    def __init__(self, unfold: Callable[[], object]) -> None:
        self.shown = FIRST

        def more() -> None:
            self.shown += MORE
            unfold()

        with html.section().classes("oc-card").props("aria-labelledby=kept-intervals"):
            with html.div().classes("oc-card-head"):
                html.h2("Availability").props("id=kept-intervals")
                self._sum = TextElement(tag="span", text="").classes("oc-sub grow")
            self.table = ui.table(columns=COLUMNS, rows=[], row_key="key", pagination=0)
            self.table.props("flat hide-pagination hide-bottom aria-labelledby=kept-intervals").classes(
                "oc-table oc-kept"
            )
            with html.div().classes("oc-foot") as self._foot:
                self.more = ui.button("", color=None, on_click=more).props("flat no-caps").classes("oc-btn quiet")
            self._foot.set_visibility(False)

    def show(self, intervals: Sequence[StoredInterval], total: int) -> None:
        """`intervals` are the first of `total`."""
        rows = [_row(number, interval) for number, interval in enumerate(intervals)]
        if rows != self.table.rows:
            self.table.rows = rows
        self._sum.set_text(f"{count(total, 'row')}, exactly as stored" if total else "Nothing is stored")
        self.table.set_visibility(bool(rows))
        self.more.set_text(f"Show {min(total - len(rows), MORE)} more")
        self._foot.set_visibility(total > len(rows))


class Facts:
    """Redrawn when one of them changes."""

    def __init__(self, log_others_out: Callable[[], object]) -> None:
        self._drawn: Sequence[Fact] = ()
        with html.section().classes("oc-card").props("aria-labelledby=kept-facts"):
            with html.div().classes("oc-card-head"):
                html.h2("You and your connections").props("id=kept-facts")
            self._list = html.dl().classes("oc-facts")
            with html.div().classes("oc-foot") as self._foot:
                button = ui.button("Log out other browsers", color=None, on_click=log_others_out)
                button.props("flat no-caps").classes("oc-btn quiet oc-icon oc-i-out")

    def show(self, facts: Sequence[Fact], *, has_others: bool) -> None:
        self._foot.set_visibility(has_others)
        if facts == self._drawn:
            return
        self._drawn = facts
        self._list.clear()
        with self._list:
            for fact in facts:
                html.dt(fact.term)
                with html.dd(fact.what):
                    if fact.remark:
                        html.small(fact.remark)


def never_kept() -> None:
    with html.section().classes("oc-card").props("aria-labelledby=kept-never"):
        with html.div().classes("oc-card-head"):
            html.h2("Never kept").props("id=kept-never")
        with html.ul().classes("oc-never"):
            for each in NEVER:
                html.li(each).classes("oc-icon oc-i-x")


def _row(number: int, interval: StoredInterval) -> dict[str, object]:
    return {
        "key": number,
        "start": _stamp(interval.start),
        "end": _stamp(interval.end),
        "action": interval.action.value,
        "calendar": interval.calendar,
    }


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}{NBSP}{moment:%H:%M}"
