"""`make demo`: a team of six with calendars of every kind, served by the demo itself, gone when it stops."""

import asyncio
import secrets
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from pydantic import SecretStr

from oncall_ui.app import open_app
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.demo.seeding import seed
from oncall_ui.demo.team import SPARE, TEAM, served
from oncall_ui.migrations import migrate
from oncall_ui.serving import require_free_port, serve
from oncall_ui.settings import Settings


def serve_demo() -> None:
    """Returns or is interrupted when it is stopped; either way nothing is left behind.

    Raises ValueError with an operator's sentence when it can't start.
    """
    _clean_up_when_ended()
    with TemporaryDirectory(prefix="oncall-demo-") as folder, FeedServer(served()) as server:
        settings = demo_settings(Path(folder), server.address)
        require_free_port(settings)
        password = f"demo-{secrets.token_hex(4)}"
        asyncio.run(_seed(settings, server, password))
        sys.stdout.write(greeting(settings, server, password))
        serve(settings)


def demo_settings(folder: Path, feeds: str) -> Settings:
    """The environment decides where it listens; `.env` belongs to the real installation and is not read.

    Whatever else either of them says: the data is in `folder`, and `feeds` is the only private address it may reach.
    """
    return Settings(
        _env_file=None,
        data_dir=folder,
        database_url="",
        secret_keys=SecretStr(""),
        allowed_private_hosts=feeds,
        import_interval=1,
    )


def greeting(settings: Settings, server: FeedServer, password: str) -> str:
    """The logins and what to look at."""
    rows = [("Name", "Email", "Password", "Connected")]
    rows += [(each.name, each.email, password, ", ".join(sub.nickname for sub in each.connected)) for each in TEAM]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = "\n".join("  " + "  ".join([*map(str.ljust, row, widths), row[3]]) for row in rows)
    return f"""
{table}

Log in at {settings.public_url}/login as Alice, the administrator, and watch Calendars for a minute: one imports slowly,
one changes, one is down, one disappears and then needs her. To connect one yourself: {server.url(SPARE)}

"""


async def _seed(settings: Settings, server: FeedServer, password: str) -> None:
    app = open_app(settings)
    try:
        await asyncio.to_thread(migrate, app.db)
        await seed(app, server, password)
    finally:
        app.workers.stop()
        app.db.close()


def _clean_up_when_ended() -> None:
    """Makes a request to end, and a terminal that is closed, the same as Ctrl-C: the folder is removed then, too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
