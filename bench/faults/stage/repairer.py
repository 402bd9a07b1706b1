"""A process that blocks holders and repairs what that breaks, each in a fork of its own, which may be killed.

`python -m bench.faults.stage.repairer FOLDER DATABASE_URL` reads a line `block MEMBER SCHEDULE CALENDAR START` or
`repair MEMBER SCHEDULE` for each. It answers `begun PID` right before it writes, `done` right after, and `ended` once
the fork is gone.
"""

import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bench.faults.stage.publisher import settings_for
from oncall_ui.app import App, open_app
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models import Availability
from oncall_ui.reporting.log import configure
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.solving.repairing import repairs
from oncall_ui.worker import Workers


def block(app: App, begun: Callable[[], None], member: str, schedule: str, calendar: str, start: str) -> None:
    """What an import commits, and the look that follows it."""
    begins = datetime.fromisoformat(start)
    begun()
    with app.db.write() as session:
        span = Availability(member_id=int(member), calendar_id=int(calendar), start=begins, action=Action.BLOCK,
                            end=begins + timedelta(hours=1))  # fmt: skip
        session.add(span)
    look_at(app, int(schedule))


def repair(app: App, begun: Callable[[], None], member: str, schedule: str) -> None:
    """The fix with the fewest changes."""
    broken = read_broken(app, int(member), int(schedule))
    fix = repairs(broken.problem, broken.roster, broken.needed)[0]
    begun()
    use_repair(app, int(member), int(schedule), broken, fix)


ACTS: dict[str, Callable[..., None]] = {"block": block, "repair": repair}


def main(folder: str, database_url: str) -> None:
    configure("warning")  # what is said here is read
    for line in sys.stdin:
        if os.fork() == 0:
            os._exit(_status(Path(folder), database_url, *line.split()))
        os.wait()
        _say("ended")


def _status(folder: Path, database_url: str, act: str, *arguments: str) -> int:
    try:
        app = open_app(settings_for(folder, database_url), workers=Workers(processes=1))
        ACTS[act](app, lambda: _say(f"begun {os.getpid()}"), *arguments)
        _say("done")
        app.close()
    except Exception:  # noqa: BLE001 - whatever it was, the fork must not go on in the loop
        traceback.print_exc()
        return 1
    return 0


def _say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
