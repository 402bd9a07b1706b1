"""What the rows of Members say: how far each person has got, in one status, and the next sensible act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.services.accounts.member_list import InvitationLine, MemberLine, MemberList
from pages.widgets.dates import NBSP, clock, count, day_words, moment_words
from pages.widgets.people import first_name

FRESH = timedelta(minutes=10)
"""For so long somebody who opened a link is setting up now."""
HERE = timedelta(minutes=2)
"""For so long somebody who was seen is here now: that is stored once a minute."""


class Act(StrEnum):
    """The one button of a row."""

    REMIND = "Remind"
    NEW_LINK = "New link"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list; `key` stays the same when an invitation becomes an account."""

    key: str
    id: int
    is_invited: bool
    name: str
    sub: str
    is_you: bool
    is_admin: bool
    css: str
    word: str
    facts: str
    how: str
    seen: str
    act: Act | None
    is_waiting: bool
    """Not connected yet."""
    has_second_factor: bool = False

    @property
    def status(self) -> tuple[str, str]:
        """Differs when something has happened, not when only time has passed."""
        return self.css, self.word

    def matches(self, typed: str) -> bool:
        return typed.casefold() in f"{self.name} {self.sub}".casefold()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list, when, and what this server can do."""

    id: int
    zone: ZoneInfo
    now: datetime
    sends_email: bool
    sso_name: str = "Single sign-on"

    def moment(self, moment: datetime) -> str:
        """`today, 09:15`, `Wed 25 Nov, 14:00`."""
        words = moment_words(moment, self.zone, self.now.astimezone(self.zone).date())
        return words if "," in words else f"today, {words}"

    def day(self, moment: datetime) -> str:
        return day_words(moment.astimezone(self.zone).date(), self.now.astimezone(self.zone).date())

    def is_fresh(self, moment: datetime | None) -> bool:
        return moment is not None and self.now - moment < FRESH


def rows_of(found: MemberList, reader: Reader) -> list[Row]:
    """Members by name, then invitations."""
    members = [_member(each, reader) for each in found.members]
    return members + [_invited(each, reader) for each in found.invitations]


def lead(found: MemberList, reader: Reader) -> tuple[str, str]:
    """`5 of 6 members have a calendar connected`, ` · 1 invitation expired`."""
    total = len(found.members)
    if total == 1 and not found.invitations:
        return "Only you so far", ""
    connected = sum(each.calendars.total > 0 for each in found.members)
    has = "has" if total == 1 else "have"
    words = f"{connected} of {count(total, 'member')} {has} a calendar connected"
    return words, _also(found, reader)


def _also(found: MemberList, reader: Reader) -> str:
    busy = [first_name(each.name) for each in found.members if _is_setting_up(each, reader)]
    busy += [each.email for each in found.invitations if _is_opening(each, reader)]
    if busy:
        return f" · {busy[0]} is setting up now" if len(busy) == 1 else f" · {len(busy)} are setting up now"
    if expired := sum(each.expires_at <= reader.now for each in found.invitations):
        return f" · {count(expired, 'invitation')} expired"
    return f" · {count(len(found.invitations), 'invitation')} open" if found.invitations else ""


def seen_words(moment: datetime | None, reader: Reader) -> str:
    """`now`, `12 min ago`, `2 h ago`, `yesterday, 17:20`, `Thu 26 Nov`; a dash where it isn't known."""
    if moment is None:
        return "–"
    passed = reader.now - moment
    if passed < HERE:
        return "now"
    if passed < timedelta(hours=1):
        return f"{int(passed.total_seconds()) // 60}{NBSP}min ago"
    days = (reader.now.astimezone(reader.zone).date() - moment.astimezone(reader.zone).date()).days
    if days == 0:
        return f"{int(passed.total_seconds()) // 3600}{NBSP}h ago"
    return f"yesterday, {clock(moment, reader.zone)}" if days == 1 else reader.day(moment)


def how_words(member: MemberLine, sso_name: str) -> str:
    """What they logged in with last, or could with: `Passkey`, `Password + code`, `Single sign-on`."""
    if member.method is LoginMethod.PASSKEY or (not member.has_password and member.has_passkey):
        return "Passkey"
    if member.method is LoginMethod.SINGLE_SIGN_ON or not member.has_password:
        return sso_name
    return "Password + code" if member.has_code else "Password"


