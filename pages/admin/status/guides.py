"""What people said of the guides: the card is there once somebody did."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.help import Remark, Votes
from pages.widgets.dates import day_words
from pages.widgets.guides import read_guides
from pages.widgets.rows import show_rows

MOST = 5
ANSWERS = Path(__file__).with_name("answers.html")


class GuidesCard:
    """Redrawn when the votes or the remarks change."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._titles = {guide.key: guide.title for guide in read_guides().values()}
        self._shown: tuple[Sequence[Votes], Sequence[Remark]] = ((), ())
        with html.section().classes("oc-card").props("aria-labelledby=guides") as self._card:
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2("Guides").props("id=guides")
                    html.p("Was this page helpful?").classes("oc-sub")
                self._all = ui.button("All answers", color=None, on_click=self._open)
                self._all.props("unelevated no-caps").classes("oc-btn quiet")
            self._list = html.ul().classes("oc-said")
        self._card.set_visibility(False)

    def show(self, votes: Sequence[Votes], remarks: Sequence[Remark]) -> None:
        """Of guides that no longer exist nothing is shown."""
        known = (
            [each for each in votes if each.guide in self._titles],
            [r for r in remarks if r.guide in self._titles],
        )
        if known == self._shown:
            return
        self._shown = known
        self._card.set_visibility(bool(known[0]))
        self._all.set_visibility(bool(known[1]))
        self._list.clear()
        with self._list:
            self._draw(*known)

    def _draw(self, votes: Sequence[Votes], remarks: Sequence[Remark]) -> None:
        latest = {remark.guide: remark.text for remark in reversed(remarks)}
        for each in votes[:MOST]:
            _line(self._titles[each.guide], each.yes, each.no, latest.get(each.guide, ""))
        if rest := votes[MOST:]:
            _line(f"{len(rest)} more", sum(each.yes for each in rest), sum(each.no for each in rest))

    def _open(self) -> None:
        """Built when it is opened, removed when it is closed."""
        with self._card, ui.dialog(value=True) as dialog:
            self._fill(dialog)
        dialog.on("hide", dialog.delete)

    def _fill(self, dialog: ui.dialog) -> None:
        with html.div().classes("oc-pop oc-ask wide"):
            title = html.h2("What people said of the guides")
            table = ui.table(rows=[], columns=[], row_key="key").classes("oc-answers")
            table.props("grid hide-header hide-pagination hide-bottom hide-no-data tabindex=0")
            table.add_slot("item", ANSWERS.read_text("utf-8"))
            show_rows(table, [{"key": 0, "said": [self._row(each) for each in self._shown[1]]}])
            with html.div().classes("oc-acts wide"):
                close = ui.button("Close", color=None, on_click=dialog.close)
                close.props("unelevated no-caps autofocus").classes("oc-btn")
        dialog.props(f"aria-labelledby={title.html_id}")

    def _row(self, remark: Remark) -> dict[str, str]:
        day, today = remark.said_at.astimezone(self._zone).date(), datetime.now(self._zone).date()
        when = "today" if day == today else day_words(day, today)
        vote = "Yes" if remark.has_helped else "No"
        return {"guide": self._titles[remark.guide], "text": remark.text, "about": f"{vote} · {when}"}


def _line(title: str, yes: int, no: int, quote: str = "") -> None:
    with html.li():
        with TextElement(tag="b", text=title):
            html.span(f"{yes:,} yes · {no:,} no")
        if quote:
            html.p(f"“{quote}”").classes("oc-quote")
