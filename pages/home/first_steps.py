"""Home of a member without a calendar who has gone past the first steps: what is missing, and how to get it."""

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import DAYS_AHEAD
from pages.home.overview import Overview
from pages.widgets.forms.steps import steps


class FirstSteps:
    """Drawn when it is first shown: most members never see it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._title: TextElement | None = None
        self._card = html.section().classes("oc-card oc-start").props("aria-labelledby=start")
        self._card.set_visibility(False)

    def show(self, seen: Overview, *, is_hidden: bool) -> None:
        is_shown = not seen.connections and not is_hidden
        self._card.set_visibility(is_shown)
        if not is_shown:
            return
        if self._title is None:
            self._title = self._draw()
        self._title.set_text(_title(seen.picture.unknown))

    def _draw(self) -> TextElement:
        with self._card:
            with html.div():
                title = TextElement(tag="h2", text="").props("id=start")
                html.p(
                    "Connect the calendar you already use. Days when you can’t, or would like to, be on call "
                    "appear here by themselves."
                ).classes("oc-lead")
                with html.p():
                    ui.link("Add a new calendar connection", "/calendar_connections/new").classes("oc-btn main")
            products = " or ".join(product.name for product in self._app.products if self._app.offers(product))
            steps(
                (
                    f"**Connect.** {products}. We only read.",
                    "**Choose.** Switch on the calendars that matter, and choose how their events count.",
                    f"**Done.** We check every {self._app.settings.import_interval} minutes, and let you know if a "
                    "calendar can no longer be read.",
                )
            )
        return title


def _title(unknown: int) -> str:
    if unknown == DAYS_AHEAD:
        return f"All {DAYS_AHEAD} days are unknown"
    return f"{unknown} of {DAYS_AHEAD} days are unknown" if unknown else "No calendar is connected yet"
