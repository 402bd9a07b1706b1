"""Members who go on: they log in and add days of their own while calendars are imported."""

import threading
import time
from datetime import timedelta
from typing import Self

from sqlalchemy import text

from bench.faults.stage.world import World
from oncall_ui.database.database import Database
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models import now
from oncall_ui.services.accounts.logging_in.sessions import open_session
from oncall_ui.services.availability.manual import add_manual_days, remove_manual_days

PAUSE = 0.02
IMPORTS = 0.5
"""Seconds from one version of every feed to the next."""


class Writing:
    """A thread inside `with`."""

    def __init__(self, world: World) -> None:
        self.logins = 0
        """Stored, by now."""
        self._world = world
        self._end = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._go_on, name="writing")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._end.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _go_on(self) -> None:
        app = self._world.open_app()
        try:
            member = self._world.calendars[0].member_id
            day = now().date() + timedelta(days=20)
            fed_at = 0.0
            while not self._end.wait(PAUSE):
                open_session(app, member, LoginMethod.PASSWORD)
                self.logins += 1
                remove_manual_days(app, member, add_manual_days(app, member, ManualDays(day, day, Action.BLOCK)))
                if time.monotonic() - fed_at > IMPORTS:
                    self._world.say_more()
                    fed_at = time.monotonic()
        except Exception as error:  # noqa: BLE001 - raised where `with` ends
            self._error = error
        finally:
            app.close()


def logins_in(db: Database) -> int:
    """Those that `Writing` stored."""
    with db.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM login_session")).scalar_one())
