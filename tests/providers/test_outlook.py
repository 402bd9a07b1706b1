"""Outlook against a strict Graph: whose account it is, which calendars, and what is asked for."""

from datetime import datetime, timedelta

import pytest

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Mode, Rules, decide
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from providers.base import Discovery, RemoteCalendar
from providers.outlook.signing_in import is_narrow
from tests.calendars import in_days
from tests.fakes.graph import Calendar, Microsoft
from tests.fakes.graph_events import Json, event, invitation, person
from tests.providers.helpers.outlook import ALICE, NARROW, WIDE, WINDOW, fetched, opened, titles, understood

LUNCH = event("Lunch", in_days(2, 11), in_days(2, 12))
DINNER = event("Dinner", in_days(3, 18), in_days(3, 20))
MANY = [event(f"Meeting {day}", in_days(day, 9), in_days(day, 10)) for day in range(1, 8)]


async def discovered(microsoft: Microsoft, scope: str = WIDE) -> Discovery:
    async with opened(microsoft, scope, account="") as provider:
        return await provider.discover()


def holding(microsoft: Microsoft, *events: Json) -> None:
    microsoft.mailbox(ALICE).calendars["work"].events = list(events)


async def test_discovery_tells_account_calendars_and_addresses(microsoft: Microsoft) -> None:
    mailbox = microsoft.mailbox(ALICE)
    mailbox.mail, mailbox.upn = "Alice@Contoso.example", "A.Smith@contoso.onmicrosoft.example"
    mailbox.calendars["climbing"] = Calendar("Climbing,\n mostly\x00", owner=ALICE)
    mailbox.calendars["team="] = Calendar("Team", owner="bob@contoso.example")
    found = await discovered(microsoft)
    assert (found.identity, found.account) == (mailbox.id, "Alice@Contoso.example")
    assert found.addresses == (ALICE, "a.smith@contoso.onmicrosoft.example")
    assert found.calendars == (
        RemoteCalendar("work", "Calendar", primary=True),
        RemoteCalendar("climbing", "Climbing, mostly"),
        RemoteCalendar("team=", "Team"),
    )


async def test_an_account_without_an_address_is_named_after_its_login(microsoft: Microsoft) -> None:
    microsoft.mailbox(ALICE).mail = None
    microsoft.mailbox(ALICE).upn = "alice@home.example"
    found = await discovered(microsoft)
    assert (found.account, found.addresses) == ("alice@home.example", ("alice@home.example", ALICE))


@pytest.mark.parametrize("status", [403, 404])
async def test_an_account_that_may_not_be_looked_up_is_known_by_its_calendar(microsoft: Microsoft, status: int) -> None:
    microsoft.fail("me", status=status)
    found = await discovered(microsoft)
    assert (found.account, found.identity, found.addresses) == (ALICE, ALICE, (ALICE,))


async def test_an_account_without_a_name_is_still_connected(microsoft: Microsoft) -> None:
    microsoft.mailbox(ALICE).calendars["work"].owner = ""
    found = await discovered(microsoft, "Calendars.Read")
    assert (found.account, found.identity, found.addresses) == ("Microsoft account", "work", ())


async def test_calendars_come_from_every_page(microsoft: Microsoft) -> None:
    microsoft.empty_pages = 1
    calendars = microsoft.mailbox(ALICE).calendars
    calendars |= {f"c{number}": Calendar(f"No. {number}", owner=ALICE) for number in range(4)}
    assert [each.remote_id for each in (await discovered(microsoft)).calendars] == list(calendars)
    assert len(microsoft.requests("calendars")) == 4


async def test_more_calendars_than_anybody_has_are_refused_before_all_are_listed(microsoft: Microsoft) -> None:
    calendars = microsoft.mailbox(ALICE).calendars
    calendars |= {f"c{number}": Calendar(f"No. {number}", owner=ALICE) for number in range(700)}
    microsoft.page_size = 100
    with pytest.raises(MemberMustAct) as caught:
        await discovered(microsoft)
    assert caught.value.sentence == (
        "Microsoft lists more than this server reads for one account. Use the address of a single calendar instead."
    )
    assert len(microsoft.requests("calendars")) == 6


