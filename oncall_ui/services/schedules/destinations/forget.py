"""Takes a member out of what is kept about destinations, when the account goes."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from oncall_ui.models import Delivery, Destination

FORMER = {"id": None, "name": "Former member"}


def forget_in_destinations(session: Session, member_id: int) -> None:
    """Their name goes from deliveries, their address and user elsewhere from destinations."""
    for delivery in session.exec(select(Delivery)):
        if (facts := _without(delivery.facts, member_id)) != delivery.facts:
            delivery.facts = facts
    key = str(member_id)
    for row in session.exec(select(Destination)):
        users, people = (dict(held.get(name, {})) for held, name in ((row.result, "users"), (row.options, "people")))
        unknown = [each for each in row.result.get("unknown", ()) if each[0] != member_id]
        if users.pop(key, None) or unknown != row.result.get("unknown", []):
            row.result = {**row.result, "users": users, "unknown": unknown}
        if people.pop(key, None):
            row.options = {**row.options, "people": people}


def _without(value: Any, member_id: int) -> Any:
    """The value with FORMER in place of the person, wherever they are in it."""
    if isinstance(value, Mapping):
        if value.keys() == FORMER.keys() and value["id"] == member_id:
            return FORMER
        return {key: _without(each, member_id) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, member_id) for each in value]
    return value
