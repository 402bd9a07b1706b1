"""`make demo`: a sample team of six with calendars of every kind, which the demo serves itself. Nothing is kept."""

import asyncio
import secrets
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from pydantic import SecretStr

from oncall_ui.app import open_app
from oncall_ui.demo.destinations import HOOKS
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.demo.seeding import seed
from oncall_ui.demo.team import SPARE, TEAM, served
from oncall_ui.migrations import migrate
from oncall_ui.serving import require_free_port, serve
from oncall_ui.settings import Settings


def serve_demo() -> None:
    """Runs until it is stopped, and leaves nothing behind.

    Raises ValueError with a sentence for the operator if it can't start.
    """
    _clean_up_when_ended()
    with TemporaryDirectory(prefix="oncall-demo-") as folder, FeedServer(served(), hooks=HOOKS) as server:
        settings = demo_settings(Path(folder), server.address)
        require_free_port(settings)
        password = f"demo-{secrets.token_hex(4)}"
        asyncio.run(_seed(settings, server, password))
        sys.stdout.write(greeting(settings, server, password))
        serve(settings)


def demo_settings(folder: Path, feeds: str) -> Settings:
    """Reads the environment, for where to listen, but not `.env`, which belongs to the real installation.

    In any case the data is in `folder`, and `feeds` is the only private address that may be reached.
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
    """The logins, and what to look at."""
    rows = [("Name", "Email", "Password", "Connected")]
    rows += [(each.name, each.email, password, ", ".join(sub.nickname for sub in each.connected)) for each in TEAM]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = "\n".join("  " + "  ".join([*map(str.ljust, row, widths), row[3]]) for row in rows)
    return f"""
{table}

Log in at {settings.public_url}/login as Alice, the administrator, and watch Calendars for a minute: one imports slowly,
one changes, one is down, one disappears and then needs her. To connect a feed yourself: {server.url(SPARE)}
Under Schedules a conflict, a draft, two requests and a destination wait for her.

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
    """Treats SIGTERM and a closed terminal like Ctrl-C, so that the folder is removed then, too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
