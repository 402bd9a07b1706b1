"""Many small calendars become few, and say the same."""

from oncall_ui.domain import ical
from providers.caldav.merge_resources import merged
from tests.calendars import event, in_days
from tests.providers.helpers.caldav import WINDOW

ZONE = (
    "BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
    "TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\n"
)


def resource(*events: str, head: str = "", program: str = "-//one") -> bytes:
    inside = "".join(f"{each}\n" for each in events).replace("\r\n", "\n")
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:{program}\n{head}{inside}END:VCALENDAR\n".encode()


def test_resources_with_the_same_head_become_one_calendar() -> None:
    one, two, three = (event(name, uid=name) for name in ("a", "b", "c"))
    (found,) = merged([resource(one), resource(two, three, program="-//other")])
    assert found.count(b"BEGIN:VCALENDAR") == found.count(b"END:VCALENDAR") == 1
    assert found.count(b"BEGIN:VEVENT") == found.count(b"END:VEVENT") == 3


def test_zones_of_one_name_and_two_meanings_stay_apart() -> None:
    heads = [ZONE.format(name="Mine", offset=offset) for offset in ("+0100", "+0200", "+0100")]
    assert len(merged([resource(event("a"), head=head) for head in heads])) == 2


def test_a_call_off_stays_with_the_events_it_calls_off() -> None:
    assert len(merged([resource(event("a"), head="METHOD:CANCEL\n"), resource(event("b"))])) == 2


def test_a_new_resource_changes_nothing_of_the_calendars_before_it() -> None:
    before = merged([resource(event("a")), resource(event("b"), head=ZONE.format(name="Mine", offset="+0100"))])
    after = merged(
        [
            resource(event("a")),
            resource(event("b"), head=ZONE.format(name="Mine", offset="+0100")),
            resource(event("c")),
        ]
    )
    assert (len(after), after[1]) == (len(before), before[1])


def test_joined_or_not_they_are_read_the_same() -> None:
    zones = [ZONE.format(name="Mine", offset=offset) for offset in ("+0100", "+0900")]
    start = f"DTSTART;TZID=Mine:{in_days(2):%Y%m%d}T090000"
    series = f"BEGIN:VEVENT\nUID:series\n{start}\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\nEND:VEVENT"
    moved = f"BEGIN:VEVENT\nUID:series\nRECURRENCE-ID;TZID=Mine:{in_days(3):%Y%m%d}T090000\n"
    moved += f"DTSTART;TZID=Mine:{in_days(3):%Y%m%d}T150000\nDURATION:PT2H\nEND:VEVENT"
    alarm = ["BEGIN:VALARM", "TRIGGER:-PT5M", "END:VALARM"]
    resources = [
        resource(series, moved, head=zones[0]),
        *(resource(event("Lunch", days=day, uid=str(day), more=alarm), head=zones[day % 2]) for day in range(9)),
        resource(f"BEGIN:VEVENT\nUID:far\n{start}\nDURATION:PT1H\nEND:VEVENT", head=zones[1]),
        resource("BEGIN:VEVENT\nUID:bad\nDTSTART:rubbish\nEND:VEVENT"),
    ]
    apart, together = (ical.read(b"\n".join(each), WINDOW) for each in (resources, merged(resources)))
    assert len(merged(resources)) == 3
    assert together.occurrences == apart.occurrences
    assert [each.message for each in together.problems] == [each.message for each in apart.problems]
    assert together.events_read == apart.events_read


def test_what_is_built_otherwise_stays_as_it_is() -> None:
    odd = [
        resource(),
        resource("BEGIN:VTODO\nUID:1\nEND:VTODO"),
        resource(event("a"), ZONE.format(name="Mine", offset="+0100").strip()),
        resource(event("a").removesuffix("END:VEVENT").strip()),
        resource(event("a"), "BEGIN:VFREEBUSY\nEND:VFREEBUSY"),
        b"BEGIN:VCALENDAR\nbegin:vevent\nend:vevent\nEND:VCALENDAR",
    ]
    assert merged(odd) == odd
