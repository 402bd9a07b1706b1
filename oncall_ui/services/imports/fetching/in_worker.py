"""What a worker does: it runs the provider and reads what came back; the app sends its requests.

Nothing here knows the database or the pages: what this imports is started with the app, and copied for every call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.evaluate import Outcome, evaluate
from oncall_ui.domain.availability.preview import CountingMode, Preview, preview_modes
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.ical import Digest, read_changes
from oncall_ui.services.imports.fetching.remote import RemoteClient
from oncall_ui.worker import Link
from providers.base import Content, Cursor, Discovery, Product

NOWHERE = ZoneInfo("UTC")
_REHEARSED = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:rehearsal
BEGIN:VEVENT
UID:rehearsal
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20260105T100000
DTEND;TZID=Europe/Berlin:20260105T110000
RRULE:FREQ=WEEKLY;BYDAY=MO
SUMMARY:rehearsal
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class Question:
    """Which calendar of a source, when, and by which rules it counts."""

    remote_id: str
    window: Window
    zone: ZoneInfo
    """The member's."""
    rules: Rules
    cursor: Cursor = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar holds, and the cursor of this version of it; without an outcome only the cursor is new."""

    outcome: Outcome | None
    cursor: Cursor


def whose(product: Product, settings: Mapping[str, str], link: Link) -> str:
    async def work() -> str:
        return await product.whose(RemoteClient(link), settings) if product.whose else ""

    return link.run(work())


def discover(product: Product, settings: Mapping[str, str], link: Link) -> Discovery:
    async def work() -> Discovery:
        found = await product.open(RemoteClient(link), settings).discover()
        if found.content is None:
            return found
        today = days_from(datetime.now(UTC).date(), NOWHERE)
        async with link.turn():
            sample = product.interpret(found.content.parts, today, NOWHERE, None, link.counted).reading
        (calendar,) = found.calendars
        named = replace(calendar, name=calendar.name or sample.name, zone=calendar.zone or sample.zone)
        return replace(found, calendars=(named,), content=None)

    return link.run(work())


def read(product: Product, settings: Mapping[str, str], question: Question, link: Link) -> Reading | None:
    """Only what is stored comes back: no title leaves that process."""

    async def work() -> Reading | None:
        content = await _fetched(product, settings, question, link)
        link.tell("fetched")
        if content is None or not content.parts:
            return Reading(None, content.cursor) if content else None
        # Without a cursor everything is read, whatever the digest says: the rules changed, or the member asked for it.
        previous = await link.ask("previous") if question.cursor else None
        async with link.turn():
            digest = Digest.from_bytes(previous) if previous else None
            changes = product.interpret(content.parts, question.window, question.zone, digest, link.counted)
            return Reading(evaluate(changes, question.rules), content.cursor)

    return link.run(work())


def preview(
    product: Product, settings: Mapping[str, str], question: Question, others: frozenset[str], link: Link
) -> dict[CountingMode, Preview]:
    async def work() -> dict[CountingMode, Preview]:
        content = await _fetched(product, settings, question, link)
        assert content is not None  # an empty cursor always fetches
        window, zone = question.window, question.zone
        async with link.turn():
            found = product.interpret(content.parts, window, zone, None, link.counted).reading
            return preview_modes(found, question.rules, window, zone, others)

    return link.run(work())


async def _fetched(product: Product, settings: Mapping[str, str], question: Question, link: Link) -> Content | None:
    def arrived(share: float | None, events: int = 0) -> None:
        link.tell("arrived", share, events)

    provider = product.open(RemoteClient(link), settings)
    return await provider.fetch(question.remote_id, question.window, question.cursor, arrived)


def rehearse() -> None:
    """Reads a calendar of one series: what that imports, compiles and caches, all workers share from then on."""
    window = days_from(datetime.now(UTC).date(), NOWHERE)
    evaluate(read_changes(_REHEARSED, window, None, default_zone=NOWHERE), Rules())
