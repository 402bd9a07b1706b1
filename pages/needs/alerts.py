"""What needs an administrator: the alerts of Admin, which the link to it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.readiness import NotReady
from oncall_ui.services.installation.status import Installation, Watched
from pages.needs.ages import age_words
from pages.widgets.calendar_status import since_words

OVERDUE = timedelta(hours=28)
"""A night and a few hours: by then there is a new backup, also where the clocks were changed."""


class Act(StrEnum):
    """What an administrator can do beside a row: the words on its button."""

    BACK_UP = "Back up now"
    SEND_TEST = "Send test email"
    CHECK = "Check now"


@dataclass(frozen=True, slots=True)
class Alert:
    """What needs an administrator."""

    what: str
    since: str
    advice: str
    act: Act | None = None


Seen = Watched | Installation


def alerts(seen: Seen, problem: NotReady | None, zone: ZoneInfo, findings: Sequence[Finding] = ()) -> tuple[Alert, ...]:
    """The gravest first."""
    found = []
    if problem is not None:
        since = since_words(problem.since, zone, seen.at)
        found = [Alert(reason.what, since, reason.advice) for reason in problem.reasons]
    if (backup := backup_alert(seen, zone)) is not None:
        found.append(backup)
    return tuple(found + [_of_doctor(each) for each in findings if each.verdict is Verdict.FAULT])


def backup_alert(seen: Seen, zone: ZoneInfo) -> Alert | None:
    if seen.backups is None:
        return None
    last = seen.backups.at
    failing = next((each for each in seen.failing if each.source == "backup"), None)
    # What was made since then, on request, is one.
    does_fail = failing is not None and (last is None or last < failing.since)
    is_overdue = last is not None and seen.at - last > OVERDUE
    if not does_fail and not is_overdue:
        return None
    cause = "The last night is missing."
    if failing is not None:
        cause = failing.cause.removeprefix("CannotKeep: ").removeprefix("NoRoom: ")
    if last is None:
        return Alert("No backup yet", "", cause, Act.BACK_UP)
    return Alert(f"No backup for {age_words(seen.at - last)}", since_words(last, zone, seen.at), cause, Act.BACK_UP)


def _of_doctor(finding: Finding) -> Alert:
    """Its first sentence says what is wrong, the rest what to do."""
    what, _, advice = finding.text.partition(". ")
    return Alert(what.removesuffix("."), finding.name, advice)
