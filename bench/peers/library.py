"""icalendar + recurring-ical-events, by their public interface: `python -m bench.peers.library FILE START END`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import recurring_ical_events
from icalendar import Calendar


def main(path: str, start: str, end: str) -> None:
    calendar = Calendar.from_ical(Path(path).read_bytes())
    window = datetime.fromtimestamp(int(start), UTC), datetime.fromtimestamp(int(end), UTC)
    found = recurring_ical_events.of(calendar).between(*window)
    sys.stdout.write(f"{len(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
