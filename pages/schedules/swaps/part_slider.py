"""The slider on which a part of a shift is chosen: two handles over the shift to scale, with its days below."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import WEEKDAYS
from pages.schedules.drawn import Drawn
from pages.widgets.dates import clock

STEP = timedelta(minutes=30)
LONG = timedelta(hours=36)
"""Longer than that, the days are named below, and not the hours."""
HOURS = 6
DAY_EDGE, HOUR_EDGE = 0.16, 0.2
"""Of the length: nearer to an end nothing is named but the end itself. Hours take more room than days."""
# Moving a handle says its time at once, in the browser; letting it go tells the server.
SLIDER = """
<div class="swaps-slide" role="group" aria-label="Which part"><div class="rail"
  :style="{ '--a': props.row.a, '--b': props.row.b, '--n': props.row.l.length - 1 }"
  @input="(e) => { const [a, b] = e.currentTarget.querySelectorAll('input');
    if (e.target === a) a.value = Math.min(a.value, b.value - 1); else b.value = Math.max(b.value, Number(a.value) + 1);
    for (const [name, each] of [['--a', a], ['--b', b]]) { e.currentTarget.style.setProperty(name, each.value);
      each.setAttribute('aria-valuetext', props.row.l[each.value]); each.dataset.t = props.row.l[each.value]; } }"
  @change="(e) => $parent.$emit('part', [...e.currentTarget.querySelectorAll('input')].map((each) => each.value))"
  ><i></i><input v-for="h in [['From', props.row.a], ['Until', props.row.b]]" :key="h[0]" type="range" min="0"
    :max="props.row.l.length - 1" step="1" :value="h[1]" :aria-label="h[0]" :aria-valuetext="props.row.l[h[1]]"
    :class="{ 'is-first': props.row.a > props.row.l.length / 2 }"></div>
  <div class="days" aria-hidden="true"><span v-for="d in props.row.d" :style="{ '--at': d.at }">{{ d.w }}</span></div
></div>
"""


class PartSlider:
    """Drawn where it is created. `choose` gets the moments between which the handles were let go."""

    def __init__(
        self, start: datetime, end: datetime, zone: ZoneInfo, choose: Callable[[datetime, datetime], Any]
    ) -> None:
        self._choose, self._stops = choose, stops(start, end, zone)
        self._row = {
            "key": "rail",
            "l": [f"{WEEKDAYS[each.astimezone(zone).weekday()]} {clock(each, zone)}" for each in self._stops],
            "d": [{"at": at, "w": word} for at, word in named(start, end, zone)],
        }
        self._places, self._sent = (-1, -1), 0
        self._drawn = Drawn(SLIDER, "")
        self._drawn.table.on("part", lambda event: self._moved(event.args))

    def show(self, start: datetime, end: datetime) -> None:
        """Puts the handles at the nearest stops, unless that is where the browser has moved them by now."""
        places = nearest(self._stops, start), nearest(self._stops, end)
        if places != self._places:
            self._places, self._sent = places, self._sent + 1
            self._drawn.show([self._row | {"a": places[0], "b": places[1], "v": self._sent}])

    def _moved(self, args: Any) -> Any:
        first, last = sorted(min(max(int(each), 0), len(self._stops) - 1) for each in args[:2])
        self._places = first, last
        return self._choose(self._stops[first], self._stops[last]) if first < last else None


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