def _member(member: MemberLine, reader: Reader) -> Row:
    css, word, facts = _status(member, reader)
    is_waiting = not member.calendars.total
    return Row(
        key=member.email,
        id=member.id,
        is_invited=False,
        name=member.name,
        sub=member.email,
        is_you=member.id == reader.id,
        is_admin=member.is_admin,
        css=css,
        word=word,
        facts=facts,
        how=how_words(member, reader.sso_name),
        seen=seen_words(member.last_seen_at, reader),
        act=Act.REMIND if _may_remind(member, reader) else None,
        is_waiting=is_waiting,
        has_second_factor=member.has_code or member.has_passkey,
    )


def _may_remind(member: MemberLine, reader: Reader) -> bool:
    is_done = member.calendars.total or _is_setting_up(member, reader)
    return reader.sends_email and member.id != reader.id and not is_done


def _is_setting_up(member: MemberLine, reader: Reader) -> bool:
    is_new = reader.is_fresh(member.created_at) and member.last_seen_at is not None
    return is_new and member.id != reader.id and not member.calendars.total


def _status(member: MemberLine, reader: Reader) -> tuple[str, str, str]:
    """Class, word and facts."""
    theirs = member.calendars
    if theirs.need_member:
        since = f", since {reader.day(theirs.needs_since)}" if theirs.needs_since else ""
        some = f"{theirs.need_member} of {theirs.total} calendars" if theirs.total > 1 else "1 calendar"
        return "is-bad", f"Needs {first_name(member.name)}", f"{some}{since}"
    if theirs.total:
        css = "is-busy" if theirs.never_read == theirs.total and not theirs.behind else "is-ok"
        return css, "Connected", f"{count(theirs.total, 'calendar')}, {_how_they_are(member)}"
    if member.last_seen_at is None:
        return "is-idle", "Not signed in", f"account created {reader.day(member.created_at)}"
    if member.connections:
        return "is-idle", "Signed in", "no calendar switched on"
    if _is_setting_up(member, reader):
        return "is-busy", "Signed in just now", "choosing a calendar"
    return "is-idle", "Signed in", "no calendar yet"


def _how_they_are(member: MemberLine) -> str:
    theirs = member.calendars
    if theirs.behind:
        return f"{theirs.behind} out of date" if theirs.total > 1 else "out of date"
    if theirs.never_read:
        return f"{theirs.never_read} being read" if theirs.total > 1 else "being read"
    return "all up to date" if theirs.total > 1 else "up to date"


def _invited(invitation: InvitationLine, reader: Reader) -> Row:
    css, word, facts = _progress(invitation, reader)
    by = f" by {first_name(invitation.inviter)}" if invitation.inviter else ""
    is_expired = invitation.expires_at <= reader.now
    # A link that was just sent or opened needs no nudge.
    is_recent = reader.is_fresh(invitation.created_at) or _is_opening(invitation, reader)
    act = Act.REMIND if reader.sends_email and not is_expired else Act.NEW_LINK
    return Row(
        key=invitation.email,
        id=invitation.id,
        is_invited=True,
        name=invitation.email,
        sub=f"Invited{by} on {reader.day(invitation.created_at)}",
        is_you=False,
        is_admin=invitation.is_admin,
        css=css,
        word=word,
        facts=facts,
        how="–",
        seen="never seen",
        act=None if is_recent and not is_expired else act,
        is_waiting=True,
    )


def _is_opening(invitation: InvitationLine, reader: Reader) -> bool:
    return invitation.expires_at > reader.now and reader.is_fresh(invitation.opened_at)


def _progress(invitation: InvitationLine, reader: Reader) -> tuple[str, str, str]:
    opened = invitation.opened_at
    if invitation.expires_at <= reader.now:
        opening = f"opened {reader.day(opened)}" if opened else "never opened"
        return "is-off", "Invitation expired", f"{reader.moment(invitation.expires_at)}; {opening}"
    until = f"works until {reader.moment(invitation.expires_at)}"
    if _is_opening(invitation, reader):
        return "is-busy", "Opened the link", "setting up now"
    if opened:
        return "is-idle", "Opened the link", f"{reader.moment(opened)}; {until}"
    return "is-idle", "Invited", f"{'email sent' if invitation.emailed_at else 'link created'}; {until}"


def counts_of(rows: Sequence[Row]) -> tuple[int, int, int]:
    """All, waiting, administrators."""
    return len(rows), sum(row.is_waiting for row in rows), sum(row.is_admin for row in rows)
