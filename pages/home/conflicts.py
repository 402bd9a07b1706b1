"""Shifts on Home that need a change: the member's own, one card each, and those of every schedule they manage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.conflicts.words import why_words
from oncall_ui.errors import NotAllowed, PlanOutdated
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.schedules.conflicts.keeping import keep_anyway
from oncall_ui.services.schedules.conflicts.views import OpenConflict
from pages.session import run_as
from pages.widgets.calendar_status import since_words
from pages.widgets.dates import moment_words
from pages.widgets.people import first_name

AT_MOST = 3
FIXES = "/schedules/{}/repair"
MOST_NAMED = 3
HEADINGS = {
    Trouble.BLOCKED: "You are blocked on a shift of yours",
    Trouble.LEFT: "A shift of yours is on a day you aren’t on the schedule",
    Trouble.LIMIT: "A shift of yours breaks a limit",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What one card says. `keep` is the conflict that may be kept by a click, 0 for none."""

    schedule_id: int
    heading: str
    since: str
    sentence: str
    keep: int


def cards_of(found: Sequence[OpenConflict], me: MemberView, now: datetime) -> list[Card]:
    """The member's own first, then one for each schedule they manage."""
    own = [each for each in found if each.is_mine]
    cards = [
        Card(
            schedule_id=each.schedule_id,
            heading=HEADINGS.get(each.trouble, ""),
            since=since_words(each.found_at, me.tz, now),
            sentence=f"{_when(each, me, now)}, {each.role} on {each.schedule}. It stays yours until someone takes it.",
            keep=each.id if each.may_keep else 0,
        )
        for each in own
    ]
    others = [each for each in found if not each.is_mine]
    for schedule_id in dict.fromkeys(each.schedule_id for each in others):
        cards.append(_of_schedule([each for each in others if each.schedule_id == schedule_id], me, now))
    return cards


def _of_schedule(theirs: Sequence[OpenConflict], me: MemberView, now: datetime) -> Card:
    first = theirs[0]
    need = "1 shift needs a change" if len(theirs) == 1 else f"{len(theirs)} shifts need a change"
    said = [
        f"{_when(each, me, now)} ({why_words(each.trouble, each.about, first_name(each.name))})"
        for each in theirs[:MOST_NAMED]
    ]
    more = f" and {len(theirs) - MOST_NAMED} more" if len(theirs) > MOST_NAMED else ""
    return Card(
        schedule_id=first.schedule_id,
        heading=f"{first.schedule}: {need}",
        since=since_words(min(each.found_at for each in theirs), me.tz, now),
        sentence=f"{', '.join(said)}{more}. Nothing has been moved.",
        keep=0,
    )


def _when(each: OpenConflict, me: MemberView, now: datetime) -> str:
    return moment_words(each.start, me.tz, now.astimezone(me.tz).date())


class Conflicts:
    """Redrawn only when what the cards say changes."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        self._place = html.div().classes("home-alerts")
        self._shown: list[Card] = []

    def show(self, found: Sequence[OpenConflict], now: datetime) -> None:
        cards = cards_of(found, self._me.member, now)
        if cards == self._shown:
            return
        self._shown = cards
        self._place.clear()
        with self._place:
            for card in cards[:AT_MOST]:
                self._draw(card)
            for first in cards[AT_MOST : AT_MOST + 1]:
                with html.p().classes("home-more"):
                    TextElement(tag="span", text=f"{len(cards) - AT_MOST} more.")
                    ui.link("See the first", FIXES.format(first.schedule_id))

    def _draw(self, card: Card) -> None:
        with html.section().classes("oc-alert") as box:
            html.i().classes("oc-i oc-i-alert").props("aria-hidden=true")
            with html.div():
                with TextElement(tag="h2", text=card.heading) as heading:
                    html.span(card.since)
                TextElement(tag="p", text=card.sentence)
            with html.div().classes("oc-acts wide"):
                fixes = ui.link("See the fixes", FIXES.format(card.schedule_id)).classes("oc-btn main")
                fixes.props["aria-describedby"] = heading.html_id
                if card.keep:
                    keep = ui.button("Keep anyway", color=None, on_click=lambda: self._keep(card))
                    keep.props("unelevated no-caps").classes("oc-btn").props["aria-describedby"] = heading.html_id
        box.props["aria-labelledby"] = heading.html_id

    async def _keep(self, card: Card) -> None:
        # In the page's own context: the card with the button may be gone by now.
        with self._client:
            try:
                await run_as(self._app, self._me, keep_anyway, card.schedule_id, card.keep)
            except (NotAllowed, PlanOutdated):
                ui.notify("This shift doesn’t need a change any more", position="bottom-right")
