"""What can be killed: each calls `begun` right before it writes. Arguments come as JSON, see `forked`."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.cover.states import Pace, Via
from oncall_ui.keeping.backup import back_up
from oncall_ui.keeping.move import move
from oncall_ui.keeping.restore import restore
from oncall_ui.models import Availability
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.repairing import read_broken
from oncall_ui.services.schedules.cover import answers, ask, changes, rounds, take_over, undo
from oncall_ui.services.schedules.cover.counted import Part
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.services.schedules.messages.due import queue_due
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.sharing.messages.send import send_messages
from oncall_ui.settings import Settings
from oncall_ui.solving.repair.repairing import repairs

Begun = Callable[[], None]

STEPS: dict[str, Callable[..., object]] = {
    each.__name__: each
    for each in (
        ask.ask_for_cover, ask.offer_to_take, answers.accept, answers.agree, answers.decline, answers.ask_later,
        answers.refuse_swap, answers.approve, changes.set_pace, changes.withdraw, rounds.run_due_rounds,
        take_over.take_over, undo.undo, assign,
    )
}  # fmt: skip


def settings_for(folder: Path, database_url: str, **more: Any) -> Settings:
    """Of an installation that sends email, so that what happens queues some, and whose neighbours are on loopback."""
    usual = {"smtp_host": "127.0.0.1", "mail_from": "oncall@example.org", "allowed_private_hosts": "127.0.0.1"}
    return Settings(_env_file=None, data_dir=folder, database_url=database_url, **(usual | more))


def publish_draft(app: App, begun: Begun, member: int, schedule: int, number: int) -> None:
    begun()
    publish(app, member, schedule, number, 1)


def block(app: App, begun: Begun, member: int, schedule: int, calendar: int, start: str) -> None:
    """What an import commits, and the look that follows it."""
    begins = datetime.fromisoformat(start)
    end = begins + timedelta(hours=1)
    begun()
    with app.db.write() as session:
        session.add(Availability(member_id=member, calendar_id=calendar, start=begins, end=end, action=Action.BLOCK))
    look_at(app, schedule)


def repair(app: App, begun: Begun, member: int, schedule: int) -> None:
    """The fix with the fewest changes."""
    broken = read_broken(app, member, schedule)
    fix = repairs(broken.problem, broken.roster, broken.needed)[0]
    begun()
    use_repair(app, member, schedule, broken, fix)


def send(app: App, begun: Begun) -> None:
    """Everything that is due to other programs."""
    sendings = Sendings(app)

    async def look() -> None:
        await sendings.look()
        await sendings.idle()

    begun()
    asyncio.run(look())


def remind(app: App, begun: Begun, at: str) -> None:
    """What time causes is noted, and everything due is sent by email."""
    moment = datetime.fromisoformat(at)
    begun()
    queue_due(app, at=moment)
    send_messages(app, at=moment)


def step(app: App, begun: Begun, name: str, named: dict[str, Any]) -> None:
    """A step of a swap or of cover, of a hand-over, or of the job that asks the next ones."""
    arguments = {key: _read(key, value) for key, value in named.items()}
    begun()
    STEPS[name](app, **arguments)


def back_up_into(app: App, begun: Begun, path: str) -> None:
    begun()
    back_up(app.settings, Path(path))


def restore_from(app: App, begun: Begun, path: str) -> None:
    begun()
    restore(app.settings, Path(path))


def move_to(app: App, begun: Begun, url: str) -> None:
    begun()
    move(app.settings, url)


def _read(key: str, value: Any) -> Any:
    if key in {"at", "start"}:
        return datetime.fromisoformat(value)
    if key == "span":
        return tuple(map(datetime.fromisoformat, value))
    if key == "in_return":
        of_shift, role, start, end = value
        return Part(datetime.fromisoformat(of_shift), role, *map(datetime.fromisoformat, (start, end)))
    kind = {"pace": Pace, "via": Via}.get(key)
    return kind(value) if kind else value


ACTS: dict[str, Callable[..., None]] = {
    "publish": publish_draft,
    "block": block,
    "repair": repair,
    "send": send,
    "remind": remind,
    "step": step,
    "backup": back_up_into,
    "restore": restore_from,
    "move": move_to,
}
