"""The two answers to a reading that lost nearly everything, as buttons."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import html, ui

from oncall_ui.domain.doubt import Answer

WORDS = {Answer.TAKE: "Take the new reading", Answer.KEEP: "Keep what we have"}

GiveAnswer = Callable[[int, Answer], Awaitable[None]]
"""Given the calendar’s id."""


def answer_buttons(calendar_id: int, give: GiveAnswer, *, may_keep: bool = True, about: str = "") -> ui.element:
    """Who kept may still take. `about` is the id of the element that says which calendar is meant."""
    answers = (Answer.TAKE, Answer.KEEP) if may_keep else (Answer.TAKE,)
    place: ui.element = html.div().classes("oc-acts wide")
    with place:
        for answer in answers:
            button = ui.button(WORDS[answer], on_click=partial(give, calendar_id, answer), color=None)
            button.props("unelevated no-caps").classes("oc-btn small")
            if about:
                button.props(f"aria-describedby={about}")
    return place
