"""A team with a schedule in mid-life on an app of its own: a published plan, a draft that waits, and a conflict."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from oncall_ui.app import App
from oncall_ui.demo.schedule import seed_schedule
from oncall_ui.services.accounts.members import add_member
from tests.e2e.server import Server

TEAM = ("Alice Moreno", "Bob Tanaka", "Chidi Okafor", "Dana Weiss", "Elif Kaya", "Farid Haddad")


def email(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower()}@example.org"


def add_schedule(server: Server, password: str) -> str:
    """Adds TEAM and its schedule, number 1, to a server that isn't running. Returns the email of its manager."""

    async def seeded(app: App) -> None:
        members = {
            email(name): add_member(app, name=name, email=email(name), password=password, zone="Europe/Berlin")
            for name in TEAM
        }
        await seed_schedule(app, members)

    server.add_member("root@example.org", "Root", password, admin=True)
    # Proven best within a second; given up after three times as long as this, on a machine that is busy.
    with server.beside(plan_seconds=60) as app, ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, seeded(app)).result()
    return email(TEAM[0])
