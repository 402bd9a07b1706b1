"""The guides of docs/guides, and whether they helped."""

from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.help import vote
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.guides import Guide, read_guides
from pages.widgets.heading import page_header


def register(app: App) -> None:
    guides = read_guides()
    logged_in = login_required(app)

    def wanted(_me: Annotated[LoggedIn, Depends(logged_in)], guide: str) -> Guide:
        if guide not in guides:
            raise NotAllowed
        return guides[guide]

    @page("/help")
    def help_page(me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        with frame(app, me, "Help", "/help"), html.div().classes("oc-page narrow"):
            page_header("Help", "How things work here, in short guides.")
            with html.ul().classes("oc-card oc-rows"):
                for guide in guides.values():
                    with html.li().classes("oc-guide"):
                        ui.link(guide.title, f"/help/{guide.key}")
                        html.p(guide.lead)

    @page("/help/{guide}")
    def guide_page(me: Annotated[LoggedIn, Depends(logged_in)], guide: Annotated[Guide, Depends(wanted)]) -> None:
        with frame(app, me, guide.title, "/help"), html.div().classes("oc-lay"):
            _contents(guides, guide)
            with html.article().classes("oc-art"):
                ui.markdown(guide.text)
                _was_it_helpful(app, me, guide)


def _contents(guides: dict[str, Guide], here: Guide) -> None:
    with html.nav().classes("oc-toc").props("aria-label=Guides"):
        html.h2("Guides")
        for guide in guides.values():
            link = ui.link(guide.title, f"/help/{guide.key}")
            if guide is here:
                link.props("aria-current=page")


def _was_it_helpful(app: App, me: LoggedIn, guide: Guide) -> None:
    has_answered = False

    async def answer(*, helped: bool) -> None:
        nonlocal has_answered
        if has_answered:
            return
        has_answered = True
        for button in buttons:
            button.set_visibility(False)
        thanks.set_text("Thanks. Counted without your name.")
        await run_as(app, me, vote, guide.key, helped=helped)

    with html.div().classes("oc-was").props("role=group aria-labelledby=was"):
        html.b("Was this page helpful?").props("id=was")
        buttons = [
            ui.button(word, color=None, on_click=lambda helped=helped: answer(helped=helped))
            .props("unelevated no-caps")
            .classes("oc-btn small")
            for word, helped in (("Yes", True), ("No", False))
        ]
        thanks = ui.label().classes("oc-sub").props("role=status")
