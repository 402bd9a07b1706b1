"""The guides of docs/guides, and whether they helped."""

from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages.help.opinion import Opinion
from pages.layout import frame
from pages.opening import page
from pages.session import login_required
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
                Opinion(app, me, guide)


def _contents(guides: dict[str, Guide], here: Guide) -> None:
    with html.nav().classes("oc-toc").props("aria-label=Guides"):
        html.h2("Guides")
        for guide in guides.values():
            link = ui.link(guide.title, f"/help/{guide.key}")
            if guide is here:
                link.props("aria-current=page")
