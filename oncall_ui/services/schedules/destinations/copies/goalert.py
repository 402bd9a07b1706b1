"""GoAlert: temporary schedules, each of which replaces a span whole, so that repeating a request changes nothing.

Its API keys run one fixed document, DOCUMENT, which an administrator enters when creating the key; requests name an
operation of it (graphql2/graph/_Mutation.graphqls and apikey/middleware.go of target/goalert, August 2026).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.domain.schedules.destinations import reading
from oncall_ui.domain.schedules.destinations.answers import RefusedOne
from oncall_ui.domain.schedules.destinations.copies import Held, Item, Span
from oncall_ui.domain.schedules.destinations.spans import SOON, FixedSpan, is_as_wanted, spans_of
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.services.schedules.destinations.copies.asking import Api
from oncall_ui.services.schedules.destinations.copies.program import Copy, Outcome
from oncall_ui.services.schedules.destinations.notes import Notes

DOCUMENT = """query User($email: String!) {
  users(input: {search: $email, first: 50}) { nodes { id email } }
}
query Shifts($id: ID!) {
  schedule(id: $id) { temporarySchedules { start end shifts { userID start end } } }
}
mutation Set($input: SetTemporaryScheduleInput!) { setTemporarySchedule(input: $input) }
mutation Clear($input: ClearTemporarySchedulesInput!) { clearTemporarySchedules(input: $input) }
"""
WRONG_QUERY = {"invalid_query", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}
WRONG_KEY = "This API key is for other requests. In GoAlert, create one with the query shown on the form."


class GoAlert:
    def __init__(self, app: App, secrets: Mapping[str, str], notes: Notes) -> None:
        headers = {"Authorization": f"Bearer {secrets['key']}", "Content-Type": "application/json"}
        self._api = Api(app, secrets["url"].rstrip("/"), headers)
        self._notes = notes

    async def user_with(self, email: str) -> str:
        found: str = await self._run("User", {"email": email}, reading.user_with_email, email)
        return found.lower()

    async def bring_in_step(self, copy: Copy) -> Outcome:
        before = await self._notes.items(copy.place)
        wanted = spans_of(copy.shifts, copy.holes, copy.at)
        end = max([copy.at, *(span.end for span in wanted), *(item.held.end for item in before)])
        ours = Span(copy.at, end)
        if end <= copy.at + SOON:
            await self._notes.forget([item.number for item in before])
            return Outcome()
        if not is_as_wanted(wanted, await self._spans(copy.place), ours, copy.at):
            await self._replace(copy, wanted, ours, before)
            if not is_as_wanted(wanted, await self._spans(copy.place), ours, copy.at):
                raise RefusedOne(f"{self._api.host} didn’t take the shifts.")
        if wanted != []:
            await self._note(copy.place, Span(copy.at, wanted[-1].end), before)
        else:
            await self._notes.forget([item.number for item in before])
        return Outcome(sum(each.end > copy.at for each in copy.shifts))

    async def _replace(self, copy: Copy, wanted: list[FixedSpan], ours: Span, before: list[Item]) -> None:
        """Clears what is ours, and sets each span. Noted before: what is cut short in between is set again."""
        await self._note(copy.place, ours, before)
        clear = {"scheduleID": copy.place, "start": _minute(ours.start), "end": utc(ours.end)}
        if not wanted:
            await self._run("Clear", {"input": clear})
        for number, span in enumerate(wanted):
            whole = {"clearStart": clear["start"], "clearEnd": clear["end"]} if number == 0 else {}
            shifts = [_as_json(each) for each in span.shifts]
            times = {"start": utc(span.start), "end": utc(span.end)}
            await self._run("Set", {"input": {"scheduleID": copy.place, **whole, **times, "shifts": shifts}})

    async def _note(self, place: str, ours: Span, before: list[Item]) -> None:
        if [item.held.end for item in before] != [ours.end]:
            await self._notes.creating(place, [Held(ours.start, ours.end, "")])
            await self._notes.forget([item.number for item in before])
            before[:] = await self._notes.items(place)

    async def _spans(self, place: str) -> tuple[FixedSpan, ...]:
        found: tuple[FixedSpan, ...] | None = await self._run("Shifts", {"id": place}, reading.fixed_spans)
        if found is None:
            sentence = f"GoAlert has no schedule {place}. Edit this and enter the right one."
            raise MemberMustAct(Cause.NOT_FOUND, sentence, detail="no such schedule")
        return found

    async def _run(
        self,
        operation: str,
        variables: Mapping[str, Any],
        reader: Callable[..., Any] = reading.done,
        *arguments: str,
    ) -> Any:
        """Without the document: the key has it. Raises a Failure or RefusedOne also for errors in the answer."""
        body = json.dumps({"operationName": operation, "variables": variables}).encode()
        reply = await self._api.ask("POST", "/api/graphql", body=body)
        code, found = await self._api.read(reading.graphql, reply, reader, *arguments)
        if code:
            raise self._refused(operation, code)
        return found

    def _refused(self, operation: str, code: str) -> Failure | RefusedOne:
        if code in WRONG_QUERY:
            return MemberMustAct(Cause.REFUSED, WRONG_KEY, detail=f"{operation}: {code}")
        return RefusedOne(
            f"{self._api.host} refused what we asked for. Check the schedules and the role of the API key."
        )


def _as_json(held: Held) -> dict[str, str]:
    return {"userID": held.user, "start": utc(held.start), "end": utc(held.end)}


def _minute(moment: Any) -> str:
    return utc(moment.replace(second=0, microsecond=0))
