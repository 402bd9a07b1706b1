"""`python -m bench.processes.rates [CALENDARS]`: imports a second by worker processes and calendars. Linux only.

All calendars are imported for the first time, due at once; their servers take a tenth of a second for each answer. A
tenth of the calendars with one worker process comes first, then all of them with one, two and four. Each time there is
a web process beside.
"""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.faults.stage.feeds import after
from bench.processes.crowd import Crowd
from bench.processes.fleet import Fleet
from oncall_ui.models import now
from tests.postgres import running_cluster

EACH = 50
"""Calendars of a member."""
DELAY = 0.1
AT_MOST = 1200


def seconds_with(folder: Path, calendars: int, workers: int) -> float:
    """Until all of them are imported."""
    with running_cluster() as cluster:
        address = cluster.fresh_database()
        with Crowd(folder / "world", address, max(1, calendars // EACH), min(EACH, calendars)) as crowd:
            for fed in crowd.calendars:
                fed.feed.answer = after(DELAY)
            crowd.make_due(moment=now() + timedelta(days=1))  # while the processes start
            with Fleet(folder, address, crowd.app.data, webs=1, workers=workers):
                began = time.monotonic()
                crowd.make_due()
                while crowd.unread():
                    assert time.monotonic() - began < AT_MOST, "too slow"
                    time.sleep(0.2)
                return time.monotonic() - began


def main(calendars: int) -> int:
    first = 0.0
    sys.stdout.write("| calendars | worker processes | a second | of the first row |\n|---|---|---|---|\n")
    for many, workers in ((calendars // 10, 1), (calendars, 1), (calendars, 2), (calendars, 4)):
        with tempfile.TemporaryDirectory() as folder:
            rate = many / seconds_with(Path(folder), many, workers)
        first = first or rate
        sys.stdout.write(f"| {many:,} | {workers} | {rate:.1f} | {rate / first:.2f}× |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 10_000))
