"""Whose public holidays a schedule follows."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.availability.holidays import countries, holidays_between, regions
from pages.widgets.dates import day_words

NONE, WHOLE = "No country", "Whole country"
YEAR, SAID = timedelta(days=366), 3


@dataclass(frozen=True, slots=True)
class Known:
    """What can be chosen, and the coming holidays of what is chosen. `countries` and `regions`: code → name."""

    countries: Mapping[str, str]
    regions: Mapping[str, str]
    days: Mapping[date, str]


def known_holidays(country: str, region: str, first: date) -> Known:
    """Blocking, and slow the first time."""
    return Known(countries(), regions(country), holidays_between(country, region, first, first + YEAR))


class HolidaysEditor:
    """Drawn where it is created.

    `changed` is called with country and region, each a code or empty, and the holidays of a year.
    """

    def __init__(
        self,
        country: str,
        region: str,
        first: date,
        known: Known,
        changed: Callable[[str, str, Mapping[date, str]], None],
    ) -> None:
        self._first, self._changed = first, changed
        self.country = _select("Country", {"": NONE, **known.countries}, country, with_input=True)
        self.region = _select("Region", {"": WHOLE, **known.regions}, region)
        self._next = TextElement(tag="p", text=_words(known.days, first)).classes("oc-sub").props("aria-live=polite")
        self.region.set_visibility(bool(known.regions))
        self.country.on_value_change(lambda: self._choose(is_new=True))
        self.region.on_value_change(lambda: self._choose(is_new=False))

    async def look_from(self, first: date) -> None:
        """The schedule begins on another day."""
        if first != self._first:
            self._first = first
            if self.country.value:
                await self._choose(is_new=False)

    async def _choose(self, *, is_new: bool) -> None:
        country, first = str(self.country.value or ""), self._first
        region = "" if is_new else str(self.region.value or "")
        known = await asyncio.to_thread(known_holidays, country, region, first)
        if self._next.is_deleted or country != str(self.country.value or ""):
            return
        if first != self._first:  # by now
            await self._choose(is_new=is_new)
            return
        if is_new:
            self.region.set_options({"": WHOLE, **known.regions}, value="")
            self.region.set_visibility(bool(known.regions))
        self._next.set_text(_words(known.days, first))
        self._changed(country, region, known.days)


def _words(days: Mapping[date, str], first: date) -> str:
    """`11 a year, next: Christmas Day, Fri 25 Dec`."""
    if not days:
        return "Shifts on public holidays count as usual"
    said = ", ".join(f"{name} on {day_words(day, first)}" for day, name in list(days.items())[:SAID])
    return f"{len(days)} in a year. Next: {said}"


def _select(label: str, options: dict[str, str], value: str, *, with_input: bool = False) -> ui.select:
    # A code that the holidays package no longer knows can't be chosen, and mustn't break the page.
    select = ui.select(options, label=label, value=value if value in options else "", with_input=with_input)
    return select.props("outlined dense options-dense stack-label")
