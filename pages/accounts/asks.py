"""/asks/{token}: the link in an email that asks for cover. It shows what is asked and answers once, without a login.

The form is sent to pages/link_forms.py. The page asks, because programs that scan email open the links in it.
"""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html

from oncall_ui.app import App
from oncall_ui.services.schedules.cover.links import AskLink, AskState, ask_link
from pages.accounts.login.gate import gate, refusal
from pages.opening import page
from pages.session import pop_flash, rate_limited
from pages.widgets.people import first_name
from pages.widgets.requests.words import part_words

CLOSED = {
    AskState.USED: ("You have answered already", "This link works once. To change your answer, open Swaps."),
    AskState.UNKNOWN: ("This link doesn’t work", "It may be incomplete, or the shift has begun."),
}
"""Heading and sentence."""
OVER = "No answer needed"
ANYWAY = "Take it all the same"


def register(app: App) -> None:
    def asked(token: str) -> AskLink:
        return ask_link(app, token)

    @page("/asks/{token}", title="A shift to cover · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def ask_page(
        asked: Annotated[AskLink, Depends(asked)], flash: Annotated[dict[str, Any], Depends(pop_flash)]
    ) -> None:
        if asked.state is not AskState.OPEN or asked.part is None:
            heading, sentence = CLOSED.get(asked.state, (OVER, asked.sentence))
            with gate(app, heading, back=True):
                html.p(sentence).classes("oc-lead")
            return
        with gate(app, _heading(asked), asked.schedule):
            _form(asked, flash)


def _heading(asked: AskLink) -> str:
    name = first_name(asked.asker)
    if asked.is_offer:
        return f"{name} offers to {'swap' if asked.back else 'take your shift'}"
    return f"{name} asks you to cover"


def _form(asked: AskLink, flash: dict[str, Any]) -> None:
    zone = ZoneInfo(asked.zone)
    assert asked.part is not None
    html.p(part_words(asked.part, zone)).classes("oc-lead")
    if asked.back:
        html.p(f"In return you take {part_words(asked.back, zone)}.")
    if asked.note:
        html.p(f"“{asked.note}”").classes("oc-quote")
    # Without an action the form goes to its own address, which holds the link.
    with html.form().classes("oc-form").props("method=post"):
        refusal(flash.get("sentence", ""))
        is_warned = bool(flash.get("values", {}).get("agree"))
        if is_warned:
            html.input_(type="hidden", name="accepted", value="yes")
        with html.div().classes("oc-acts wide asks-acts"):
            take = "Hand over" if asked.is_offer and not asked.back else "Swap" if asked.is_offer else "Take it"
            _button(ANYWAY if is_warned else take, "take", "oc-btn main")
            _button("Ask me later", "later", "oc-btn")
            _button("Decline", "no", "oc-btn")
    html.p("To swap it for one of your shifts, log in and open Swaps.").classes("oc-hint")


def _button(word: str, answer: str, css: str) -> None:
    html.button(word).classes(css).props(f"type=submit name=answer value={answer}")
