"""Every verb of a service that takes a member and something that is owned, called with another member's: refused, and
not a byte of the database changes. Every verb for administrators, called by a member: the same.

Generated from the source: a new verb is called by itself. One whose arguments can't be made up fails, and says what to
add here.
"""

import asyncio
import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.rota_import.rota import Entry, Named, RotaSource, rota_of
from oncall_ui.domain.schedules.what_if.changes import Tried
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import now
from oncall_ui.services.audit.query import Wanted
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.schedules.rota_import.names import Choices
from oncall_ui.services.schedules.rota_import.tools import Asked
from oncall_ui.services.schedules.settings import Settings as ScheduleSettings
from providers.base import Discovery
from tests.conftest import PASSWORD, Person
from tests.databases import settings
from tests.security.another_member.world import Hers, everything, give
from tests.services.helpers.verbs import Verb, public_verbs

pytestmark = pytest.mark.slow  # every verb

__all__ = ["settings"]
"""On both databases."""

ACTORS = ("admin_id", "by", "me", "member_id", "_member_id")
"""Names of the parameter that says who does it, the first that a verb has."""
OWNED = {"connection_id", "calendar_id", "days_id", "token_id", "passkey_id", "identity_id", "invitation_id",
         "session_id", "reconnects", "schedule_id", "participant_id"}  # fmt: skip
"""Names of parameters for ids of something owned; world.py knows Alice's."""
NOT_FOR_PAGES = {
    "accounts.members.add_member": "the command line",
    "accounts.links.invitation_emails.send_invitation": "takes a link that only `invite` and `renew` give, which ask",
    "accounts.links.invitation_emails.tell_removed": "a part of `remove_member`, which asks",
}
"""Verbs that leave it to their callers to ask who is allowed to, each with the reason."""
QUIET = {
    "sharing.tokens.remove_token": "nothing happens, as when the token is already gone",
    "sharing.shift_feed.remove_shift_link": "nothing happens, as when there is no address",
}
"""Verbs that do nothing, and don't say so."""
VALUES: dict[str, Callable[[App, Hers], Any]] = {
    "choices": lambda _app, hers: {hers["calendar_id"]: Choice(is_on=False, mode=Mode.BLOCK)},
    "product": lambda app, _hers: app.product("ics"),
    "found": lambda _app, _hers: Discovery(account="", identity="x", calendars=()),
    "values": lambda _app, _hers: {"url": "https://calendar.example.org/a.ics"},
    "wanted": lambda _app, _hers: Wanted(),
    "counted": lambda _app, _hers: None,
    "email": lambda _app, _hers: "mallory2@example.org",
    "password": lambda _app, _hers: PASSWORD,
    "zone": lambda _app, _hers: "UTC",
    "terms": lambda _app, _hers: Terms(),
    "settings": lambda _app, _hers: ScheduleSettings("Mallory’s", "UTC"),
    "access": lambda _app, _hers: Access.MANAGER,
    "points": lambda _app, _hers: Fraction(1),
    "accepted": lambda _app, _hers: (),
    "rota": lambda _app, _hers: rota_of(RotaSource.CSV, [Entry(now() - timedelta(days=9), now(), Named("Ana"))], 1),
    "answers": lambda _app, _hers: Choices({}),
    "asked": lambda _app, _hers: Asked("Platform", "x" * 20),
    "data": lambda _app, _hers: b"Start,Name\n2026-01-05,Ana\n",
    "told": lambda _app, _hers: lambda _found: None,
    "tried": lambda _app, _hers: Tried(),
    "broken": lambda _app, _hers: None,
    "fix": lambda _app, _hers: None,
}
"""Arguments that their type alone doesn't tell."""


def actor_of(verb: Verb) -> str:
    return next((name for name in ACTORS if name in verb.parameters), "")


def is_concerned(verb: Verb) -> bool:
    actor, others = actor_of(verb), verb.parameters
    if not actor or "session" in others or verb.name in NOT_FOR_PAGES:
        return False
    is_for_administrators = actor in {"admin_id", "by"}
    return is_for_administrators or any(name in OWNED or name.endswith("_id") for name in set(others) - {*ACTORS})


