"""The demo's members: where they live, what they connected, and which days they added."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus

from oncall_ui.demo import calendars
from oncall_ui.demo.feeds import NOT_FOUND, Feed, Refusal
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action, Mode
from oncall_ui.services.connections.choose import Choice

THURSDAY, SUNDAY = 3, 6
DOWN = Refusal(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "90"})
LARGE_SECONDS = 10
CLINIC = ("dana", "clinic feed password")

_MATCHING = Choice(is_on=True, mode=Mode.MATCHING)
_ALL_BLOCK = Choice(is_on=True, mode=Mode.BLOCK)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed, the path it is served at, and how its member counts it."""

    nickname: str
    path: str
    feed: Feed
    choice: Choice = _MATCHING
    unread_for: timedelta | None = None
    """How long ago the last successful import was; its server has been failing since."""
    is_to_watch: bool = False
    """Whether its first import is left to the running demo. Then it blocks no time that another doesn't block."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """`count` days that the member added, starting `ahead` days from today, or weekly on `weekday`."""

    action: Action
    ahead: int = 0
    count: int = 1
    weekday: int | None = None

    def days(self, today: date) -> ManualDays:
        ahead = self.ahead if self.weekday is None else (self.weekday - today.weekday()) % 7
        first = today + timedelta(days=ahead)
        return ManualDays(first, first + timedelta(days=self.count - 1), self.action, weekly=self.weekday is not None)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team; the first one is the administrator."""

    name: str
    email: str
    zone: str
    country: str
    """ISO 3166-1 alpha-2. With `region`, it sets the public holidays; they block if `rests`."""
    connected: tuple[Subscription, ...]
    region: str = ""
    rests: bool = False
    by_hand: tuple[ByHand, ...] = ()


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
        "DE",
        (
            _work(email, zone),
            Subscription(
                "Everything",
                "/everything.ics",
                Feed(calendars.archive, seconds=LARGE_SECONDS, has_etag=False),
                is_to_watch=True,
            ),
            Subscription("Incident drills", "/drills.ics", Feed(calendars.drills), _ALL_BLOCK, is_to_watch=True),
            Subscription(
                "Customer visits",
                "/visits.ics",
                # Passes the check, and is down when the import runs.
                Feed(partial(calendars.visits, name="Customer visits", zone=zone), refusal=DOWN, good_for=1),
                is_to_watch=True,
            ),
            Subscription(
                "Climbing club",
                "/climbing.ics",
                # Disappears after the first import, so that there is availability to keep.
                Feed(partial(calendars.evenings, zone=zone), refusal=NOT_FOUND, good_for=2),
                _ALL_BLOCK,
            ),
        ),
        region="BE",
        by_hand=(ByHand(Action.PREFER, ahead=12, count=3),),
    )


TEAM = (
    _alice("alice@example.org", "Europe/Berlin"),
    Person(
        "Bob Tanaka",
        "bob@example.org",
        "Asia/Tokyo",
        "JP",
        (
            Subscription("Meetings", "/meetings.ics", Feed(partial(calendars.untagged, zone="Asia/Tokyo"))),
            HOLIDAYS,
        ),
        rests=True,
        by_hand=(ByHand(Action.PREFER, weekday=SUNDAY),),
    ),
    Person(
        "Chidi Okafor",
        "chidi@example.org",
        "Europe/London",
        "GB",
        (
            Subscription(
                "Night shift wishes",
                "/nights.ics",
                Feed(partial(calendars.nights, zone="Europe/London")),
                Choice(is_on=True, mode=Mode.PREFER),
            ),
            Subscription(
                "Band rehearsals",
                "/rehearsals.ics",
                Feed(partial(calendars.rehearsals, zone="Europe/London"), refusal=DOWN, good_for=2),
                _ALL_BLOCK,
                unread_for=timedelta(days=3),
            ),
            HOLIDAYS,
        ),
        region="ENG",
        by_hand=(ByHand(Action.BLOCK, ahead=17, count=9),),
    ),
    Person(
        "Dana Weiss",
        "dana@example.org",
        "America/Los_Angeles",
        "US",
        (
            Subscription(
                "Clinic",
                "/clinic.ics",
                Feed(partial(calendars.visits, name="Clinic", zone="America/Los_Angeles"), login=CLINIC),
            ),
        ),
        region="CA",
        rests=True,
        by_hand=(ByHand(Action.BLOCK, weekday=THURSDAY), ByHand(Action.PREFER, ahead=8, count=4)),
    ),
    Person(
        "Elif Kaya",
        "elif@example.org",
        "Pacific/Auckland",
        "NZ",
        (_work("elif@example.org", "Pacific/Auckland"), HOLIDAYS),
        region="AUK",
        rests=True,
        by_hand=(ByHand(Action.BLOCK, ahead=33, count=12), ByHand(Action.PREFER, ahead=3)),
    ),
    Person(
        "Farid Haddad",
        "farid@example.org",
        "Asia/Kolkata",
        "IN",
        (
            Subscription(
                "Field trips",
                "/trips.ics",
                Feed(partial(calendars.visits, name="Field trips", zone="Asia/Kolkata")),
                # Connected but never switched on: nothing is known about Farid.
                Choice(is_on=False, mode=Mode.MATCHING),
            ),
        ),
    ),
)
SPARE = "/training.ics"
"""A feed that no member has connected yet, for trying it out."""


def served() -> dict[str, Feed]:
    """Every feed of the demo by its path."""
    feeds = {each.path: each.feed for person in TEAM for each in person.connected}
    return feeds | {SPARE: Feed(partial(calendars.visits, name="Training", zone="UTC"))}
