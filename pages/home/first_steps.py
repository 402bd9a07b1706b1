"""Home of a member without a calendar who has gone past the first steps: what is missing, and how to get it."""

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import DAYS_AHEAD
from pages.home.overview import Overview
from pages.widgets.steps import steps


class FirstSteps:
    """Drawn once; `show` shows it while nothing is connected."""

    def __init__(self, app: App) -> None:
        with html.section().classes("oc-card oc-start").props("aria-labelledby=start") as self._card:
            with html.div():
                self._title = TextElement(tag="h2", text=_title(DAYS_AHEAD)).props("id=start")
                html.p(
                    "Connect the calendar you already use. Days when you can’t, or would like to, be on call "
                    "appear here by themselves."
                ).classes("oc-lead")
                with html.p():
                    ui.link("Add a new calendar connection", "/calendar_connections/new").classes("oc-btn main")
            products = " or ".join(product.name for product in app.products if app.offers(product))
            steps(
                (
                    f"**Connect.** {products}. We only read.",
                    "**Choose.** Switch on the calendars that matter, and choose how their events count.",
                    f"**Done.** We check every {app.settings.import_interval} minutes, and let you know if a calendar "
                    "can no longer be read.",
                )
            )
        self._card.set_visibility(False)

    def show(self, seen: Overview, *, is_hidden: bool) -> None:
        self._title.set_text(_title(seen.picture.unknown))
        self._card.set_visibility(not seen.connections and not is_hidden)


def _title(unknown: int) -> str:
    if unknown == DAYS_AHEAD:
        return f"All {DAYS_AHEAD} days are unknown"
    return f"{unknown} of {DAYS_AHEAD} days are unknown" if unknown else "No calendar is connected yet"
