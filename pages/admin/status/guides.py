"""What people said of the guides: the card is there once somebody did."""

from collections.abc import Sequence

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.help import Votes
from pages.widgets.guides import read_guides

MOST = 5


class GuidesCard:
    """Redrawn when the votes change."""

    def __init__(self) -> None:
        self._titles = {guide.key: guide.title for guide in read_guides().values()}
        self._shown: Sequence[Votes] = ()
        with html.section().classes("oc-card").props("aria-labelledby=guides") as self._card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Guides").props("id=guides")
                html.p("Was this page helpful?").classes("oc-sub")
            self._list = html.ul().classes("oc-said")
        self._card.set_visibility(False)

    def show(self, votes: Sequence[Votes]) -> bool:
        """Returns whether there is anything to show. Of guides that no longer exist nothing is."""
        known = [each for each in votes if each.guide in self._titles]
        if known != self._shown:
            self._shown = known
            self._card.set_visibility(bool(known))
            self._list.clear()
            with self._list:
                self._draw(known)
        return bool(known)

    def _draw(self, votes: Sequence[Votes]) -> None:
        for each in votes[:MOST]:
            _line(self._titles[each.guide], each.yes, each.no)
        if rest := votes[MOST:]:
            _line(f"{len(rest)} more", sum(each.yes for each in rest), sum(each.no for each in rest))


def _line(title: str, yes: int, no: int) -> None:
    with html.li(), TextElement(tag="b", text=title):
        html.span(f"{yes:,} yes · {no:,} no")
