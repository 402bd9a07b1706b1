"""Everybody else, in a process of its own: the servers calendars live on, and a team that has connected them.

`python -m bench.due.world FOLDER MEMBERS` fills FOLDER with a database and prints one line of JSON, the settings the
app needs. From then on every answer takes `DELAY`, as it would over the internet, and each line read is answered with
the counts so far.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.due.team import EVENTS, Everybody, seed
from oncall_ui.app import open_app
from oncall_ui.migrations import migrate
from oncall_ui.reporting.log import configure
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.fakes.dav import CALENDAR, Dav, collection, href, multistatus, response
from tests.fakes.dav import EVENTS as HOLDS_EVENTS
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.security.http.servers import Asked, Server, serve
from tests.vendors import environment, registered

DELAY = 0.1
SLOW = {"google": ("events",), "microsoft": ("calendar", "view")}
LARGE_PAGES = 250


class Cloud:
    """A CalDAV server; an account is a folder, so that no password has to tell one from another."""

    def __init__(self) -> None:
        self._dav = Dav()
        self._is_open = threading.Event()
        self._server = Server()
        self.delay = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def asked(self) -> int:
        return len(self._server.asked)

    def account(self, name: str, calendars: int) -> str:
        """Its address, once it holds so many calendars."""
        home = f"/{name}/cals/"
        self._dav.on(
            "PROPFIND", f"/{name}/", multistatus(response("/", href("D:current-user-principal", f"/{name}/me/")))
        )
        self._dav.on("PROPFIND", f"/{name}/me/", multistatus(response("/", href("C:calendar-home-set", home))))
        paths = [f"{home}{number}/" for number in range(calendars)]
        self._dav.on("PROPFIND", home, multistatus(*(response(path, CALENDAR + HOLDS_EVENTS) for path in paths)))
        for path in paths:
            events = [(f"{number}.ics", calendar(text, zone="").decode()) for number, text in enumerate(_events())]
            collection(self._dav, *events, path=path)
        return f"{self.url}/{name}/"

    @contextmanager
    def serving(self) -> Iterator[None]:
        thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        thread.start()
        self._is_open.wait(10)
        yield
        assert not self._dav.unexpected, self._dav.unexpected

    async def _serve(self) -> None:
        async with serve(self._answer) as self._server:
            self._is_open.set()
            await asyncio.Event().wait()

    async def _answer(self, asked: Asked) -> None:
        await asyncio.sleep(self.delay)
        asked.writer.write(self._dav(asked))
        await asked.writer.drain()


def _events() -> list[str]:
    words = ("noc", "prefer oncall", "Meeting", "Lunch")
    return [event(words[number % 4], days=1 + number * 4, uid=f"{number}@bench") for number in range(EVENTS)]


def main(folder: Path, members: int) -> None:
    configure("warning")
    cloud = Cloud()
    with Google() as google, Microsoft() as microsoft, FeedServer() as feeds, cloud.serving():
        google.page_size = microsoft.page_size = LARGE_PAGES
        settings = Settings(_env_file=None, data_dir=folder, allowed_private_hosts="127.0.0.1")
        app = open_app(registered(settings, google, microsoft))
        migrate(app.db)
        body = calendar(*_events())
        everybody = Everybody(
            google, microsoft, feed=lambda path: feeds.serve(path, body, etag="1", delay=DELAY), dav=cloud.account
        )
        asyncio.run(seed(app, everybody, members))
        app.close()
        cloud.delay = DELAY
        for vendor, endpoints in ((google, SLOW["google"]), (microsoft, SLOW["microsoft"])):
            for endpoint in endpoints:
                vendor.fail(endpoint, times=None, delay=DELAY)
        _say(environment(google, microsoft))
        for _ in sys.stdin:
            asked = {
                "ICS": len(feeds.requests),
                "CalDAV": cloud.asked,
                "Google": len(google.requests()),
                "Outlook": len(microsoft.requests()),
            }
            _say(asked | {"at once": microsoft.most_at_once()})


def _say(what: dict[str, str] | dict[str, int]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
