"""Checks what somebody typed about where something is sent: addresses, topics, tokens and ids."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.fields import OFFERED, ROLE, TITLES, FormField, fields_of
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.security.http.urls import normalise_url
from oncall_ui.services.schedules.destinations.copies.pagerduty import REGIONS
from oncall_ui.services.text_input import checked_line

LONGEST = 2000
NAME = "Nickname"
NAME_LENGTH = "A nickname has 80 characters at most."
NO_PLACE = "Enter a schedule for one role at least."
SAME_PLACE = "Each role needs a schedule of its own."
BAD_ADDRESS = "Enter an address that starts with https:// or http://"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was typed, as it is stored."""

    name: str
    secrets: Mapping[str, str] = field(repr=False)
    places: Mapping[str, str]
    """Role → schedule there."""
    account: str


def checked(
    kind: DestinationKind, roles: Sequence[str], name: str, values: Mapping[str, str], before: Mapping[str, str]
) -> Checked:
    """`before`: the secrets that are kept where nothing was typed. Raises InvalidInput for all that is wrong."""
    if kind not in OFFERED:
        raise NotAllowed
    title, fields = TITLES[kind], fields_of(kind, roles)

    def nickname() -> str:
        return checked_line(name or title, NAME, longest=80, sentence=NAME_LENGTH)

    def one(each: FormField) -> str:
        return _value(each, values.get(each.key, ""), before.get(each.key, ""))

    nick, *found = all_valid(nickname, *(partial(one, each) for each in fields))
    typed = {each.key: value for each, value in zip(fields, found, strict=True)}
    places = {key.removeprefix(ROLE): value for key, value in typed.items() if key.startswith(ROLE) and value}
    if fields[-1].key.startswith(ROLE) and not places:
        raise InvalidInput(fields[-1].label, NO_PLACE)
    if len(set(places.values())) < len(places):
        raise InvalidInput(fields[-1].label, SAME_PLACE)
    secrets = {**before, **{key: value for key, value in typed.items() if not key.startswith(ROLE)}}
    return Checked(nick, secrets, places, _account(fields, secrets))


def _value(each: FormField, typed: str, before: str) -> str:
    text = typed.strip()
    if not text:
        if before or each.is_optional:
            return before
        raise InvalidInput(each.label, "Fill this in.")
    if len(text) > LONGEST or not text.isprintable():
        raise InvalidInput(each.label, "Copy it again: this is too long, or has unreadable characters.")
    if each.choices and text.lower() not in each.choices:
        raise InvalidInput(each.label, f"Enter {' or '.join(each.choices)}.")
    if each.choices:
        return text.lower()
    if each.key == "topic" and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise InvalidInput(each.label, "A topic is up to 64 of a–z, A–Z, 0–9, - and _.")
    if each.key.startswith(ROLE):
        return remote_id(each.label, text)
    return _address(each.label, text) if each.is_address else text


def remote_id(label: str, text: str) -> str:
    """The id in a link of PagerDuty or GoAlert, or the id itself. Raises InvalidInput."""
    last = re.split(r"[/#?]+", text.rstrip("/#?"))[-1]
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,64}", last):
        raise InvalidInput(label, "Enter the link or the id that you see there.")
    return last


def _address(label: str, text: str) -> str:
    if not text.lower().startswith(("https://", "http://")):
        raise InvalidInput(label, BAD_ADDRESS)
    try:
        return normalise_url(text)
    except Failure as failure:
        raise InvalidInput(label, failure.sentence) from None


def _account(fields: Sequence[FormField], secrets: Mapping[str, str]) -> str:
    """Name and port of its server: the rest of an address may be a password."""
    addresses = [secrets[each.key] for each in fields if each.is_address]
    if region := secrets.get("region"):
        addresses = [secrets.get("api_url") or REGIONS[region]]
    return urlsplit(addresses[0]).netloc.lower()[:300] if addresses else ""
