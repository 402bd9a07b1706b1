"""What was read of the installation, as figures, rows and alerts: each fault has its fix beside it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.between.processes import Other
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.keeping.nightly import Kept
from oncall_ui.readiness import NotReady, Reason
from oncall_ui.services.installation.status import Calendars, Failing, Installation
from pages.admin.status.checks import SMTP_FIX, Check, Setup, checks
from pages.admin.status.figures import figures
from pages.needs.alerts import Act, Alert, alerts

AT = datetime(2026, 11, 29, 14, 7, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
SETUP = Setup("smtp.example.org", 15, "1.4.0", "3.11.9", AT - timedelta(days=12), ("Google", "Acme SSO"))
FINDINGS = (
    Finding("Address", Verdict.GOOD, "https://oncall.example.org"),
    Finding("Secret keys", Verdict.GOOD, "they decrypt all 142 connections"),
)
KEY_LOST = Finding("Secret keys", Verdict.FAULT, "The key is missing. Add it, then restart the app.")
WELL = Installation(
    at=AT,
    calendars=Calendars(142, 3, 0, 0, AT - timedelta(minutes=14), 0, None),
    members=6,
    administrators=2,
    database="SQLite",
    database_size=38_000_000,
    database_seconds=0.0031,
    disk_free=26_000_000_000,
    disk_size=40_000_000_000,
    backups=Kept(7, AT - timedelta(hours=12), 11_000_000),
    emails_waiting=0,
    working=0,
    failing=(),
)
BACKUP_FAILS = Failing("backup", "NoRoom: 2 MB are free. Make room.", AT - timedelta(hours=1))


def rows(seen: Installation, problem: NotReady | None = None) -> dict[str, Check]:
    return {check.name: check for check in checks(seen, problem, SETUP, UTC_ZONE, findings=FINDINGS)}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_healthy_installation_says_so_in_every_row() -> None:
    said = {name: plain(f"{check.word} · {check.rest}") for name, check in rows(WELL).items()}
    assert said == {
        "Imports": "On time · 142 calendars, every 15 min",
        "Calendars": "Up to date · none is broken or stale",
        "Workers": "Running · the processes that read calendars answer, none at work just now",
        "Database": "Answers in 3 ms · SQLite, 38 MB",
        "Disk": "26 GB free · of 40 GB in the data folder",
        "Backups": "Today, 02:07 · 11 MB, 7 kept",
        "Email": "Set up · smtp.example.org, none waiting",
        "Jobs": "Running · nothing is failing",
        "Providers": "Google, Acme SSO · set up",
        "Configuration": "2 checks passed · address, secret keys",
        "Members": "6 accounts · 2 administrators",
        "Version": "1.4.0 · running since Tue 17 Nov, 14:07, Python 3.11.9",
    }
    assert alerts(WELL, None, UTC_ZONE) == ()
    assert not any(check.is_wrong for check in rows(WELL).values())


@pytest.mark.parametrize(
    ("seen", "name", "said"),
    [
        (
            replace(WELL, calendars=Calendars(142, 3, 1, 1, AT, 31, AT - timedelta(minutes=9))),
            "Imports",
            "9 min late · 31 waiting · More calendars are due than this machine can read. Nothing is lost.",
        ),
        (
            replace(WELL, disk_free=700_000_000),
            "Disk",
            "700 MB free · of 40 GB in the data folder · Free some disk space, or move the data folder to a larger "
            "disk.",
        ),
        (
            replace(WELL, emails_waiting=3, failing=(Failing("mail server", "smtp refused it (535).", AT),)),
            "Email",
            f"Not working · 3 emails waiting · smtp refused it (535). {SMTP_FIX}",
        ),
        (
            replace(WELL, failing=(Failing("sockets", "?", AT - timedelta(minutes=5)),)),
            "Jobs",
            "1 part failing · since Sun 29 Nov, 14:02 · sockets. The log says why.",
        ),
        (
            replace(WELL, backups=Kept(0, None, 0)),
            "Backups",
            "None yet · the first one is made within 10 min · ",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isalpha() else "",
)
def test_what_is_wrong_comes_first_with_its_fix(seen: Installation, name: str, said: str) -> None:
    first = checks(seen, None, SETUP, UTC_ZONE)[0]
    assert first.is_wrong
    assert (first.name, plain(f"{first.word} · {first.rest} · {first.why}")) == (name, said)


def test_what_is_not_used_names_its_setting() -> None:
    bare = replace(SETUP, smtp_host="", providers=())
    unset = {
        check.name: check for check in checks(replace(WELL, backups=None), None, bare, UTC_ZONE, findings=FINDINGS)
    }
    assert {name for name, check in unset.items() if check.is_off} == {"Backups", "Email", "Providers"}
    assert "ONCALL_BACKUP_DIR" in unset["Backups"].rest
    assert "ONCALL_SMTP_HOST" in unset["Email"].rest
    assert {check.act for check in unset.values()} == {None, Act.CHECK}


@pytest.mark.parametrize(
    ("seen", "alert"),
    [
        (
            replace(WELL, backups=Kept(7, AT - timedelta(hours=60), 1), failing=(BACKUP_FAILS,)),
            Alert("No backup for 2 days", "since Fri 27 Nov, 02:07", "2 MB are free. Make room.", Act.BACK_UP),
        ),
        (
            replace(WELL, backups=Kept(7, AT - timedelta(hours=30), 1)),
            Alert("No backup for 30 h", "since Sat 28 Nov, 08:07", "The last night is missing.", Act.BACK_UP),
        ),
        (
            replace(WELL, backups=Kept(0, None, 0), failing=(BACKUP_FAILS,)),
            Alert("No backup yet", "", "2 MB are free. Make room.", Act.BACK_UP),
        ),
    ],
    ids=["fails", "missing", "never"],
)
def test_a_missing_backup_needs_an_administrator(seen: Installation, alert: Alert) -> None:
    (found,) = alerts(seen, None, UTC_ZONE)
    assert replace(found, what=plain(found.what)) == alert
    assert "Backups" not in rows(seen), "nothing is said twice"


def test_what_the_doctor_calls_a_fault_is_an_alert_with_its_cause_and_its_fix() -> None:
    (found,) = alerts(WELL, None, UTC_ZONE, (FINDINGS[0], KEY_LOST))
    assert found == Alert("The key is missing", "Secret keys", "Add it, then restart the app.")


def test_what_the_doctor_only_notes_is_in_its_row() -> None:
    note = Finding("Address", Verdict.NOTE, "It works on this machine only. Set ONCALL_BASE_URL for others.")
    (row,) = (each for each in checks(WELL, None, SETUP, UTC_ZONE, findings=(note,)) if each.name == "Configuration")
    assert (row.is_wrong, row.why) == (False, f"Address: {note.text}")
    assert alerts(WELL, None, UTC_ZONE, (note,)) == ()


def test_a_backup_on_request_ends_the_alert() -> None:
    seen = replace(WELL, backups=Kept(8, AT - timedelta(minutes=5), 1), failing=(BACKUP_FAILS,))
    assert alerts(seen, None, UTC_ZONE) == ()
    assert not rows(seen)["Backups"].is_wrong


def test_a_reason_against_imports_is_an_alert_and_leaves_the_list() -> None:
    problem = NotReady((Reason.DISK_NEARLY_FULL,), AT)
    (found,) = alerts(WELL, problem, UTC_ZONE)
    assert (found.what, found.advice) == (Reason.DISK_NEARLY_FULL.what, Reason.DISK_NEARLY_FULL.advice)
    assert "Disk" not in rows(WELL, problem)


def test_the_figures() -> None:
    def said(seen: Installation) -> list[str]:
        return [plain(f"{each.number} {each.unit}: {each.note}") for each in figures(seen, SETUP)]

    assert said(WELL) == [
        "14 min: 142 calendars, every 15 min",
        "0 imports: nothing is late",
        "3 of 142: none needs its owner",
        "12 h: 11 MB, 7 kept",
    ]
    none = Calendars(0, 0, 0, 0, None, 0, None)
    assert said(replace(WELL, calendars=none, backups=None)) == [
        "– : no calendar is on",
        "0 imports: nothing is late",
        "0 : none needs its owner",
        "None : not set up",
    ]
    late = Calendars(9, 0, 2, 2, AT - timedelta(days=3), 1, AT - timedelta(seconds=40))
    assert said(replace(WELL, calendars=late, backups=Kept(0, None, 0))) == [
        "3 days: 9 calendars, every 15 min",
        "1 import: the first for 40 s",
        "0 of 9: 2 need their owners",
        "None : no backup yet",
    ]


def test_with_other_processes_each_figure_says_whose_it_is() -> None:
    setup = replace(SETUP, role="web")
    others = [Other("worker", 0.0, ("mail server",)), Other("worker", 0.0), Other("web", 0.0)]
    said = {each.name: each for each in checks(WELL, None, setup, UTC_ZONE, others)}
    assert said["Jobs"].rest == "nothing is failing in this process"
    assert said["Workers"].rest.endswith("just now in this process")
    assert said["Processes"].rest == "2 × web, 2 × worker" and said["Processes"].is_wrong
    assert said["Processes"].why == "Failing elsewhere: mail server (worker). The log of that process says why."
    well = {each.name: each for each in checks(WELL, None, setup, UTC_ZONE, others[1:])}["Processes"]
    assert (well.word, well.rest, well.is_wrong) == ("3 running", "2 × web, 1 × worker", False)
