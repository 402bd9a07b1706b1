"""Who is in the demo, what they connected, and how that comes into a database: as a member's own clicks would."""

import asyncio
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from oncall_ui.demo import calendars
from oncall_ui.demo.feeds import NOT_FOUND, Feed, FeedServer, Refusal
from oncall_ui.domain.rules import Mode
from oncall_ui.services.connecting import connect
from oncall_ui.services.connections import Choice, choose
from oncall_ui.services.installation import Installation
from oncall_ui.services.members import add_member
from oncall_ui.services.views import get_connection

DOWN = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "90"})
LARGE_SECONDS = 10
CLINIC = ("dana", "clinic feed password")

_MATCHING = Choice(is_on=True, mode=Mode.MATCHING)
_ALL_BLOCK = Choice(is_on=True, mode=Mode.BLOCK)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed and how its member wants it to count. `path` is where it is served."""

    nickname: str
    path: str
    feed: Feed
    choice: Choice = _MATCHING


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team; who stands first is the administrator."""

    name: str
    email: str
    zone: str
    connected: tuple[Subscription, ...]


HOLIDAYS = Subscription(
    "Public holidays",
    "/holidays.ics",
    Feed(calendars.holidays),
    Choice(is_on=True, mode=Mode.BLOCK, counts_free=True),
)


def _work(email: str, zone: str) -> Subscription:
    name, _, _ = email.partition("@")
    return Subscription("Work", f"/{name}/work.ics", Feed(partial(calendars.work, owner=email, zone=zone)))


def _alice(email: str, zone: str) -> Person:
    return Person(
        "Alice Moreno",
        email,
        zone,
        (
            Subscription(
                "Everything", "/everything.ics", Feed(calendars.archive, seconds=LARGE_SECONDS, has_etag=False)
            ),
            _work(email, zone),
            Subscription("Incident drills", "/drills.ics", Feed(calendars.drills), _ALL_BLOCK),
            Subscription(
                "Customer visits",
                "/visits.ics",
                # Answers the check, and is down when the import comes.
                Feed(partial(calendars.visits, name="Customer visits", zone=zone), refusal=DOWN, good_for=1),
            ),
            Subscription(
                "Climbing club",
                "/climbing.ics",
                # Gone after the first import, so that there is something to keep.
                Feed(partial(calendars.evenings, zone=zone), refusal=NOT_FOUND, good_for=2),
                _ALL_BLOCK,
            ),
        ),
    )


TEAM = (
    _alice("alice@example.org", "Europe/Berlin"),
    Person(
        "Bob Tanaka",
        "bob@example.org",
        "Asia/Tokyo",
        (
            Subscription("Meetings", "/meetings.ics", Feed(partial(calendars.untagged, zone="Asia/Tokyo"))),
            HOLIDAYS,
        ),
    ),
    Person(
        "Chidi Okafor",
        "chidi@example.org",
        "Europe/London",
        (
            Subscription(
                "Night shift wishes",
                "/nights.ics",
                Feed(partial(calendars.nights, zone="Europe/London")),
                Choice(is_on=True, mode=Mode.PREFER),
            ),
            HOLIDAYS,
        ),
    ),
    Person(
        "Dana Weiss",
        "dana@example.org",
        "America/New_York",
        (
            Subscription(
                "Clinic",
                "/clinic.ics",
                Feed(partial(calendars.visits, name="Clinic", zone="America/New_York"), login=CLINIC),
            ),
        ),
    ),
    Person(
        "Elif Kaya",
        "elif@example.org",
        "Australia/Sydney",
        (_work("elif@example.org", "Australia/Sydney"), HOLIDAYS),
    ),
    Person(
        "Farid Haddad",
        "farid@example.org",
        "Asia/Kolkata",
        (
            Subscription(
                "Field trips",
                "/trips.ics",
                Feed(partial(calendars.visits, name="Field trips", zone="Asia/Kolkata")),
                # Connected and never switched on: of Farid nothing is known.
                Choice(is_on=False, mode=Mode.MATCHING),
            ),
        ),
    ),
)
SPARE = "/training.ics"
"""Nobody's yet: for whoever wants to connect one."""


def served() -> dict[str, Feed]:
    """Every feed of the demo by its path."""
    feeds = {each.path: each.feed for person in TEAM for each in person.connected}
    return feeds | {SPARE: Feed(partial(calendars.visits, name="Training", zone="UTC"))}


async def seed(app: Installation, server: FeedServer, password: str) -> None:
    """Adds the team to an empty installation, each with what they connected; what is on is due at once."""
    app.workers.warm_up()
    ids = await asyncio.gather(*(asyncio.to_thread(_join, app, person, password) for person in TEAM))
    await asyncio.gather(
        *(_subscribe(app, member_id, server, person) for member_id, person in zip(ids, TEAM, strict=True))
    )


def _join(app: Installation, person: Person, password: str) -> int:
    return add_member(
        app,
        name=person.name,
        email=person.email,
        password=password,
        zone=person.zone,
        is_admin=person is TEAM[0],
    )


async def _subscribe(app: Installation, member_id: int, server: FeedServer, person: Person) -> None:
    for wanted in person.connected:
        values = {"url": server.url(wanted.path)} | _credentials(wanted.feed)
        connection_id = await connect(app, member_id, "ics", wanted.nickname, values)
        await asyncio.to_thread(_choose, app, member_id, connection_id, wanted.choice)


def _choose(app: Installation, member_id: int, connection_id: int, choice: Choice) -> None:
    (calendar,) = get_connection(app, member_id, connection_id).calendars
    choose(app, member_id, connection_id, {calendar.id: choice})


def _credentials(feed: Feed) -> dict[str, str]:
    return dict(zip(("user", "password"), feed.login, strict=True)) if feed.login else {}
