"""Requests as a list that is one element. A press says which request, and what to do."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from oncall_ui.services.schedules.cover.views import RequestView
from pages.widgets.people import first_name, initials, mark_classes
from pages.widgets.requests.words import (
    AGREE,
    REFUSE,
    Act,
    acts_of,
    acts_of_own,
    detail_words,
    head_words,
    part_words,
    progress_words,
    what_words,
)
from pages.widgets.rows import show_rows

# Names and notes are text in the template, never markup: people type them.
REQUEST = """
<div class="oc-req" role="listitem"><span :class="props.row.p" aria-hidden="true">{{ props.row.i }}</span
  ><p :id="'request-' + props.row.key"><b>{{ props.row.head }}</b> {{ props.row.what
  }}<small v-for="l in props.row.lines">{{ l }}</small><span v-if="props.row.note" class="oc-quote">“{{ props.row.note
  }}”</span></p><div class="oc-acts wide"><button v-for="a in props.row.acts" :key="a.d" type="button" class="oc-btn"
  :class="a.c" :aria-describedby="'request-' + props.row.key"
  @click="() => $parent.$emit('act', [props.row.id, a.d, a.o])">{{ a.w }}</button></div></div>
"""

Press = Callable[[RequestView, str, int], Awaitable[None]]


class RequestList:
    """Drawn where it is created. `press` gets the request, what to do, and the participant it is about, or 0."""

    def __init__(self, name: str, press: Press) -> None:
        self._press, self._views = press, dict[int, RequestView]()
        self.table = ui.table(rows=[], columns=[], row_key="key").classes("oc-calls request-list")
        self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data role=list")
        self.table.props["aria-label"] = name
        self.table.add_slot("item", REQUEST)
        self.table.on("act", lambda event: self._act(event.args))

    def show(
        self,
        views: Sequence[RequestView],
        zone: ZoneInfo,
        now: datetime,
        *,
        own: bool = False,
        is_member: bool = True,
        named: bool = False,
    ) -> None:
        """`own`: what one asked for, with how far it is. `named`: with the name of the schedule."""
        self._views = {each.id: each for each in views}
        rows = []
        for each in views:
            if own:
                rows.append(_own(each, zone, now))
            else:
                rows += _waiting(each, zone, now, is_member=is_member, named=named)
        show_rows(self.table, rows)
        self.table.set_visibility(bool(rows))

    async def _act(self, args: Any) -> None:
        number, do, of = int(args[0]), str(args[1]), int(args[2])
        if number in self._views:
            await self._press(self._views[number], do, of)


def _waiting(
    each: RequestView, zone: ZoneInfo, now: datetime, *, is_member: bool, named: bool
) -> Iterator[dict[str, Any]]:
    schedule = [each.schedule] if named else []
    if each.holder.is_me and each.proposals:
        for number, asked in enumerate(each.proposals):
            back = part_words(asked.back, zone) if asked.back else ""
            yield _row(
                each,
                f"{each.id}-{number}",
                asked.who.name,
                asked.who.colour,
                head=f"{first_name(asked.who.name)} would swap",
                what=f"{part_words(each.part, zone)}, for {back}",
                lines=[*schedule, "It breaks a limit or meets a block of one of you, or you didn’t ask for a swap."],
                acts=[Act("Decline", REFUSE, "quiet", asked.who.id), Act("Swap", AGREE, "", asked.who.id)],
            )
        return
    asker = each.taker if each.taker and (each.holder.is_me or each.kind.value == "offer") else each.holder
    yield _row(
        each,
        str(each.id),
        asker.name,
        asker.colour,
        head=head_words(each),
        what=what_words(each, zone),
        lines=[*schedule, detail_words(each, zone, now)],
        acts=acts_of(each, is_member=is_member),
    )


def _own(each: RequestView, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return _row(
        each,
        str(each.id),
        each.holder.name,
        each.holder.colour,
        head=what_words(each, zone),
        what="",
        lines=[progress_words(each, zone, now)],
        acts=acts_of_own(each),
    )


def _row(
    each: RequestView, key: str, name: str, colour: int, *, head: str, what: str, lines: list[str], acts: list[Act]
) -> dict[str, Any]:
    return {
        "key": key,
        "id": each.id,
        "p": f"{mark_classes(colour)} l",
        "i": initials(name),
        "head": head,
        "what": what,
        "lines": lines,
        "note": each.note,
        "acts": [{"w": act.word, "d": act.do, "c": act.css, "o": act.of} for act in acts],
    }
