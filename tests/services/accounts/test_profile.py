"""A member's profile and addresses: checked, theirs alone, and counted at once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Calendar, Connection, TrustedAddress, now
from oncall_ui.services.accounts.addresses import CONFIRM, add_address, list_addresses, remove_address
from oncall_ui.services.accounts.profile import Profile, get_profile, next_holiday, save_profile
from oncall_ui.services.imports.claim import claim_due
from oncall_ui.services.imports.run import run_import
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.services.helpers.imports import connected, import_due, only_calendar

pytestmark = pytest.mark.slow  # an SMTP server and imports

BERLIN = Profile("Alice", "Europe/Berlin")
OTHER = "a.moreno@work.example"
INVITED = event(
    "Trip noc",
    days=3,
    more=["ORGANIZER:mailto:boss@work.example", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OTHER}"],
)


def change_calendars(app: App, **row: object) -> None:
    with app.db.write() as session:
        for each in session.exec(select(Calendar)):
            for name, value in row.items():
                setattr(each, name, value)


def stored(app: App) -> Calendar:
    with app.db.read() as session:
        return session.exec(select(Calendar)).one()


def add(app: App, member: Person, address: str = OTHER) -> None:
    add_address(app, member.id, address, is_confirmed=True)


def test_a_profile_is_saved_as_it_was_checked(app: App, alice: Person, bob: Person) -> None:
    assert get_profile(app, alice.id) == BERLIN
    save_profile(app, alice.id, Profile("  Alice Moreno ", "Pacific/Auckland", "NZ", "AUK", True))
    assert get_profile(app, alice.id) == Profile("Alice Moreno", "Pacific/Auckland", "NZ", "AUK", True)
    assert get_profile(app, bob.id) == Profile("Bob", "Europe/Berlin")
    save_profile(app, alice.id, Profile("Alice", "UTC", holidays_block=True))
    assert get_profile(app, alice.id) == Profile("Alice", "UTC"), "no country has no holidays to count"


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        (Profile(" ", "UTC"), "Name"),
        (Profile("x" * 201, "UTC"), "Name"),
        (Profile("Al\0ice", "UTC"), "Name"),
        (Profile("Alice", "Mars/Olympus"), "Time zone"),
        (Profile("Alice", "UTC", "XX"), "Country"),
        (Profile("Alice", "UTC", "DE", "NY"), "Region"),
        (Profile("Alice", "UTC", "", "BY"), "Region"),
    ],
)
def test_what_cannot_be_taken_is_named(app: App, alice: Person, profile: Profile, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_profile(app, alice.id, profile)
    assert caught.value.field == field
    assert get_profile(app, alice.id) == BERLIN


def test_the_next_holiday_is_told() -> None:
    assert next_holiday("DE", "", date(2026, 12, 25)) == (date(2026, 12, 25), "Christmas Day")
    assert next_holiday("DE", "", date(2026, 12, 27)) == (date(2027, 1, 1), "New Year's Day")
    assert next_holiday("", "", date(2026, 12, 27)) is None


async def test_an_invitation_counts_as_soon_as_its_address_is_added_and_no_longer_than_that(
    app: App, alice: Person, feeds: FeedServer
) -> None:
    connection_id = await connected(app, alice, feeds.serve("/work.ics", calendar(INVITED)))
    await import_due(app)
    assert only_calendar(app, alice, connection_id).entries == 0
    add(app, alice, " A.Moreno@Work.example ")
    assert await import_due(app) == 1
    assert only_calendar(app, alice, connection_id).entries == 1
    remove_address(app, alice.id, OTHER)
    assert await import_due(app) == 1
    assert only_calendar(app, alice, connection_id).entries == 0


def another_zone(app: App, member: Person) -> None:
    save_profile(app, member.id, Profile("Alice", "Asia/Tokyo"))


@pytest.mark.parametrize("happens", [add, another_zone])
async def test_what_decides_makes_calendars_due(
    app: App, alice: Person, bob: Person, feeds: FeedServer, happens: Callable[[App, Person], None]
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    happens(app, bob)
    assert await import_due(app) == 0, "those of another member are left alone"
    if happens is add:
        remove_address(app, bob.id, OTHER)
    happens(app, alice)
    assert stored(app).state is State.WAITING
    assert await import_due(app) == 1


async def test_a_name_and_a_country_leave_calendars_alone(app: App, alice: Person, feeds: FeedServer) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    await import_due(app)
    save_profile(app, alice.id, Profile("Alice M", "Europe/Berlin", "DE", "BY", True))
    assert await import_due(app) == 0


@pytest.mark.parametrize("state", [State.RETRYING, State.NEEDS_YOU])
async def test_a_calendar_that_waits_for_its_server_or_the_member_goes_on_waiting(
    app: App, alice: Person, feeds: FeedServer, state: State
) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(event("noc"))))
    later = now() + timedelta(hours=1)
    change_calendars(app, state=state, next_import_at=later, attempts=3)
    add(app, alice)
    assert (stored(app).state, stored(app).next_import_at, stored(app).attempts) == (state, later, 3)


async def test_a_reading_under_the_old_addresses_does_not_finish(app: App, alice: Person, feeds: FeedServer) -> None:
    await connected(app, alice, feeds.serve("/work.ics", calendar(INVITED)))
    (job,) = claim_due(app, 10)
    add(app, alice)
    await run_import(app, job)
    assert stored(app).last_read_at is None
    assert await import_due(app) == 1
    assert stored(app).entries == 1


def test_addresses_are_listed_with_where_they_come_from(app: App, alice: Person, mallory: Person) -> None:
    with app.db.write() as session:
        for name, brought in (("Work", ["alice@corp.example"]), ("Feed", [])):
            session.add(
                Connection(
                    member_id=alice.id,
                    product="caldav",
                    nickname=name,
                    account=name,
                    fingerprint=name,
                    addresses=brought,
                    sealed="sealed",
                )
            )
    add(app, alice)
    listed = list_addresses(app, alice.id)
    assert (listed.account, listed.connections, listed.added) == (
        "alice@example.org",
        (("Work", ("alice@corp.example",)),),
        (OTHER,),
    )
    hers = list_addresses(app, mallory.id)
    assert (hers.connections, hers.added) == ((), ())
    for known in ("Alice@example.org", "alice@corp.example", OTHER):
        with pytest.raises(InvalidInput, match="already have this address"):
            add(app, alice, known)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alice",
        "@example.org",
        "alice@",
        "a@b@c",
        "a b@example.org",
        "a\u00a0b@example.org",
        "x" * 250 + "@b.de",
        "a\n@b",
        "a\0@b.de",
    ],
)
@pytest.mark.once_on_postgresql
def test_what_is_no_address_is_refused(app: App, alice: Person, address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        add(app, alice, address)
    assert caught.value.field == "Address"
    assert list_addresses(app, alice.id).added == ()


def test_the_account_of_another_member_is_not_yours(app: App, bob: Person, mallory: Person) -> None:
    with pytest.raises(InvalidInput, match="belongs to another member"):
        add(app, mallory, "BOB@example.org")


def test_an_address_is_added_only_by_who_reads_its_mail(app: App, alice: Person) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_address(app, alice.id, OTHER, is_confirmed=False)
    assert caught.value.field == CONFIRM
    assert list_addresses(app, alice.id).added == ()


def test_ten_addresses_are_kept(app: App, alice: Person) -> None:
    for number in range(10):
        add(app, alice, f"a{number}@example.net")
    with pytest.raises(InvalidInput, match="10 addresses"):
        add(app, alice, "a10@example.net")
    remove_address(app, alice.id, "a3@example.net")
    add(app, alice, "a10@example.net")


def test_nobody_removes_the_address_of_another(app: App, alice: Person, mallory: Person) -> None:
    add(app, alice)
    with pytest.raises(NotAllowed):
        remove_address(app, mallory.id, OTHER)
    with app.db.read() as session:
        assert len(session.exec(select(TrustedAddress)).all()) == 1