@pytest.mark.parametrize(("scope", "details"), [(WIDE, True), (NARROW, False)])
async def test_no_more_is_asked_for_than_the_rules_need(microsoft: Microsoft, scope: str, details: bool) -> None:
    await fetched(microsoft, scope=scope)
    (asked,) = microsoft.requests("view")
    selected = set(asked.query["$select"][0].split(","))
    times = {"id", "iCalUId", "seriesMasterId", "type", "start", "end", "isAllDay", "showAs"}
    times |= {"isCancelled", "responseStatus"}
    about = {"subject", "body", "categories", "isOrganizer", "organizer", "attendees"}
    assert selected == (times | about if details else times)


async def test_a_day_more_is_asked_for_on_both_sides(microsoft: Microsoft) -> None:
    await fetched(microsoft)
    (asked,) = microsoft.requests("view")
    begin, end = (datetime.fromisoformat(asked.query[name][0]) for name in ("startDateTime", "endDateTime"))
    assert (WINDOW.start - begin, end - WINDOW.end) == (timedelta(days=1), timedelta(days=1))


@pytest.mark.parametrize(
    ("granted", "narrow"),
    [
        ("Calendars.ReadBasic", True),
        ("https://graph.microsoft.com/CALENDARS.READBASIC openid", True),
        ("calendars.readbasic https://graph.microsoft.com/calendars.read", False),
        ("Calendars.ReadBasic Calendars.ReadWrite", False),
        ("Calendars.Read", False),
    ],
)
def test_the_granted_scope_decides_in_any_spelling(granted: str, narrow: bool) -> None:
    assert is_narrow(granted) is narrow


async def test_a_narrow_grant_reads_busy_times_without_titles(microsoft: Microsoft) -> None:
    spans = [(in_days(day, 9), in_days(day, 10)) for day in range(1, 7)]
    holding(
        microsoft,
        event("Secret", *spans[0]),
        event("Secret", *spans[1], showAs="free"),
        invitation("Secret", *spans[2], "declined"),
        invitation("Secret", *spans[3], "accepted"),
        event("Secret", *spans[4], isCancelled=True),
        event("Secret", *spans[5], showAs="oof"),
    )
    content = await fetched(microsoft, scope=NARROW)
    assert content is not None and not any(b"Secret" in part or b"bob@" in part for part in content.parts)
    rules = Rules(Mode.MATCHING, frozenset({ALICE}))
    blocked = [decide(each.event, rules).action is not None for each in understood(content).occurrences]
    assert blocked == [True, False, False, True, False, True]


async def test_every_page_is_read(microsoft: Microsoft) -> None:
    holding(microsoft, *MANY)
    microsoft.empty_pages = 2
    told: list[tuple[float | None, int]] = []
    async with opened(microsoft) as provider:
        content = await provider.fetch("work", WINDOW, {}, lambda share, events=0: told.append((share, events)))
    assert titles(content) == [f"Meeting {day}" for day in range(1, 8)]
    assert understood(content).events_read == 7
    assert [events for _, events in told] == [0, 0, 2, 4, 6, 7, 7]
    assert [share for share, _ in told] == [None] * 6 + [1.0]


async def test_an_event_that_comes_twice_counts_once(microsoft: Microsoft) -> None:
    holding(microsoft, LUNCH, DINNER, LUNCH)
    assert understood(await fetched(microsoft)).events_read == 2
    assert titles(await fetched(microsoft)) == ["Lunch", "Dinner"]


async def test_a_change_of_any_event_is_seen_and_nothing_else(microsoft: Microsoft) -> None:
    holding(microsoft, LUNCH, DINNER)
    first = await fetched(microsoft)
    assert first is not None
    assert await fetched(microsoft, cursor=first.cursor) is None, "every answer has other ETags"
    holding(microsoft, DINNER, LUNCH)
    assert await fetched(microsoft, cursor=first.cursor) is None, "in another order"
    for changed in ({"showAs": "free"}, {"subject": "noc"}, {"isCancelled": True}, {"end": DINNER["end"]}):
        holding(microsoft, LUNCH | changed, DINNER)
        assert await fetched(microsoft, cursor=first.cursor) is not None
    holding(microsoft, LUNCH)
    assert await fetched(microsoft, cursor=first.cursor) is not None


async def test_another_owner_or_scope_is_a_change(microsoft: Microsoft) -> None:
    first = await fetched(microsoft)
    assert first is not None
    assert await fetched(microsoft, cursor=first.cursor, account="a.smith@contoso.example") is not None
    assert await fetched(microsoft, cursor=first.cursor, scope=NARROW) is not None


