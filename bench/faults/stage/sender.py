"""A process that sends what is due to other programs, each time in a fork of its own, which may be killed.

`python -m bench.faults.stage.sender FOLDER DATABASE_URL` reads a line for each time. It answers `begun PID` right
before sending, `done` right after, and `ended` once the fork is gone.
"""

import asyncio
import os
import sys
import traceback
from pathlib import Path

from bench.faults.stage.publisher import settings_for
from oncall_ui.app import open_app
from oncall_ui.reporting.log import configure
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers


def main(folder: str, database_url: str) -> None:
    configure("error")
    settings = settings_for(Path(folder), database_url).model_copy(update={"allowed_private_hosts": "127.0.0.1"})
    for _ in sys.stdin:
        if os.fork() == 0:
            os._exit(_status(settings))
        os.wait()
        _say("ended")


def _status(settings: Settings) -> int:
    try:
        app = open_app(settings, workers=Workers(processes=1))
        _say(f"begun {os.getpid()}")
        sendings = Sendings(app)

        async def send() -> None:
            await sendings.look()
            await sendings.idle()

        asyncio.run(send())
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
