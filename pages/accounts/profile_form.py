"""The profile form: name, time zone, country and public holidays."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.profile import Profile, next_holiday, save_profile
from oncall_ui.services.availability.holidays import countries, regions
from pages.session import run_as
from pages.widgets.dates import day_words
from pages.widgets.forms.fields import busy, field, forgive, is_busy, refuse_all, zone_field

NONE, WHOLE = "None", "Whole country"
COUNT = "Count public holidays as blocks"


@dataclass(frozen=True, slots=True)
class Choices:
    """Countries and regions, code → name, and the next holiday. Read in a thread: it may take a moment."""

    countries: Mapping[str, str]
    regions: Mapping[str, str]
    next_holiday: str


def choices_of(country: str, region: str, today: date) -> Choices:
    """Blocking."""
    found = next_holiday(country, region, today)
    line = f"Next: {found[1]}, {day_words(found[0], today)}." if found else ""
    return Choices(countries(), regions(country), line)


class ProfileForm:
    """`reload` is the route that loads the page again, with the new name in its frame."""

    def __init__(self, app: App, me: LoggedIn, profile: Profile, choices: Choices, *, reload: str) -> None:
        self._app, self._me, self._stored, self._reload = app, me, profile, reload
        with html.form().classes("oc-card oc-form oc-fields").props("novalidate aria-labelledby=about") as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            html.h2("About you").props("id=about")
            self._name = field("Name", value=profile.name, autocomplete="name")
            self._zone = zone_field(profile.zone)
            self._country = _choice("Country", {"": NONE, **choices.countries}, profile.country, with_input=True)
            self._region = _choice("Region", {"": WHOLE, **choices.regions}, profile.region)
            self._next = TextElement(tag="p", text=choices.next_holiday).classes("you-next").props("aria-live=polite")
            self._counts = ui.switch(COUNT, value=profile.holidays_block)
            with html.div().classes("oc-acts wide"):
                self._button = ui.button("Save", color=None, on_click=self._save)
                self._button.props("unelevated no-caps type=submit").classes("oc-btn main")
                self._saved = ui.label().classes("oc-status oc-reading is-ok").props("role=status")
        self._country.on_value_change(self._chose_country)
        self._region.on_value_change(self._chose_region)
        self._show_region()

    def say_saved(self) -> None:
        self._saved.set_text("Saved.")

    async def _chose_country(self) -> None:
        if (choices := await self._choices()) is not None:
            self._region.set_options({"": WHOLE, **choices.regions}, value="")
            self._next.set_text(choices.next_holiday)
            self._show_region()

    async def _chose_region(self) -> None:
        if (choices := await self._choices()) is not None:
            self._next.set_text(choices.next_holiday)

    def _show_region(self) -> None:
        self._region.set_visibility(len(self._region.options) > 1)
        self._counts.set_enabled(bool(self._country.value))

    async def _choices(self) -> Choices | None:
        """None if the member has chosen something else meanwhile, or left the page."""
        chosen = self._country.value or "", self._region.value or ""
        choices = await asyncio.to_thread(choices_of, *chosen, datetime.now(self._me.member.tz).date())
        is_chosen = chosen == (self._country.value or "", self._region.value or "")
        return choices if is_chosen and not self._next.is_deleted else None

    async def _save(self) -> None:
        if is_busy(self._button):
            return
        self._saved.set_text("")
        try:
            with busy(self._button):
                stored = await run_as(self._app, self._me, save_profile, self._typed())
        except InvalidInput as error:
            if not self._button.is_deleted:
                refuse_all((self._name, self._zone, self._country, self._region), error.sentences)
            return
        if self._button.is_deleted:
            return
        if stored.name != self._stored.name:
            ui.navigate.to(self._reload)
        self._stored = stored
        self._zone.set_value(stored.zone)
        self._counts.set_value(stored.holidays_block)
        self.say_saved()

    def _typed(self) -> Profile:
        return Profile(
            name=self._name.value or "",
            zone=self._zone.value or "",
            country=self._country.value or "",
            region=self._region.value or "",
            holidays_block=bool(self._counts.value),
        )


def _choice(label: str, options: dict[str, str], value: str, *, with_input: bool = False) -> ui.select:
    # A code that the holidays package no longer knows can't be chosen, and mustn't break the page.
    known = value if value in options else ""
    select = ui.select(options, label=label, value=known, with_input=with_input)
    select.on_value_change(lambda: forgive(select))
    return select.props("outlined dense stack-label no-error-icon options-dense")
