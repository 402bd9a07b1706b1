"""PagerDuty: an override for each shift. Only the difference is written, and read back before it counts.

Facts: the last override created wins; one that runs is cut at now when it is deleted, and past ones can't be; several
are created at once, each accepted or not by itself; https://developer.pagerduty.com/api-reference, Schedules.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from urllib.parse import quote, urlencode

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.domain.schedules.destinations import reading
from oncall_ui.domain.schedules.destinations.answers import RefusedOne
from oncall_ui.domain.schedules.destinations.copies import Difference, Held, Override, difference
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.services.schedules.destinations.copies.asking import Api
from oncall_ui.services.schedules.destinations.copies.program import Copy, Outcome
from oncall_ui.services.schedules.destinations.copies.wanted import AHEAD
from oncall_ui.services.schedules.destinations.notes import Notes

REGIONS = {"us": "https://api.pagerduty.com", "eu": "https://api.eu.pagerduty.com"}
BATCH = 50
_GONE = frozenset({404})


class PagerDuty:
    def __init__(self, app: App, secrets: Mapping[str, str], notes: Notes) -> None:
        headers = {
            "Authorization": f"Token token={secrets['key']}",
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
        }
        self._api = Api(app, secrets.get("api_url") or REGIONS[secrets["region"]], headers)
        self._notes = notes

    async def user_with(self, email: str) -> str:
        reply = await self._api.ask("GET", f"/users?{urlencode({'query': email, 'limit': 100})}")
        return await self._api.read(reading.user_with_email, reply, email)

    async def bring_in_step(self, copy: Copy) -> Outcome:
        found = await self._compare(copy)
        if not found.is_settled:
            await self._write(copy, found)
            found = await self._compare(copy)
        refused = len(found.create)
        wanted = sum(each.end > copy.at for each in copy.shifts)
        touched = sum(any(each.overlaps(edit.span) for edit in found.edits) for each in copy.shifts)
        return Outcome(max(wanted - refused - touched, 0), refused, found.edits)

    async def _compare(self, copy: Copy) -> Difference:
        there = await self._overrides(copy.place, copy.at)
        items = await self._notes.items(copy.place)
        found = difference(copy.shifts, there, items, copy.decided, copy.at)
        await self._notes.settle(found)
        return found

    async def _write(self, copy: Copy, found: Difference) -> None:
        """Creates before it deletes: nobody is off call in between, and the last created wins."""
        overrides = f"/schedules/{quote(copy.place, safe='')}/overrides"
        for batch in _batches(found.create):
            await self._notes.creating(copy.place, batch)
            body = json.dumps({"overrides": [_as_json(each) for each in batch]}).encode()
            try:
                await self._api.ask("POST", overrides, body=body)
            except RefusedOne:
                continue  # reading back shows which of them
        await self._notes.deleting([item.number for item in found.delete])
        for key in (*(item.remote_id for item in found.delete), *found.theirs):
            await self._api.ask("DELETE", f"{overrides}/{quote(key, safe='')}", ok=_GONE)

    async def _overrides(self, place: str, at: datetime) -> Sequence[Override]:
        span = urlencode({"since": utc(at), "until": utc(at + AHEAD), "overflow": "true"})
        reply = await self._api.ask("GET", f"/schedules/{quote(place, safe='')}/overrides?{span}", ok=_GONE)
        if reply.status in _GONE:
            sentence = f"PagerDuty has no schedule {place}. Edit this and enter the right one."
            raise MemberMustAct(Cause.NOT_FOUND, sentence, detail="no such schedule")
        return await self._api.read(reading.overrides, reply)


def _as_json(held: Held) -> dict[str, object]:
    return {"start": utc(held.start), "end": utc(held.end), "user": {"id": held.user, "type": "user_reference"}}


def _batches(shifts: Sequence[Held]) -> Sequence[Sequence[Held]]:
    left = iter(shifts)
    return list(iter(lambda: tuple(islice(left, BATCH)), ()))
