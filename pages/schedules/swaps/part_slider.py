"""The slider on which a part of a shift is chosen: two handles over the shift to scale, with its days below."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from nicegui.element import Element

from oncall_ui.domain.imports.wording import WEEKDAYS
from pages.widgets.dates import clock

STEP = timedelta(minutes=30)
LONG = timedelta(hours=36)
"""Longer than that, the days are named below, and not the hours."""
HOURS = 6
DAY_EDGE, HOUR_EDGE = 0.16, 0.2
"""Of the length: nearer to an end nothing is named but the end itself. Hours take more room than days."""


class PartSlider(Element, component="part_slider.js"):
    """Drawn where it is created. `choose` gets the moments between which the handles were let go.

    A component of its own, which keeps the focus and the places of its handles whatever else changes on the page.
    """

    def __init__(
        self, start: datetime, end: datetime, zone: ZoneInfo, choose: Callable[[datetime, datetime], None]
    ) -> None:
        super().__init__()
        self._choose, self._stops = choose, stops(start, end, zone)
        self._places = 0, len(self._stops) - 1
        labels = [f"{WEEKDAYS[each.astimezone(zone).weekday()]} {clock(each, zone)}" for each in self._stops]
        days = [{"at": at, "word": word} for at, word in named(start, end, zone)]
        self.props.update(labels=labels, days=days, places=[*self._places])
        self.on("part", lambda event: self._moved(event.args))

    def show(self, start: datetime, end: datetime) -> None:
        """Puts the handles at the nearest stops, unless that is where the browser has moved them by now."""
        places = nearest(self._stops, start), nearest(self._stops, end)
        if places != self._places:
            self._places = places
            self.run_method("move", *places)

    def _moved(self, args: Any) -> None:
        first, last = sorted(min(max(int(each), 0), len(self._stops) - 1) for each in args[:2])
        if first < last:
            self._places = first, last
            self._choose(self._stops[first], self._stops[last])


def stops(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Where a handle may be: at the start, every half hour by the clock, and at the end."""
    found, moment = [start], start - timedelta(minutes=start.astimezone(zone).minute % 30) + STEP
    while moment < end:
        found.append(moment)
        moment += STEP
    return [*found, end]


def nearest(stops: Sequence[datetime], moment: datetime) -> int:
    """The place of the stop that is closest."""
    place = bisect_left(stops, moment)
    if place in (0, len(stops)):
        return min(place, len(stops) - 1)
    return place if stops[place] - moment <= moment - stops[place - 1] else place - 1


def named(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[float, str]]:
    """The moments named below the slider, each with its place from 0 to 1: both ends, and days or hours between."""
    yield 0, f"{WEEKDAYS[start.astimezone(zone).weekday()]} {clock(start, zone)}"
    for before, moment in pairwise(stops(start, end, zone)):
        local, at = moment.astimezone(zone), round((moment - start) / (end - start), 4)
        is_day = local.date() != before.astimezone(zone).date()
        is_hour = local.minute == 0 and local.hour % HOURS == 0
        edge = DAY_EDGE if is_day else HOUR_EDGE
        if edge < at < 1 - edge and (is_day if end - start > LONG else is_hour):
            yield at, WEEKDAYS[local.weekday()] if is_day else clock(moment, zone)
    yield 1, f"{WEEKDAYS[end.astimezone(zone).weekday()]} {clock(end, zone)}"
