"""`run.py preview`: what an import of a calendar would bring, with the reason for every event. Stores nothing."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain import ical
from oncall_ui.domain.availability.evaluate import classify
from oncall_ui.domain.availability.rules import Decision, Mode, Rules
from oncall_ui.domain.availability.window import DAYS_AHEAD, Window, start_of_day
from oncall_ui.domain.imports.events import Occurrence, Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits
from oncall_ui.security.http.urls import normalise_url
from oncall_ui.settings import Settings
from providers.ics import IcsFeed

UTC_ZONE = ZoneInfo("UTC")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read, with the decision on every occurrence."""

    reading: Reading
    window: Window
    decided: list[tuple[Occurrence, Decision]]

    def as_json(self) -> str:
        return json.dumps(
            {
                "calendar": {"name": self.reading.name, "zone": self.reading.zone},
                "window": {"start": _utc(self.window.start), "end": _utc(self.window.end)},
                "occurrences": [_as_dict(occurrence, decision) for occurrence, decision in self.decided],
                "problems": [
                    {"line": problem.line, "uid": problem.uid, "message": problem.message}
                    for problem in self.reading.problems
                ],
                "events_read": self.reading.events_read,
            },
            ensure_ascii=False,
        )

    def as_table(self) -> str:
        lines = [f"{self.reading.name or 'Calendar'}: {self.reading.events_read} events read"]
        for occurrence, decision in self.decided:
            kind = decision.action.value if decision.action else "-"
            title = occurrence.event.title[:40]
            lines.append(f"{_utc(occurrence.starts_at)}  {kind:<6}  {title:<40}  {decision.words}")
        lines += [f"line {problem.line}: {problem.message}" for problem in self.reading.problems]
        return "\n".join(lines)


def preview(
    source: str,
    settings: Settings,
    *,
    start: date | None = None,
    end: date | None = None,
    zone: ZoneInfo | None = None,
    mode: Mode = Mode.MATCHING,
    addresses: Sequence[str] = (),
) -> Preview:
    """Reads a file or a URL. `start` and `end` are days in `zone`, `end` exclusive. Raises Failure, OSError."""
    first = start or datetime.now(zone or UTC).date()
    last = end or first + timedelta(days=DAYS_AHEAD)
    if last <= first:
        raise ValueError(f"--end {last} is not after --start {first}")
    window = Window(start_of_day(first, zone or UTC_ZONE), start_of_day(last, zone or UTC_ZONE))
    is_url = "://" in source
    data = asyncio.run(_download(source, settings, window)) if is_url else Path(source).read_bytes()
    reading = ical.read(data, window, zone=zone)
    rules = Rules(mode=mode, addresses=frozenset(address.strip().lower() for address in addresses))
    return Preview(reading, window, list(classify(reading, rules)))


async def _download(url: str, settings: Settings, window: Window) -> bytes:
    size = settings.max_feed_mb * MEGABYTE
    http = GuardedHttp(AllowedHosts.parse(settings.allowed_private_hosts))
    limits = Limits(compressed_bytes=size, decompressed_bytes=size)
    async with http.client(limits=limits) as client:
        content = await IcsFeed(client, {"url": normalise_url(url)}).fetch(
            "", window, {}, lambda _share, _events=0: None
        )
    assert content is not None  # an empty cursor always fetches
    return content.parts[0]


def _as_dict(occurrence: Occurrence, decision: Decision) -> dict[str, Any]:
    return {
        "uid": occurrence.event.uid,
        "title": occurrence.event.title,
        "start": _utc(occurrence.starts_at),
        "end": _utc(occurrence.ends_at),
        "all_day": occurrence.all_day,
        "action": decision.action.value if decision.action else None,
        "reason": decision.words,
    }


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
