"""What was read of the installation, as rows: what is wrong, always with the fix."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.between.processes import Other
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.domain.sizes import bytes_words
from oncall_ui.readiness import NotReady
from oncall_ui.services.installation.status import Calendars, Failing, Installation
from pages.needs.ages import age_words
from pages.needs.alerts import Act, backup_alert
from pages.widgets.calendar_status import since_words
from pages.widgets.dates import NBSP, count, moment_words

LATE = timedelta(minutes=2)
"""Imports that wait for longer than this are late."""
LITTLE_SPACE = 1_000_000_000
SMTP = "Set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM to send invitations and alerts."
FOLDER = "Set ONCALL_BACKUP_DIR to a folder for a backup each night."
SMTP_FIX = "Check the settings that begin with ONCALL_SMTP_. What waits is sent when it works again."
OWN_ROWS = {"database", "disk", "workers", "looks", "backup", "mail server", "readiness"}
"""Sources of failures that are shown elsewhere on the page."""


@dataclass(frozen=True, slots=True)
class Check:
    """A row: its status in a word and the rest of the sentence, why, and a link or a button.

    `is_wrong`: not as it should be. `is_off`: not used here.
    """

    name: str
    word: str
    rest: str = ""
    why: str = ""
    is_wrong: bool = False
    is_off: bool = False
    link: tuple[str, str] | None = None
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What the settings and the start of the process say; it doesn't change while the app runs."""

    smtp_host: str
    """Empty: no email is sent."""
    interval: int
    """Minutes between two imports of a calendar."""
    version: str
    python: str
    started: datetime
    providers: Sequence[str] = ()
    """Names of those that are set up."""
    metrics_url: str = ""
    has_metrics_token: bool = False
    role: str = "all"
    """Of the process that serves the page, as ONCALL_ROLE has it."""


def checks(
    seen: Installation,
    problem: NotReady | None,
    setup: Setup,
    zone: ZoneInfo,
    others: Sequence[Other] = (),
    findings: Sequence[Finding] = (),
) -> tuple[Check, ...]:
    """Without what is in an alert: nothing is said twice. What is wrong comes first.

    `others` are the other processes, `findings` those of the doctor.
    """
    broken = {reason.source for reason in problem.reasons} if problem else set[str]()
    if backup_alert(seen, zone) is not None:
        broken.add("backup")
    here = " in this process" if others else ""
    rows = {
        "looks": _imports(seen, setup),
        "calendars": _calendars(seen.calendars),
        "workers": _workers(seen, here),
        "database": _database(seen),
        "disk": _disk(seen),
        "backup": _backups(seen, zone),
        "email": _email(seen, setup),
        "jobs": _jobs(seen.failing, zone, seen.at, here),
        **({"processes": _processes(setup.role, others)} if others else {}),
        "providers": _providers(setup),
        "configuration": _configuration(findings),
        "members": _members(seen),
        "version": _version(setup, zone, seen.at),
    }
    return tuple(sorted(_without(rows, broken), key=lambda check: not check.is_wrong))


def with_result(check: Check, results: dict[Act, Check]) -> Check:
    """What came of an act takes the place of the facts."""
    result = results.get(check.act) if check.act else None
    return replace(result, name=check.name, act=check.act) if result else check


def _without(rows: dict[str, Check], broken: Collection[str]) -> list[Check]:
    return [check for source, check in rows.items() if source not in broken]


def _imports(seen: Installation, setup: Setup) -> Check:
    calendars = seen.calendars
    if not calendars.on:
        return Check("Imports", "Nothing to import", "no calendar is on", is_off=True)
    late = seen.at - calendars.due if calendars.due else timedelta()
    if late > LATE:
        why = "More calendars are due than this machine can read. Nothing is lost."
        return Check("Imports", f"{age_words(late)} late", f"{calendars.waiting:,} waiting", why, is_wrong=True)
    return Check("Imports", "On time", f"{count(calendars.on, 'calendar')}, every {setup.interval} min")


def _calendars(calendars: Calendars) -> Check:
    if not calendars.broken:
        return Check("Calendars", "Up to date", "none is broken or stale")
    words = f"{calendars.broken:,} broken or stale"
    rest = "only their owners can fix them"
    return Check("Calendars", words, rest, is_wrong=True, link=("Show them", "/team/calendars"))


def _workers(seen: Installation, here: str) -> Check:
    at_work = f"{seen.working} at work" if seen.working else "none at work just now"
    return Check("Workers", "Running", f"the processes that read calendars answer, {at_work}{here}")


def _database(seen: Installation) -> Check:
    """Usually within a millisecond or two; how long it takes while many wait is for /metrics to tell."""
    answers = f"Answers in {max(round(seen.database_seconds * 1000), 1):,}{NBSP}ms"
    return Check("Database", answers, _listed(seen.database, _size(seen.database_size)))


