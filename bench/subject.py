"""The engine as the other side of the comparison: `python -m bench.subject FILE START END`, file → availability."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from oncall_ui.domain.availability.rules import Mode, Rules, decide
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Changes, key_of, read
from oncall_ui.domain.imports.events import Event, Occurrence

RULES = Rules(mode=Mode.BLOCK, addresses=frozenset({"ada@example.org"}))


def availability(occurrences: list[Occurrence]) -> list[tuple[int, int, str]]:
    """What an import keeps: spans and what they mean. An event is decided once, whatever it repeats."""
    decided: dict[int, str | None] = {}
    kept = []
    for start, end, _, event in occurrences:
        about = id(event)
        if about not in decided:
            decided[about] = _action(event)
        action = decided[about]
        if action is not None and end > start:
            kept.append((start, end, action))
    return kept


def merged(changes: Changes, before: list[Occurrence]) -> list[Occurrence]:
    """The occurrences of a full reading, given those of the reading that left the previous digest."""
    keys: dict[str, bytes] = {}
    still = [at for at in before if keys.setdefault(at.event.uid, key_of(at.event.uid)) in changes.kept]
    return sorted(still + changes.reading.occurrences, key=lambda at: (at.start, at.end, at.event.uid))


def _action(event: Event) -> str | None:
    action = decide(event, RULES).action
    return None if action is None else action.value


def main(path: str, start: str, end: str) -> None:
    window = Window(datetime.fromtimestamp(int(start), UTC), datetime.fromtimestamp(int(end), UTC))
    reading = read(Path(path).read_bytes(), window)
    kept = availability(reading.occurrences)
    sys.stdout.write(f"{len(reading.occurrences)} {len(kept)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
