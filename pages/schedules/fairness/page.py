"""/schedules/{id}/fairness: everybody's balance, and one account with every line and its cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.accounts import ALL, Measure, course, sums
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.ledger.accounts import Accounts, read_accounts
from oncall_ui.services.schedules.ledger.fairness import LedgerEntry, read_ledger
from oncall_ui.services.schedules.people import ParticipantView
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView
from pages.schedules.drawn import Drawn
from pages.schedules.fairness.adjust_form import AdjustForm
from pages.schedules.fairness.balances import balance_rows, buckets_of, fact_rows
from pages.schedules.fairness.chart import chart_rows
from pages.schedules.fairness.drawing import BALANCES, CHART, FACTS, MONTH
from pages.schedules.fairness.statement import statement_rows, totals_of
from pages.schedules.fairness.words import NOTHING_YET, bucket_words, everyone, plain, standing
from pages.schedules.subnav import SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as
from pages.widgets.dates import day_words
from pages.widgets.toast import Toast

HERE = "fairness"
DOWNLOADS = {"Hours as CSV": "hours", "Shifts as CSV": "shifts", "Ledger as CSV": "ledger"}
MONTHS = 12
"""In the chart."""
SHEETS = 3
"""Months of a ledger to begin with, and as many more at a press."""
ONLY_PEOPLE = "Only people on this schedule see its ledger. Ask a manager of the schedule to add you."
EXPLAINED = (
    "Your fair share of a shift is its points, divided among everyone who was on the schedule then, by their share in "
    "percent. Pauses and days before you joined cost nothing. The person on call gets the points."
)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read for one drawing."""

    accounts: Accounts
    entries: tuple[LedgerEntry, ...]
    of: int | None
    """Whose ledger it is."""


def register(app: App) -> None:
    @page("/schedules/{schedule_id}/fairness")
    async def fairness_page(
        schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))], who: str = ""
    ) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        with frame(app, me, f"Fairness · {view.name}", SCHEDULES):
            if not view.access.includes(Access.MEMBER):
                _refused(view)
                return
            screen = _Screen(app, me, view, int(who) if who.isdecimal() and len(who) < 10 else None)
            await screen.start()


def _refused(view: ScheduleView) -> None:
    with html.header().classes("oc-head"), html.div():
        ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
        html.h1(view.name)
    schedule_subnav(view, HERE)
    html.p(ONLY_PEOPLE).classes("oc-lead")