def _providers(setup: Setup) -> Check:
    if not setup.providers:
        rest = "ICS and CalDAV need none"
        return Check("Providers", "None set up", rest, is_off=True, act=Act.CHECK)
    return Check("Providers", ", ".join(setup.providers), "set up", act=Act.CHECK)


def _configuration(findings: Sequence[Finding]) -> Check:
    """What the doctor finds without asking anybody. What it calls a fault is an alert."""
    if not findings:
        return Check("Configuration", "Checking", is_off=True)
    good = [each for each in findings if each.verdict is Verdict.GOOD]
    notes = [each for each in findings if each.verdict is Verdict.NOTE]
    rest = ", ".join(each.name.casefold() for each in good)
    why = " ".join(f"{each.name}: {each.text}" for each in notes)
    return Check("Configuration", f"{count(len(good), 'check')} passed", rest, why)


def _disk(seen: Installation) -> Check:
    if seen.disk_free is None or seen.disk_size is None:
        return Check("Disk", "Enough space", "in the data folder")
    rest = f"of {bytes_words(seen.disk_size)} in the data folder"
    is_little = seen.disk_free < LITTLE_SPACE
    why = "Free some disk space, or move the data folder to a larger disk." if is_little else ""
    return Check("Disk", f"{bytes_words(seen.disk_free)} free", rest, why, is_wrong=is_little)


def _backups(seen: Installation, zone: ZoneInfo) -> Check:
    if seen.backups is None:
        return Check("Backups", "Not set up", FOLDER, is_off=True)
    if seen.backups.at is None:
        return Check("Backups", "None yet", "the first one is made within 10 min", is_wrong=True, act=Act.BACK_UP)
    when = moment_words(seen.backups.at, zone, seen.at.astimezone(zone).date())
    rest = f"{bytes_words(seen.backups.size)}, {seen.backups.number} kept"
    is_today = len(when) == len("14:07")
    return Check("Backups", f"Today, {when}" if is_today else when, rest, act=Act.BACK_UP)


def _email(seen: Installation, setup: Setup) -> Check:
    if not setup.smtp_host:
        return Check("Email", "Not set up", SMTP, is_off=True)
    failing = next((each for each in seen.failing if each.source == "mail server"), None)
    waiting = f"{count(seen.emails_waiting, 'email')} waiting" if seen.emails_waiting else "none waiting"
    if failing:
        why = f"{failing.cause} {SMTP_FIX}"
        return Check("Email", "Not working", waiting, why, is_wrong=True, act=Act.SEND_TEST)
    return Check("Email", "Set up", f"{setup.smtp_host}, {waiting}", act=Act.SEND_TEST)


def _jobs(failing: Sequence[Failing], zone: ZoneInfo, at: datetime, here: str) -> Check:
    others = [each for each in failing if each.source not in OWN_ROWS]
    if not others:
        return Check("Jobs", "Running", f"nothing is failing{here}")
    rest = since_words(min(each.since for each in others), zone, at)
    names = ", ".join(each.source for each in others[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    why = f"{names}{more}. The log says why."
    return Check("Jobs", f"{count(len(others), 'part')} failing", rest, why, is_wrong=True)


def _processes(role: str, others: Sequence[Other]) -> Check:
    """What fails in the others is in their beats, as words; why is in their logs."""
    roles = Counter([role, *(each.role for each in others)])
    listed = _listed(*(f"{number} × {name}" for name, number in sorted(roles.items())))
    failing = _failing_elsewhere(others)
    if not failing:
        return Check("Processes", f"{len(others) + 1} running", listed)
    why = f"Failing elsewhere: {_listed(*failing)}. The log of that process says why."
    return Check("Processes", f"{count(len(failing), 'part')} failing", listed, why, is_wrong=True)


def _failing_elsewhere(others: Iterable[Other]) -> list[str]:
    return sorted({f"{source} ({each.role})" for each in others for source in each.failing})[:3]


def _members(seen: Installation) -> Check:
    rest = count(seen.administrators, "administrator")
    if seen.administrators == 1 and seen.members > 1:
        rest = "1 administrator; a second one is safer"
    return Check("Members", count(seen.members, "account"), rest, link=("Show members", "/members"))


def _version(setup: Setup, zone: ZoneInfo, at: datetime) -> Check:
    rest = f"running {since_words(setup.started, zone, at)}, Python {setup.python}"
    return Check("Version", setup.version or "Unknown", rest)


def _size(size: int | None) -> str:
    return bytes_words(size) if size is not None else ""


def _listed(*words: str) -> str:
    return ", ".join(word for word in words if word)
