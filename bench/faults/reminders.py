"""kill -9 of a process while it notes what is due and sends emails, again and again."""

from collections import Counter
from pathlib import Path

from sqlmodel import col, select

from bench.faults.stage.acts import ACTS
from bench.faults.stage.forks import Forks, damage_of
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import DAYS, Published
from oncall_ui.models import Message
from oncall_ui.services.accounts.email_choices import wants_email
from oncall_ui.services.schedules.published.publish import publish
from tests.fakes.smtp import MailServer
from tests.postgres import running_cluster
from tests.services.helpers.schedules import in_plan

SHORT = 1
EACH = 2
"""Kills a day; then what is left is sent."""


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while sending email, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(folder, "kill -9 while sending email, PostgreSQL", scale, cluster.fresh_database())


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    with MailServer() as server:
        smtp = {"smtp_host": server.host, "smtp_port": server.port, "smtp_security": "none"}
        world = Published(folder, database_url, **smtp)
        try:
            publish(world.app, world.manager, world.schedule, world.draft(), 1)
            return _killed(world, server, name, scale, Forks(folder, world.url, seed=16, **smtp))
        finally:
            world.app.close()


def _killed(world: Published, server: MailServer, name: str, scale: Scale, forks: Forks) -> Outcome:
    kills, unsent, faults = 0, 0, set[str]()
    with forks:
        forks.act("remind", in_plan(-6, 12).isoformat())  # the emails about what was published
        takes = max(forks.act("remind", _moment(day)) for day in range(2))
        for day in scale.each(min(scale.of(scale.kills // EACH, SHORT), DAYS - 9)):
            moment = _moment(2 + day)
            for _ in range(EACH):
                kills += 1
                forks.kill(takes, "remind", moment)
            ACTS["remind"](world.app, lambda: None, moment)
            noted, sent = _noted(world), len(server.taken)
            if not 0 <= noted - sent - unsent <= EACH:
                faults.add(f"{noted} emails are noted, {sent} arrived")
            unsent = noted - sent
    return Outcome(
        name,
        kills,
        doubled=sum(number - 1 for number in _letters(server).values()),
        member=f"{unsent} of {_noted(world)} emails never came",
        operator="noted as sent, and killed before they were",
        broken=broken(
            each_email_is_sent_once_at_most="; ".join(sorted(faults)), database_is_whole=damage_of(world.app)
        ),
    )


def _moment(day: int) -> str:
    """Right after the handoff of a day, when reminders are due, too."""
    return in_plan(day, 9).replace(minute=10).isoformat()


def _noted(world: Published) -> int:
    """Emails that are noted as sent, of the kinds that their members want."""
    with world.app.db.read() as session:
        rows = session.exec(select(Message).where(col(Message.sent_at).is_not(None))).all()
        return sum(wants_email(session, row.member_id, row.kind.switch) for row in rows)


def _letters(server: MailServer) -> Counter[tuple[str, str, str]]:
    """By whom they are for and what they say, without the links, which are new in each."""
    return Counter((str(each["To"]), str(each["Subject"]), _text(each.get_body(("plain",)))) for each in server.taken)


def _text(body: object) -> str:
    text = str(body.get_content()) if body is not None and hasattr(body, "get_content") else ""
    return "\n".join(line for line in text.splitlines() if "http" not in line)
