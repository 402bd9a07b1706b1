"""Limits or fair shares: the points between both that were compared, one of which the draft is planned with."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.services.schedules.bending.offers import Bending, LimitOffer
from oncall_ui.services.schedules.drafts.review import Review
from pages.schedules.draft.lists import Block
from pages.schedules.draft.words import amount
from pages.widgets.dates import NBSP, count

Row = dict[str, Any]
BEFORE = "Some limits can’t be kept. With a few more broken, shares can be fairer."
COMPARING = "Comparing a few plans. You can leave this page."
AFTER = "Points apart: from who is most above their share to who is most below. Choosing one plans this draft again."
NO_FAIRER = "More broken limits wouldn’t make shares fairer."
NONE_FOUND = "No fairer plan was found in the time that planning may take."
BY_HAND = "This draft has manual changes. Plan it again to compare."


class BendingCard:
    """Hidden where every limit is kept. `choose` is called with how many more limits may break, None: as set."""

    def __init__(
        self, compare: Callable[[], Awaitable[object]], choose: Callable[[int | None], Awaitable[object]]
    ) -> None:
        self._compare, self._choose = compare, choose
        self._bending: Bending | None = None
        self._is_comparing = False
        with html.section().classes("oc-card").props("aria-labelledby=bending") as self._card:
            with html.div().classes("oc-card-head draft-bend-head"):
                with html.div().classes("grow"):
                    html.h2("Limits or fair shares").props("id=bending")
                    self._lead = TextElement(tag="p", text="").classes("oc-sub").props("role=status")
                    self._chosen = TextElement(tag="p", text="").classes("oc-sub")
                self._reset = ui.button("Use the schedule’s setting", color=None, on_click=self._take_back)
                self._reset.props("flat no-caps").classes("oc-btn quiet")
                self._button = ui.button("Compare", color=None, on_click=self._press).props("unelevated no-caps")
                self._button.classes("oc-btn")
            self._list = Block("bending", choose=self._chose)
        self._card.set_visibility(False)

    def show(self, review: Review) -> None:
        is_draft = review.draft.line.status is PlanStatus.DRAFT
        self._bending = bending = review.draft.bending if is_draft else None
        self._card.set_visibility(bending is not None)
        if bending is None:
            return
        rows = offer_rows(bending, _apart_in(review))
        self._list.show(items=rows)
        self._list.table.set_visibility(len(rows) > 1)
        self._chosen.set_text(chosen_words(bending))
        self._chosen.set_visibility(bending.chosen is not None)
        self._reset.set_visibility(bending.chosen is not None)
        self._say(bending)

    def _say(self, bending: Bending) -> None:
        self._lead.set_text(COMPARING if self._is_comparing else lead_words(bending))
        self._button.set_visibility(not bending.is_whole and not bending.is_changed)
        self._button.set_text("Compare again" if bending.offers else "Compare")
        self._button.set_enabled(not self._is_comparing)

    async def _press(self) -> None:
        if self._bending is None or self._is_comparing:
            return
        self._is_comparing = True
        self._say(self._bending)
        try:
            await self._compare()
        finally:
            self._is_comparing = False
            if self._bending is not None and not self._lead.is_deleted:
                self._say(self._bending)

    async def _take_back(self) -> None:
        await self._choose(None)

    async def _chose(self, more: Any) -> None:
        if self._bending is not None and any(offer.more == more for offer in self._bending.offers):
            await self._choose(int(more))


def offer_rows(bending: Bending, apart: Fraction) -> list[Row]:
    """`17 short rests`, `12 points apart`, a bar as long as that, and whether the draft is planned so.

    The draft's own points `apart` count where it is: wishes and spread may have moved them since they were compared.
    """
    offers = [replace(each, apart=apart) if each.more == bending.bent else each for each in bending.offers]
    widest = max((offer.apart for offer in offers), default=Fraction(0)) or Fraction(1)
    what = "short rest" if all(offer.rests == offer.broken for offer in offers) else "broken limit"
    return [
        {
            "more": offer.more,
            "b": count(offer.broken, what),
            "small": _apart(offer),
            "bar": {"--v": round(float(offer.apart / widest), 2)},
            "now": offer.more == bending.bent,
        }
        for offer in offers
    ]


def lead_words(bending: Bending) -> str:
    if bending.is_changed:
        return BY_HAND
    if not bending.offers:
        return BEFORE
    if len(bending.offers) > 1:
        return AFTER
    return NO_FAIRER if bending.is_whole else NONE_FOUND


def chosen_words(bending: Bending) -> str:
    """What was chosen, and that it stays."""
    if bending.chosen is None:
        return ""
    more = f"up to {count(bending.chosen, 'more limit')} may break" if bending.chosen else "no more limits may break"
    return f"Chosen for this draft: {more} than have to. Planning again keeps that."


def _apart_in(review: Review) -> Fraction:
    above = [row.after for row in review.fairness]
    return max(above) - min(above) if above else Fraction(0)


def _apart(offer: LimitOffer) -> str:
    points = amount(offer.apart)
    apart = f"{points}{NBSP}{'point' if points == '1' else 'points'} apart"
    return apart if offer.is_proved else f"{apart}, not proven best"