CONCERNED = {verb.name: verb for verb in public_verbs() if is_concerned(verb)}


def function_of(name: str) -> Any:
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(f"oncall_ui.services.{module}"), function)


def of_type(kind: Any) -> Any:
    """Any value of the type; raises LookupError for a type that isn't known here."""
    if get_origin(kind) is not None and type(None) in get_args(kind):
        return None
    simple: dict[Any, Any] = {str: "x", bool: True, int: 1, datetime: datetime.now(UTC), date: date.today()}  # noqa: DTZ011
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    if (isinstance(origin, type) and issubclass(origin, Sequence)) or str(origin).endswith("Iterable'>"):
        return ()
    raise LookupError(kind)


def arguments(verb: Verb, app: App, thief: Person, victim: Person, hers: Hers) -> dict[str, Any]:
    """By name: `thief` does it, with everything owned being the victim's."""
    function, actor, found = function_of(verb.name), actor_of(verb), dict[str, Any]()
    hints = get_type_hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "app":
            found[name] = app
        elif name == actor:
            found[name] = thief.me if name == "me" else thief.id
        elif name == "member_id":
            found[name] = victim.id
        elif name in hers.ids:
            found[name] = hers[name]
        elif name in VALUES:
            found[name] = VALUES[name](app, hers)
        elif parameter.default is inspect.Parameter.empty:
            found[name] = _guess(verb.name, name, hints[name])
    return found


def _guess(verb: str, name: str, kind: Any) -> Any:
    if name.endswith("_id"):
        pytest.fail(f"{verb} takes `{name}`: give Alice one in tests/security/another_member/world.py (`give`).")
    try:
        return of_type(kind)
    except LookupError:
        pytest.fail(f"{verb} takes `{name}` of type {kind}: add a value of it to VALUES in {__file__}.")


def call(function: Any, values: dict[str, Any]) -> Any:
    result = function(**values)
    if inspect.isgenerator(result):
        return list(result)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def refuses(name: str, values: dict[str, Any]) -> bool:
    try:
        call(function_of(name), values)
    except (NotAllowed, InvalidInput):
        return True
    return False


@pytest.mark.parametrize("capability", sorted({name.partition(".")[0] for name in CONCERNED}))
def test_they_are_refused_and_nothing_changes(app: App, alice: Person, mallory: Person, capability: str) -> None:
    """One installation for all verbs of a capability: none of them leaves a trace for the next."""
    hers = give(app, alice)
    before = everything(app)
    for name, verb in CONCERNED.items():
        if name.startswith(f"{capability}."):
            is_refused = refuses(name, arguments(verb, app, mallory, alice, hers))
            assert everything(app) == before, f"{name} changes something for Mallory."
            assert is_refused or name in QUIET, (
                f"{name} let Mallory do it. Raise NotAllowed, or add it to QUIET with a reason."
            )
            assert not (is_refused and name in QUIET), f"{name} refuses: remove it from QUIET."


def test_verbs_that_must_be_among_them_are() -> None:
    """Were none found, nothing above could fail."""
    assert {
        "connections.disconnect.disconnect",
        "connections.choose.choose",
        "accounts.second_factors.passkeys.remove_passkey",
        "accounts.removal.remove_member",
        "team.tags.save_tags",
        "sharing.tokens.remove_token",
        "audit.query.read_log",
        "schedules.published.publish.publish",
        "schedules.published.read.read_shifts",
    } <= {*CONCERNED}


def test_no_exception_is_left_over() -> None:
    known = {verb.name for verb in public_verbs()}
    assert {*NOT_FOR_PAGES, *QUIET} - known == set()


def test_the_owner_can_do_what_the_other_could_not(app: App, alice: Person) -> None:
    """The arguments above are real: with them Alice changes her data."""
    hers = give(app, alice)
    before = everything(app)
    for name in (
        "connections.choose.choose",
        "accounts.second_factors.passkeys.remove_passkey",
        "availability.manual.remove_manual_days",
    ):
        call(function_of(name), arguments(CONCERNED[name], app, alice, alice, hers))
        assert everything(app) != before, name
        before = everything(app)
