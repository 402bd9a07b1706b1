"""What is kept about a member, in words: a term, what it is, and a remark."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.privacy.stored_data import Interval, Kept, KeptConnection, KeptManualDays
from pages.widgets.dates import NBSP, ago, count, day_words, moment_words

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


def _by_hand(entries: tuple[KeptManualDays, ...], now: datetime, zone: ZoneInfo) -> tuple[str, str]:
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
    "Anything that was over when it was read, or lies more than 90 days ahead",
)


class Intervals:
    """One table however many there are. `unfold` is called when more are wanted; `shown` says how many."""

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

    def show(self, intervals: Sequence[Interval], total: int) -> None:
        """`intervals` are the first of `total`."""
        rows = [_row(number, interval) for number, interval in enumerate(intervals)]
        if rows != self.table.rows:
            self.table.rows = rows
        self._sum.set_text(f"{count(total, 'row')}, as they stand in the database" if total else "Nothing is stored")
        self.table.set_visibility(bool(rows))
        self.more.set_text(f"Show {min(total - len(rows), MORE)} more")
        self._foot.set_visibility(total > len(rows))


class Facts:
    """Drawn anew when one of them is another."""

    def __init__(self, log_others_out: Callable[[], object]) -> None:
        self._drawn: Sequence[Fact] = ()
        with html.section().classes("oc-card").props("aria-labelledby=kept-facts"):
            with html.div().classes("oc-card-head"):
                html.h2("You and your connections").props("id=kept-facts")
            self._list = html.dl().classes("oc-facts")
            with html.div().classes("oc-foot") as self._foot:
                button = ui.button("Log the other browsers out", color=None, on_click=log_others_out)
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


def _row(number: int, interval: Interval) -> dict[str, object]:
    return {
        "key": number,
        "start": _stamp(interval.start),
        "end": _stamp(interval.end),
        "action": interval.action.value,
        "calendar": interval.calendar,
    }


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}{NBSP}{moment:%H:%M}"