class _Screen:
    """The elements, built once, and what was read last."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, who: int | None) -> None:
        self._app, self._me, self._view = app, me, view
        self._zone = zone_of(view.zone)
        self._who, self._sheets = who or view.my_participant_id, SHEETS
        self._bucket, self._measure = ALL, Measure.POINTS
        self._now: _Read | None = None
        self._head()
        schedule_subnav(view, HERE)
        self._none = TextElement(tag="p", text="").classes("oc-lead fair-none")
        self._body = html.div().classes("fair-body")
        with self._body:
            self._chart_card()
            self._table_card()
            self._ledger()
        self._body.set_visibility(False)  # until it is known what to show
        self._toast = Toast()
        self._adjust = AdjustForm(app, me, view.id, self._adjusted)
        self._live = LiveView(app, me, lambda _wanted: self._read(), self._show, of_schedule=view.id)

    async def start(self) -> None:
        """Shows the ledger."""
        await self._live.first()

    def _head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
                html.h1(self._view.name)
                with html.p().classes("oc-status is-idle oc-i-scale"):
                    self._where = TextElement(tag="b", text="Loading the ledger")
                    self._then = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                if self._may_change:
                    ui.link("Import an old rota", schedule_route(self._view.id, "import")).classes("oc-btn")
                button = ui.button("Download", color=None).props("unelevated no-caps aria-haspopup=menu")
                menu = "role=menu aria-label='What to download' anchor='bottom right'"
                with button.classes("oc-btn oc-icon oc-i-download"), ui.menu().props(menu):
                    for word, what in DOWNLOADS.items():
                        route = schedule_route(self._view.id, HERE, f"{what}.csv")
                        ui.menu_item(word, partial(ui.download.from_url, route)).props("role=menuitem")

    def _chart_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=fair-chart"):
            with html.div().classes("oc-card-head wrap"):
                with html.h2().classes("grow").props("id=fair-chart"):
                    html.span("Above or below a fair share ")
                    html.small("in points, at the end of each month; the band is one shift")
                self._buckets = ui.toggle({ALL: "All"}, value=ALL).classes("oc-seg")
                self._buckets.props("unelevated no-caps toggle-color=none toggle-text-color=none aria-label=Count")
                self._buckets.on_value_change(self._choose_bucket)
            self._chart = Drawn(CHART, "fair-chart")

    def _table_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=fair-all"):
            with html.div().classes("oc-card-head wrap"):
                with html.h2().classes("grow").props("id=fair-all"):
                    html.span("Everyone’s ledger ")
                    self._until = TextElement(tag="small", text="")
                units = {each: each.value.capitalize() for each in Measure}
                self._units = ui.toggle(units, value=self._measure).classes("oc-seg")
                self._units.props("unelevated no-caps toggle-color=none toggle-text-color=none aria-label=In")
                self._units.on_value_change(self._choose_measure)
            self._balances = Drawn(BALANCES, "")
            self._balances.table.on("who", lambda event: self._choose_person(event.args))

    def _ledger(self) -> None:
        with html.div().classes("fair-title"):
            self._title = TextElement(tag="h2", text="").classes("grow")
            self._select = ui.select({}, label="Ledger of").props("outlined dense options-dense stack-label")
            self._select.on_value_change(lambda: self._choose_person(self._select.value))
            if self._may_change:
                button = ui.button("Adjust", color=None, on_click=self._open_form).props("unelevated no-caps")
                button.classes("oc-btn")
        self._sentence = TextElement(tag="p", text="").classes("oc-lead")
        with html.section().classes("oc-card").props('aria-label="Done and fair share"') as self._facts_card:
            self._facts = Drawn(FACTS, "")
        self._months = Drawn(MONTH, "fair-months")
        self._more = ui.button("Show earlier months", color=None, on_click=self._show_more).props("flat no-caps")
        self._more.classes("oc-btn quiet fair-more")
        with html.p().classes("oc-note oc-icon oc-i-scale"):
            self._worth = TextElement(tag="span", text="")

    def _read(self) -> _Read | None:
        """Blocking. None: it may not be seen any more."""
        member, schedule = self._me.member.id, self._view.id
        try:
            accounts = read_accounts(self._app, member, schedule)
            known = [each.id for each in accounts.people]
            of = self._who if self._who in known else next(iter(known), None)
            entries = read_ledger(self._app, member, schedule, of) if of is not None else ()
        except NotAllowed:
            return None
        return _Read(accounts, entries, of)

    def _show(self, now: _Read | None) -> None:
        if now is None:
            ui.navigate.to(SCHEDULES)
            return
        self._now = now
        has_lines = bool(now.accounts.postings)
        self._body.set_visibility(has_lines)
        self._none.set_visibility(not has_lines)
        self._none.set_text("Points appear here once a plan is published.")
        self._say(now.accounts)
        self._show_everyone(now.accounts)
        self._show_ledger(now)

    def _say(self, accounts: Accounts) -> None:
        balances = _balances(accounts)
        mine = self._view.my_participant_id
        if not accounts.postings:
            where, then = NOTHING_YET, ""
        elif mine in balances:
            where, then = standing(balances[mine], _cap(accounts, mine))
        else:
            where, then = everyone(balances), ""
        self._where.set_text(where)
        self._then.set_text(then)

    def _show_everyone(self, accounts: Accounts) -> None:
        buckets = {each: bucket_words(each) for each in buckets_of(accounts)}
        if self._bucket not in buckets:
            self._bucket = ALL
        if self._buckets.options != buckets:
            self._buckets.set_options(buckets, value=self._bucket)
        until = f"everything published, until {day_words(accounts.until, self._today)}" if accounts.until else ""
        self._until.set_text(until)
        self._draw_chart()
        self._balances.show(balance_rows(accounts, self._measure, self._view.my_participant_id, self._today))

    def _draw_chart(self) -> None:
        if self._now is not None:
            accounts = self._now.accounts
            drawn = course(accounts.postings, self._bucket, self._zone, MONTHS)
            self._chart.show(chart_rows(drawn, _by_id(accounts), _usual(accounts), self._today))

    def _show_ledger(self, now: _Read) -> None:
        accounts, people = now.accounts, _by_id(now.accounts)
        names = {each.id: each.name for each in accounts.people}
        if self._select.options != names or self._select.value != now.of:
            self._select.set_options(names, value=now.of)
        who = people.get(now.of or 0)
        if who is None:
            return
        is_mine = who.id == self._view.my_participant_id
        self._title.set_text("Your ledger" if is_mine else f"Ledger of {who.name}")
        balance = _balances(accounts).get(who.id, 0.0)
        where, then = standing(balance, _cap(accounts, who.id), name=who.name)
        self._sentence.set_text(f"{where}{then}.")
        self._sentence.set_visibility(not is_mine)  # the page begins with one's own
        self._facts.show(fact_rows(accounts, who.id))
        self._facts_card.set_visibility(bool(now.entries))
        months = statement_rows(now.entries, totals_of(accounts.postings), who.periods, self._zone, self._today)
        self._months.show(months[: self._sheets])
        self._more.set_visibility(len(months) > self._sheets)
        self._worth.set_text(f"{_worth(accounts)} {EXPLAINED}")

    def _choose_bucket(self) -> None:
        self._bucket = str(self._buckets.value or ALL)
        self._draw_chart()

    def _choose_measure(self) -> None:
        self._measure = Measure(self._units.value or Measure.POINTS)
        if self._now is not None:
            self._balances.show(
                balance_rows(self._now.accounts, self._measure, self._view.my_participant_id, self._today)
            )

    def _choose_person(self, chosen: object) -> None:
        if isinstance(chosen, int) and (self._now is None or chosen != self._now.of):
            self._who, self._sheets = chosen, SHEETS
            is_mine = chosen == self._view.my_participant_id
            route = schedule_route(self._view.id, HERE)
            ui.navigate.history.replace(route if is_mine else f"{route}?who={chosen}")
            self._live.refresh()

    def _show_more(self) -> None:
        self._sheets += SHEETS
        if self._now is not None:
            self._show_ledger(self._now)

    def _open_form(self) -> None:
        if self._now is not None:
            self._adjust.open({each.id: each.name for each in self._now.accounts.people})

    def _adjusted(self, sentence: str) -> None:
        self._toast.say(sentence)
        self._live.refresh()

    @property
    def _may_change(self) -> bool:
        return self._view.access.includes(Access.MANAGER) and not self._view.is_archived

    @property
    def _today(self) -> date:
        return _today(self._zone)


def _by_id(accounts: Accounts) -> Mapping[int, ParticipantView]:
    return {each.id: each for each in accounts.people}


def _balances(accounts: Accounts) -> dict[int, float]:
    """In all, in points."""
    found = sums(accounts.postings, Measure.POINTS)
    return {participant: each.balance for (participant, bucket), each in found.items() if bucket == ALL}


def _cap(accounts: Accounts, participant: int) -> float | None:
    """None where it isn't known."""
    return accounts.caps.get(participant, 0.0) if accounts.caps else None


def _usual(accounts: Accounts) -> float:
    """The points of a slot, on average."""
    slots = totals_of(accounts.postings)
    return sum(slots.values()) / MILLI / len(slots) if slots else 1.0


def _worth(accounts: Accounts) -> str:
    """`Weekday 1, weekend 3 points; secondary counts 50 %.`"""
    types = sorted(
        {each.type for each in accounts.postings if each.type}, key=lambda each: accounts.points.get(each, 1)
    )
    parts = ", ".join(f"{each} {plain(accounts.points.get(each, 1))}" for each in types)
    roles = [f"{role} counts {percent}\u00a0%" for role, percent in accounts.role_percents.items() if percent != 100]
    words = f"{parts} points{''.join(f'; {each}' for each in roles)}."
    return bucket_words(words) if parts else ""


def _today(zone: ZoneInfo) -> date:
    return datetime.now(UTC).astimezone(zone).date()