async def test_a_cursor_holds_nothing_of_the_events(microsoft: Microsoft) -> None:
    holding(microsoft, LUNCH)
    content = await fetched(microsoft)
    assert content is not None
    known = {"owner": ALICE, "default": "yes", "account": ALICE}
    assert content.cursor == {"sha256": content.cursor["sha256"], **known}
    assert len(content.cursor["sha256"]) == 64


async def test_whose_a_calendar_is_is_asked_once_while_it_is_followed(microsoft: Microsoft) -> None:
    content = await fetched(microsoft)
    assert content is not None
    assert await fetched(microsoft, cursor=content.cursor) is None
    assert (len(microsoft.requests("calendars")), len(microsoft.requests("view"))) == (1, 2)


@pytest.mark.parametrize("scope", [WIDE, NARROW])
async def test_another_persons_absence_is_not_the_members(microsoft: Microsoft, scope: str) -> None:
    calendars = microsoft.mailbox(ALICE).calendars
    away = event("Away", in_days(2, 9), in_days(2, 10), showAs="oof", organizer=person("bob@contoso.example"))
    none = {"isOrganizer": False, "responseStatus": {"response": "none", "time": "0001-01-01T00:00:00Z"}}
    calendars["bob"] = Calendar("Bob", [away | none], owner="bob@contoso.example")
    calendars["second"] = Calendar("Second", [event("Away", in_days(2, 9), in_days(2, 10), showAs="oof")], owner=ALICE)
    calendars["work"].events = [away | none]
    found = {}
    for remote_id in calendars:
        (at,) = understood(await fetched(microsoft, remote_id, scope=scope)).occurrences
        found[remote_id] = decide(at.event, Rules(addresses=frozenset({ALICE}))).reason
    assert found == {
        "work": Reason.OUT_OF_OFFICE,
        "second": Reason.OUT_OF_OFFICE,
        "bob": Reason.CREATED_BY_SOMEBODY_ELSE,
    }


async def test_whose_a_calendar_is_that_was_connected_before_is_asked_again(microsoft: Microsoft) -> None:
    before = {"sha256": "of an earlier version", "owner": "bob@contoso.example", "account": ALICE}
    content = await fetched(microsoft, cursor=before)
    assert content is not None and content.cursor["default"] == "yes"


async def test_an_id_is_one_step_of_the_path_whatever_is_in_it(microsoft: Microsoft) -> None:
    microsoft.mailbox(ALICE).calendars["AAMk/a+b=="] = Calendar("Odd", [LUNCH], owner=ALICE)
    assert [each.remote_id for each in (await discovered(microsoft)).calendars] == ["work", "AAMk/a+b=="]
    assert titles(await fetched(microsoft, "AAMk/a+b==")) == ["Lunch"]


async def test_invitations_to_an_alias_are_the_accounts_on_its_own_calendars(microsoft: Microsoft) -> None:
    asked = invitation("noc", in_days(2, 9), in_days(2, 10), "accepted", attendees=[])
    calendars = microsoft.mailbox(ALICE).calendars
    calendars["second"] = Calendar("Second", [asked], owner="Alice@Contoso.example")
    calendars["bob"] = Calendar("Bob", [asked], owner="bob@contoso.example")
    calendars["work"].events, calendars["work"].owner = [asked], "alias@contoso.example"
    rules = Rules(addresses=frozenset({ALICE}))
    counts = {}
    for remote_id in calendars:
        (found,) = understood(await fetched(microsoft, remote_id)).occurrences
        counts[remote_id] = decide(found.event, rules).action is not None
    assert counts == {"work": True, "second": True, "bob": False}


@pytest.mark.parametrize("account", ["", "Microsoft account"])
async def test_an_account_without_an_address_goes_by_its_calendars_owner(microsoft: Microsoft, account: str) -> None:
    holding(microsoft, invitation("noc", in_days(2, 9), in_days(2, 10), "accepted", attendees=[]))
    (found,) = understood(await fetched(microsoft, account=account)).occurrences
    assert [each.address for each in found.event.attendees] == [ALICE]


async def test_a_calendar_that_is_gone_is_for_the_member(microsoft: Microsoft) -> None:
    with pytest.raises(MemberMustAct) as caught:
        await fetched(microsoft, "gone")
    assert caught.value.cause is Cause.NOT_FOUND
    assert "no longer has this calendar" in caught.value.sentence
