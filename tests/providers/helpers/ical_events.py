"""Events of RFC 5545 for ICS URLs and CalDAV: plain ones, whole days, and each kind of the table."""

from collections.abc import Sequence
from datetime import date, timedelta

from tests.calendars import STAMP
from tests.providers.helpers.case import Span
from tests.providers.helpers.kinds import ADDED, BOSS, ME, STRANGER, TABLE, Kind, description_of, title_of

UNSAID = {
    Kind.BIRTHDAY: "no property tells a birthday from other events",
    Kind.FOCUS_TIME: "no property tells focus time from other events",
    Kind.ACCEPTED_BY_ALIAS: "the file doesn't say whose it is; an alias counts once its owner adds it",
}

_AWAY = ("X-MICROSOFT-CDO-BUSYSTATUS:OOF",)
_ELSEWHERE = ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:OPAQUE")
_FREE = ("TRANSP:TRANSPARENT",)


def _invited(answer: str, address: str = ME, by: str = BOSS) -> tuple[str, ...]:
    return (f"ORGANIZER;CN=Somebody:mailto:{by}", f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={answer}:MAILTO:{address}")


_SAID: dict[Kind, tuple[str, ...]] = {
    Kind.FREE: _FREE,
    Kind.FREE_WITH_TAG: _FREE,
    Kind.OUT_OF_OFFICE: _AWAY,
    Kind.OUT_OF_OFFICE_FOR_DAYS: _AWAY,
    Kind.HOLIDAY: ("CATEGORIES:Germany,Holiday",),
    Kind.HOLIDAY_MARKED_FREE: ("CATEGORIES:Holiday", *_FREE),
    Kind.WORKING_ELSEWHERE: _ELSEWHERE,
    Kind.WORKING_ELSEWHERE_WITH_TAG: _ELSEWHERE,
    Kind.CANCELLED: ("STATUS:CANCELLED",),
    Kind.CANCELLED_OUT_OF_OFFICE: ("STATUS:CANCELLED", *_AWAY),
    Kind.PRIVATE: ("CLASS:PRIVATE",),
    Kind.CONFIDENTIAL: ("CLASS:CONFIDENTIAL",),
    Kind.TENTATIVE: ("STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"),
    Kind.ACCEPTED: _invited("ACCEPTED"),
    Kind.ACCEPTED_WITHOUT_TAG: _invited("ACCEPTED"),
    Kind.ACCEPTED_BY_ADDED_ADDRESS: _invited("ACCEPTED", ADDED),
    Kind.DECLINED: _invited("DECLINED"),
    Kind.DECLINED_OUT_OF_OFFICE: (*_invited("DECLINED"), *_AWAY),
    Kind.MAYBE: _invited("TENTATIVE"),
    Kind.UNANSWERED: _invited("NEEDS-ACTION"),
    Kind.TO_UNKNOWN_ADDRESS: _invited("ACCEPTED", STRANGER),
    Kind.ORGANISED: _invited("NEEDS-ACTION", BOSS, by=ME),
    Kind.ORGANISED_AND_ALL_DECLINED: _invited("DECLINED", BOSS, by=ME),
    Kind.BY_ME: (f"ORGANIZER:mailto:{ME}",),
    Kind.BY_ADDED_ADDRESS: (f"ORGANIZER:mailto:{ADDED}",),
    Kind.BY_SOMEBODY_ELSE: (f"ORGANIZER:mailto:{BOSS}",),
    Kind.SOMEBODY_ELSE_IS_AWAY: (f"ORGANIZER:mailto:{BOSS}", *_AWAY),
}


def timed(events: Sequence[Span]) -> list[str]:
    """A VEVENT for each title, start and end."""
    return [
        f"BEGIN:VEVENT\r\nUID:{number}@test\r\n{STAMP}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{end:%Y%m%dT%H%M%SZ}\r\nSUMMARY:{title}\r\nEND:VEVENT"
        for number, (title, start, end) in enumerate(events)
    ]


def whole_day(day: date) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{day}\r\n{STAMP}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\n"
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}\r\nSUMMARY:Leave\r\nEND:VEVENT"
    )


def written(kind: Kind) -> str:
    """A VEVENT of this kind."""
    text = description_of(kind).replace(",", "\\,").replace("\n", "\\n")
    lines = [
        "BEGIN:VEVENT",
        f"UID:{kind}",
        STAMP,
        *_times(kind),
        f"SUMMARY:{title_of(kind)}".replace(",", "\\,"),
        *([f"DESCRIPTION:{text}"] if text else []),
        *_SAID.get(kind, ()),
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def _times(kind: Kind) -> tuple[str, str]:
    when = TABLE[kind].when
    if when.days:
        first, end = when.days
        return f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"
    start, stop = when.times
    return f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{stop:%Y%m%dT%H%M%SZ}"
