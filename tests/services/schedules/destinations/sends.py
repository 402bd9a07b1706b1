"""What the job does, once."""

import asyncio

from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.models import Destination, now
from oncall_ui.services.schedules.destinations.sending import Sendings


def send(app: App, looks: int = 1) -> None:
    """Sends all that is due."""

    async def run() -> None:
        sendings = Sendings(app)
        for _ in range(looks):
            await sendings.look()
            await sendings.idle()

    asyncio.run(run())


def later(app: App) -> None:
    """As if every wait were over, and every lease of a killed process."""
    with app.db.write() as session:
        waiting = update(Destination).where(Destination.next_at.is_not(None))  # type: ignore[union-attr]
        session.exec(waiting.values(next_at=now(), lease_until=now()))
