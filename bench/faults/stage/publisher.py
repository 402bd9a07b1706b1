"""A process that publishes drafts, each in a fork of its own, which may be killed.

`python -m bench.faults.stage.publisher FOLDER DATABASE_URL` reads a line `MEMBER SCHEDULE NUMBER` for each draft. It
answers `begun PID` right before publishing, `done` right after, and `ended` once the fork is gone.
"""

import os
import sys
import traceback
from pathlib import Path

from oncall_ui.app import open_app
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers


def settings_for(folder: Path, database_url: str) -> Settings:
    """Of an installation that sends email, so that publishing queues some."""
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url=database_url,
        smtp_host="127.0.0.1",
        mail_from="oncall@example.org",
    )


def main(folder: str, database_url: str) -> None:
    settings = settings_for(Path(folder), database_url)
    for line in sys.stdin:
        member, schedule, number = map(int, line.split())
        if os.fork() == 0:
            os._exit(_status(settings, member, schedule, number))
        os.wait()
        _say("ended")


def _status(settings: Settings, member: int, schedule: int, number: int) -> int:
    try:
        app = open_app(settings, workers=Workers(processes=1))
        _say(f"begun {os.getpid()}")
        publish(app, member, schedule, number, 1)
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
