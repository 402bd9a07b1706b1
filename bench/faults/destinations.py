"""kill -9 of a process while it sends published shifts to other programs, again and again."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from sqlmodel import col, select, update

from bench.due.team import email_of
from bench.faults.stage.forks import Forks
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.published import MEMBERS, Published
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DestinationKind, DestinationState
from oncall_ui.models import Destination, now
from oncall_ui.services.schedules.published.publish import publish
from tests.fakes.paging import goalert as goalert_fake
from tests.fakes.paging import pagerduty as pagerduty_fake
from tests.fakes.paging.goalert import GoAlertServer
from tests.fakes.paging.pagerduty import PagerDutyServer
from tests.fakes.webhooks import Receiver
from tests.postgres import running_cluster
from tests.services.helpers.schedules import in_plan

SHORT, MOST = 3, 200
SEEN = 60
"""Days that are looked at: other programs get 90 days, from now on."""
TRIES = 6


def sqlite(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, "kill -9 while sending, SQLite", scale)


def postgresql(folder: Path, scale: Scale) -> Outcome:
    with running_cluster() as cluster:
        return _play(folder, "kill -9 while sending, PostgreSQL", scale, cluster.fresh_database())


def _play(folder: Path, name: str, scale: Scale, database_url: str | None = None) -> Outcome:
    world, others = Published(folder, database_url), Others()
    try:
        with others, Forks(folder, world.url, seed=14) as forks:
            others.add_to(world)
            publish(world.app, world.manager, world.schedule, world.draft(), 1)
            takes = forks.act("send")
            faults = set(others.faults(world))
            kills, before = 0, 0
            for _ in scale.each(scale.of(min(scale.kills, MOST), SHORT)):
                kills += 1
                publish(world.app, world.manager, world.schedule, world.draft(), 1)
                before += not forks.kill(takes, "send")
                for _ in range(TRIES):
                    if others.are_in_step(world):
                        break
                    _over(world)
                    forks.act("send")
                faults.update(others.faults(world))
        return Outcome(
            name,
            kills,
            lost=others.lost(world),
            operator=f"{before} of the kills came before all was sent",
            broken=broken(everything_is_in_step="; ".join(sorted(faults))),
        )
    finally:
        world.app.close()


class Others:
    """A webhook's receiver, PagerDuty and GoAlert."""

    def __init__(self) -> None:
        self.receiver, self.pagerduty, self.goalert = Receiver(), PagerDutyServer(), GoAlertServer()
        self._stack = ExitStack()
        self.pagerduty.users = {f"P{number}": email_of(number) for number in range(MEMBERS)}
        self.goalert.users = {f"g{number}": email_of(number) for number in range(MEMBERS)}

    def __enter__(self) -> Self:
        for server in (self.receiver, self.pagerduty, self.goalert):
            self._stack.enter_context(server)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._stack.close()

    def add_to(self, world: Published) -> None:
        hook = {"url": self.receiver.url("/"), "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
        self.receiver.secret = hook["secret"]
        pagerduty = {"api_url": self.pagerduty.url(), "region": "us", "key": pagerduty_fake.KEY}
        goalert = {"url": self.goalert.url(), "key": goalert_fake.KEY}
        for kind, secrets, place in (
            (DestinationKind.WEBHOOK, hook, ""),
            (DestinationKind.PAGERDUTY, pagerduty, "PPRIMARY"),
            (DestinationKind.GOALERT, goalert, goalert_fake.SCHEDULE),
        ):
            row = Destination(
                schedule_id=world.schedule,
                kind=kind,
                name=kind.value,
                account=kind.value,
                sealed=world.app.vault.seal(json.dumps(secrets)),
                options={"events": list(CHOSEN_BY_KIND[kind]), "schedules": {"primary": place} if place else {}},
            )
            with world.app.db.write() as session:
                session.add(row)

    def are_in_step(self, world: Published) -> bool:
        with world.app.db.read() as session:
            rows = session.exec(select(Destination)).all()
        return all(row.state is DestinationState.IN_STEP and row.told == row.wanted for row in rows)

    def lost(self, world: Published) -> int:
        """Plans the receiver hasn't heard of."""
        told = {event["data"]["plan"] for event in self.receiver.taken}
        return sum(world.is_published(number) and number not in told for number in range(1, max(told) + 1))

    def faults(self, world: Published) -> Iterator[str]:
        with world.app.db.read() as session:
            for row in session.exec(select(Destination)):
                if row.state is not DestinationState.IN_STEP or row.told != row.wanted:
                    yield f"{row.name} {row.state}: {row.why}"
        plans = [event["data"]["plan"] for event in self.receiver.taken]
        if plans != sorted(set(plans)):
            yield f"events out of order, or twice with two ids: {plans}"
        wanted = [holder % MEMBERS for holder in self._holders(world)]
        if [self.pagerduty.on_call(in_plan(day, 15)) for day in range(SEEN)] != [f"P{each}" for each in wanted]:
            yield "PagerDuty has other people"
        if [self.goalert.on_call(in_plan(day, 15)) for day in range(SEEN)] != [f"g{each}" for each in wanted]:
            yield "GoAlert has other people"
        ahead = [each for each in self.pagerduty.schedules["PPRIMARY"] if each.start < in_plan(SEEN)]
        if len(ahead) != SEEN:
            yield f"{len(ahead)} overrides in PagerDuty for {SEEN} shifts"

    def _holders(self, world: Published) -> Iterator[int]:
        """Members by number; `draft` gives a day of plan N to number N − 1 + day."""
        plan = max(event["data"]["plan"] for event in self.receiver.taken)
        return (day + plan - 1 for day in range(SEEN))


def _over(world: Published) -> None:
    """As if the lease of the killed process had run out, and every wait."""
    with world.app.db.write() as session:
        past = now() - timedelta(seconds=1)
        waiting = update(Destination).where(col(Destination.next_at).is_not(None))
        session.exec(waiting.values(next_at=past, lease_until=past))
