"""A process that does what is to be killed, each time in a fork of its own, so that a kill costs no start.

`python -m bench.faults.stage.forked` reads a line of JSON for each time: folder, database and settings of an
installation, the name of an act and its arguments. It answers `begun PID` right before the fork writes, `done` right
after, and `ended` once the fork is gone.
"""

import json
import os
import sys
import traceback
from pathlib import Path

from bench.faults.stage.acts import ACTS, settings_for
from oncall_ui.app import open_app
from oncall_ui.reporting.log import configure
from oncall_ui.worker import Workers


def main() -> None:
    configure("error")  # what is said here is read
    for line in sys.stdin:
        if os.fork() == 0:
            os._exit(_status(line))
        os.wait()
        _say("ended")


def _status(line: str) -> int:
    try:
        folder, database_url, more, name, *arguments = json.loads(line)
        settings = settings_for(Path(folder), database_url, **more)
        app = open_app(settings, workers=Workers(processes=1))
        ACTS[name](app, lambda: _say(f"begun {os.getpid()}"), *arguments)
        _say("done")
        app.close()
    except Exception:  # noqa: BLE001 - whatever it was, the fork must not go on in the loop
        traceback.print_exc()
        return 1
    return 0


def _say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    main()
