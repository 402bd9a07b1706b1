"""The figures of docs/performance.md: `python -m bench [EVENTS]`. Every ratio is of one run on one machine.

CPU seconds are compared, since the cores of a machine are rarely one's own; the start of each program is included.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from bench.generate import WINDOW, calendar, changed
from bench.measure import Cost, function, program
from bench.subject import availability, merged
from oncall_ui.domain.ical import read, read_changes
from oncall_ui.domain.imports.events import Reading

PEERS = Path(__file__).parent / "peers"
NODE_ICAL = "node-ical@0.26.1"
Peer = Callable[[Path], list[str] | None]


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _say(f"{events:,} VEVENTs, {len(_written(place, events)) / 1e6:.1f} MB, window of 26 weeks\n")
        _against_peers(place)
    _against_itself(events)


def _written(place: Path, events: int) -> bytes:
    data = calendar(events)
    (place / "calendar.ics").write_bytes(data)
    return data


def _against_peers(place: Path) -> None:
    arguments = [str(place / "calendar.ics"), *(str(int(at.timestamp())) for at in (WINDOW.start, WINDOW.end))]
    ours = program([sys.executable, "-m", "bench.subject", *arguments], times=3)
    _say("| file → availability | CPU s | clock s | peak MB | instances | time | memory |")
    _say("|---|---|---|---|---|---|---|")
    _row("this engine", ours, ours)
    for name, peer, times in (
        ("libical 3 in C: parse and expand", _libical, 3),
        (f"{NODE_ICAL}: parse and expand", _node_ical, 1),
        ("icalendar + recurring-ical-events", _library, 1),
    ):
        command = peer(place)
        if command is None:
            _say(f"| {name} | not installed | | | | | |")
        else:
            _row(name, program([*command, *arguments], times=times), ours)
    _say("")


def _row(name: str, cost: Cost, ours: Cost) -> None:
    instances = cost.printed.split()[0]
    ratios = f"{cost.cpu / ours.cpu:.1f}× | {cost.memory / ours.memory:.1f}×"
    _say(f"| {name} | {cost.cpu:.2f} | {cost.clock:.2f} | {cost.memory:.0f} | {int(instances):,} | {ratios} |")


def _library(_: Path) -> list[str]:
    return [sys.executable, "-m", "bench.peers.library"]


def _libical(place: Path) -> list[str] | None:
    """Compiled here; needs a C compiler and libical's headers (Debian: libical-dev)."""
    program_file = place / "libical"
    command = ["cc", "-O2", "-o", str(program_file), str(PEERS / "libical.c"), "-lical"]
    if not shutil.which("cc") or subprocess.run(command, check=False, capture_output=True).returncode:  # noqa: S603
        return None
    return [str(program_file)]


def _node_ical(place: Path) -> list[str] | None:
    """Installed here; needs node and npm."""
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), NODE_ICAL]
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    if subprocess.run(command, check=False, capture_output=True).returncode:  # noqa: S603
        return None
    return ["node", str(PEERS / "node_ical.mjs"), str(place / "node_modules" / "node-ical")]


def _against_itself(events: int) -> None:
    large, small = calendar(events), calendar(events // 10)
    other = changed(large, 20)
    first = read_changes(large, WINDOW, None)
    full = function(lambda: _imported(read(large, WINDOW)), times=5)
    tenth = function(lambda: _imported(read(small, WINDOW)), times=5)
    same = function(lambda: sha256(large).digest())
    some = function(lambda: _imported(read_changes(other, WINDOW, first.digest).reading))
    second = read_changes(other, WINDOW, first.digest)
    assert merged(second, first.reading.occurrences) == read(other, WINDOW).occurrences
    _say("| the same calendar again | CPU s | of a full import |")
    _say("|---|---|---|")
    _say(f"| full import | {full:.3f} | 100 % |")
    _say(f"| unchanged: hash of the bytes | {same:.3f} | {same / full:.1%} |")
    _say(f"| 20 events changed: groups by hash | {some:.3f} | {some / full:.0%} |")
    _say(f"\n{events // 10:,} events take {tenth:.3f} s, ten times as many {full / tenth:.1f} times as long.")


def _imported(reading: Reading) -> tuple[Reading, list[tuple[int, int, str]]]:
    return reading, availability(reading.occurrences)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
