"""A schedule with people and a destination, on which shifts are published."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DestinationKind
from oncall_ui.models import Delivery, Destination
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


@dataclass(frozen=True)
class Team:
    """Bob manages it; Alice and he are on it."""

    app: App
    alice: Person
    bob: Person
    schedule: int

    def publish(self, *holders: Person | None, first: int = 0) -> None:
        """A shift of a day for each, from the Monday on."""
        ids = [participant_of(self.app, self.schedule, each) if each else None for each in holders]
        publish_by_hand(self.app, self.bob, self.schedule, ids, first)

    def keep(self, kind: DestinationKind = DestinationKind.WEBHOOK, **row: Any) -> int:
        """A destination that was stored without being asked. Returns its id."""
        usual = {"name": "Ops", "account": "hooks.example.org", "sealed": "sealed"}
        options = {"events": list(CHOSEN_BY_KIND[kind])}
        with self.app.db.write() as session:
            destination = Destination(schedule_id=self.schedule, kind=kind, **{**usual, "options": options, **row})
            session.add(destination)
            session.flush()
            return destination.id or 0

    def destination(self, destination: int) -> Destination:
        with self.app.db.read() as session:
            return session.get_one(Destination, destination)

    def deliveries(self, destination: int) -> list[Delivery]:
        with self.app.db.read() as session:
            rows = select(Delivery).where(Delivery.destination_id == destination).order_by(col(Delivery.id))
            return list(session.exec(rows))


def team_of(app: App, alice: Person, bob: Person) -> Team:
    return Team(app, alice, bob, keep_schedule(app, bob, [alice, bob]))
