"""What the doctor finds: on a server that is well, and on one with each thing wrong that operators meet."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from alembic import command
from pydantic import SecretStr

from oncall_ui.app import App
from oncall_ui.doctor import process
from oncall_ui.doctor.examine import examine
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.migrations import alembic_config
from oncall_ui.readiness import Reason
from oncall_ui.security.vault import generate_key
from oncall_ui.services.accounts.second_factors.totp import begin_setup
from oncall_ui.services.connections.connect import connect
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from tests.calendars import calendar, event
from tests.conftest import Borrowed, Person
from tests.databases import settings as on_both
from tests.e2e.server import Server
from tests.fakes.endpoints import Answer
from tests.fakes.feeds import FeedServer
from tests.fakes.google import Google
from tests.fakes.graph import Microsoft
from tests.fakes.oauth import AuthorizationServer
from tests.services.helpers.imports import connected as switched_on
from tests.services.helpers.imports import import_due, make_due
from tests.vendors import environment, registered

__all__ = ["on_both"]

pytestmark = pytest.mark.once_on_postgresql
on_sqlite = pytest.mark.parametrize("on_both", ["sqlite"], indirect=True)
"""For what only a file can have, or what would be left behind for others."""
KEY = generate_key()
NOBODY = 9
"""A port at which no app runs."""


@pytest.fixture
def settings(on_both: Settings, google: Google, microsoft: Microsoft) -> Settings:
    """A server registered with both vendors, with a key of the operator's own."""
    greeted(google)
    greeted(microsoft)
    changes = {"secret_keys": SecretStr(KEY), "port": NOBODY, "base_url": "http://localhost:8080"}
    return registered(on_both, google, microsoft).model_copy(update=changes)


@pytest.fixture(autouse=True)
def one_pool(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor starts a worker process; what that imports takes longer than all that is asked otherwise."""
    monkeypatch.setattr("oncall_ui.app.Workers", lambda: Borrowed(workers))


def greeted(vendor: AuthorizationServer, **headers: str) -> None:
    """It answers a plain request for its existence."""
    path = vendor.token_url.removeprefix(vendor.url())
    vendor.endpoint("greeting", "HEAD", path, lambda _: Answer(405, headers=headers))


def told(settings: Settings, **changes: object) -> dict[str, Finding]:
    """By name, what the doctor says of a server with these settings."""
    return {found.name: found for found in examine(settings.model_copy(update=changes))}


def one(found: dict[str, Finding]) -> Finding:
    """The only fault there is."""
    faults = [each for each in found.values() if each.verdict is Verdict.FAULT]
    assert len(faults) == 1, faults
    return faults[0]


def connected(app: App, person: Person, feeds: FeedServer) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    asyncio.run(connect(app, person.id, "ics", "Work", {"url": url}))


def test_a_server_that_is_well_has_nothing_to_mend(
    app: App, alice: Person, feeds: FeedServer, settings: Settings
) -> None:
    connected(app, alice, feeds)
    found = told(settings)
    assert list(found) == [
        *("Address", "Data folder", "Database", "Secret keys", "Calendars", "Workers", "Imports"),
        *("Outbound", "Clock"),
        *("Email", "Google", "Outlook", "Single sign-on"),
    ]
    assert {name: each.text for name, each in found.items() if each.verdict is not Verdict.GOOD} == {
        "Address": "http://localhost:8080 works on this machine only. Set ONCALL_BASE_URL for others.",
        "Imports": f"The app isn’t running at http://127.0.0.1:{NOBODY}.",
        "Email": "No email is sent. To change that, set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM.",
        "Single sign-on": "not set up. Redirect address: http://localhost:8080/login/oidc/callback. "
        "How: docs/guides/single-sign-on.md",
    }
    assert found["Google"].text.endswith("http://localhost:8080/oauth/google/callback")
    assert found["Outlook"].text.endswith("http://localhost:8080/oauth/microsoft/callback")
    assert found["Secret keys"].text == "they decrypt all 1 connections"


def test_https_is_good_and_needs_the_address_registered(app: App, settings: Settings) -> None:
    found = told(settings, base_url="https://oncall.example.org")
    assert found["Address"].verdict is Verdict.GOOD
    assert found["Google"].text.endswith("https://oncall.example.org/oauth/google/callback")


@pytest.mark.parametrize(("name", "key"), [("Google", "google"), ("Outlook", "microsoft")])
def test_a_wrong_secret_is_told_with_the_settings_to_check(app: App, settings: Settings, name: str, key: str) -> None:
    fault = one(told(settings, **{f"{key}_client_secret": SecretStr("not-the-secret")}))
    assert fault.name == name
    assert "(invalid_client)" in fault.text
    assert f"ONCALL_{key.upper()}_CLIENT_SECRET" in fault.text


@pytest.mark.parametrize("error", ["unauthorized_client", "deleted_client", "invalid_request"])
def test_every_refusal_but_that_of_the_code_is_a_fault(
    app: App, settings: Settings, google: Google, error: str
) -> None:
    """Google names a client that was removed, Microsoft a tenant that isn't there, in words of their own."""
    google.fail("token", status=401, body={"error": error})
    fault = one(told(settings))
    assert fault.name == "Google"
    assert f"({error})" in fault.text


def test_an_address_that_is_not_registered_is_named(app: App, settings: Settings, google: Google) -> None:
    google.fail("token", status=400, body={"error": "redirect_uri_mismatch"})
    fault = one(told(settings))
    assert fault.text.endswith("Register http://localhost:8080/oauth/google/callback")


@pytest.mark.parametrize("half", ["google_client_id", "google_client_secret"])
def test_half_a_registration_asks_for_the_other_half(app: App, settings: Settings, half: str) -> None:
    nothing: object = SecretStr("") if half.endswith("secret") else ""
    fault = one(told(settings, **{half: nothing}))
    assert fault.text == "Only one of ONCALL_GOOGLE_CLIENT_ID and ONCALL_GOOGLE_CLIENT_SECRET is set. Set both."


def test_no_registration_is_no_fault_and_says_where_it_is_told(app: App, settings: Settings) -> None:
    found = told(settings, microsoft_client_id="", microsoft_client_secret=SecretStr(""))["Outlook"]
    assert found.verdict is Verdict.NOTE
    guide = found.text.rpartition(" ")[2]
    assert (Path(__file__).parents[1] / guide).is_file(), guide


def test_a_public_name_without_tls_is_a_fault_here_and_at_both_vendors(app: App, settings: Settings) -> None:
    found = told(settings, base_url="http://oncall.example.org")
    assert {name for name, each in found.items() if each.verdict is Verdict.FAULT} == {"Address", "Google", "Outlook"}
    assert "ONCALL_BASE_URL" in found["Address"].text
    assert "http://oncall.example.org/oauth/google/callback" in found["Google"].text


@pytest.mark.parametrize("mode", [0o701, 0o704, 0o755])
def test_a_folder_others_may_look_into_is_closed_by_the_command_it_prints(
    app: App, settings: Settings, mode: int
) -> None:
    settings.data_dir.chmod(mode)
    fault = one(told(settings))
    assert fault.text.endswith(f"chmod 700 {settings.data_dir}")


def test_a_key_file_others_may_read_is_a_fault_and_ends_the_examination(app: App, settings: Settings) -> None:
    key = settings.data_dir / "secret.key"
    key.write_text(KEY, encoding="utf-8")
    key.chmod(0o644)
    found = told(settings, secret_keys=SecretStr(""))
    assert list(found) == ["Address", "Data folder", "Secret keys"]
    assert one(found).text.endswith(f"chmod 600 {key}")
    assert KEY not in one(found).text


@on_sqlite
def test_an_empty_database_asks_for_a_start(settings: Settings) -> None:
    fault = one(told(settings))
    assert (fault.name, fault.text) == ("Database", "There is none yet. Start the app once: python run.py")


@on_sqlite
def test_an_old_schema_asks_for_a_restart(app: App, settings: Settings) -> None:
    command.downgrade(alembic_config(app.db), "0001")
    fault = one(told(settings))
    assert fault.name == "Database"
    assert fault.text == Reason.DATABASE_MIGRATIONS_MISSING.sentence


def _header(content: bytearray) -> None:
    content[:16] = b"not a database.."


def _pages(content: bytearray) -> None:
    content[4096:] = b"\xff" * (len(content) - 4096)


def _end(content: bytearray) -> None:
    content[-8192:] = b"\xff" * 8192


@on_sqlite
@pytest.mark.parametrize("damage", [_header, _pages, _end])
def test_a_damaged_file_asks_for_the_backup(app: App, settings: Settings, damage: Callable[[bytearray], None]) -> None:
    app.db.close()
    path = settings.data_dir / "oncall.db"
    content = bytearray(path.read_bytes())
    damage(content)
    path.write_bytes(content)
    fault = one(told(settings))
    assert fault.name == "Database"
    assert fault.text.startswith("The database is damaged (")
    assert fault.text.endswith("restore the last backup.")


def test_a_database_that_does_not_answer_is_told_without_its_password(settings: Settings) -> None:
    fault = one(told(settings, database_url="postgresql+psycopg://oncall:hunter2@127.0.0.1:1/oncall"))
    assert fault.text.endswith(Reason.DATABASE_UNREACHABLE.advice)
    assert "hunter2" not in fault.text


def test_lost_keys_are_counted_and_asked_for(app: App, alice: Person, feeds: FeedServer, settings: Settings) -> None:
    connected(app, alice, feeds)
    fault = one(told(settings, secret_keys=SecretStr(generate_key())))
    assert fault.name == "Secret keys"
    assert fault.text.startswith("The credentials of 1 of 1 connections were encrypted with a key that is missing.")
    assert "ONCALL_SECRET_KEYS" in fault.text


def test_authenticator_apps_of_a_lost_key_are_counted(app: App, alice: Person, settings: Settings) -> None:
    begin_setup(app, alice.id)
    fault = one(told(settings, secret_keys=SecretStr(generate_key())))
    assert fault.text.startswith("The authenticator apps of 1 of 1 members ")


def test_a_former_key_is_still_needed_until_the_next_start(
    app: App, alice: Person, feeds: FeedServer, settings: Settings
) -> None:
    connected(app, alice, feeds)
    found = told(settings, secret_keys=SecretStr(f"{generate_key()},{KEY}"))["Secret keys"]
    assert found.verdict is Verdict.NOTE
    assert "the next start moves them to the newest one" in found.text


def test_a_placeholder_for_a_key_ends_the_examination(settings: Settings) -> None:
    fault = one(told(settings, secret_keys=SecretStr("change-me")))
    assert fault.name == "Secret keys"
    assert "change-me" not in fault.text


def test_calendars_that_need_somebody_are_counted(
    app: App, alice: Person, feeds: FeedServer, settings: Settings
) -> None:
    asyncio.run(switched_on(app, alice, feeds.serve("/work.ics", calendar(event("noc")))))
    feeds.refuse("/work.ics", status=401)
    make_due(app)
    asyncio.run(import_due(app))
    found = told(settings)["Calendars"]
    assert (found.verdict, found.text) == (Verdict.NOTE, "1 switched on: 1 need their member, 0 retrying")


def test_a_vendor_that_is_down_is_told_once_for_the_way_out_and_once_for_itself(app: App, settings: Settings) -> None:
    with Google() as gone:
        nowhere = {"google_token_url": gone.token_url}
    found = told(settings, **nowhere)
    assert {name for name, each in found.items() if each.verdict is Verdict.FAULT} == {"Outbound", "Google"}
    assert "DNS, firewall and routes" in found["Outbound"].text
    assert "Clock" not in found


def test_a_vendor_with_troubles_of_its_own_is_not_called_unregistered(
    app: App, settings: Settings, google: Google
) -> None:
    google.fail("token", status=503)
    fault = one(told(settings))
    assert fault.name == "Google"
    assert "ONCALL_GOOGLE" not in fault.text


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_is_told_in_seconds(app: App, settings: Settings, google: Google, hours: int) -> None:
    with Google() as other:
        greeted(other, Date=format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True))
        found = told(settings, google_token_url=other.token_url)["Clock"]
    assert found.verdict is Verdict.FAULT
    assert found.text.startswith(("It is 3,59", "It is 3,60"))
    assert "NTP" in found.text


@pytest.mark.slow
def test_the_command_ends_with_2_and_prints_no_secret(tmp_path: Path, google: Google, microsoft: Microsoft) -> None:
    greeted(google)
    wrong, key = "a-secret-nobody-knows", generate_key()
    server = Server(
        tmp_path,
        settings=environment(google, microsoft)
        | {"ONCALL_GOOGLE_CLIENT_SECRET": wrong, "ONCALL_SECRET_KEYS": key, "ONCALL_LOG_LEVEL": "debug"},
    )
    server.add_member("alice@example.org", "Alice", "correct horse battery")
    done = server.command("doctor")
    assert done.returncode == 2
    assert "FAULT  Google" in done.stdout
    assert "GOOD   Outlook" in done.stdout
    assert "found (marked FAULT)." in done.stderr
    for secret in (wrong, key, microsoft.client_secret, *google.issued, *microsoft.issued):
        assert secret not in done.stdout + done.stderr


@pytest.mark.slow
def test_it_says_what_the_running_app_says(tmp_path: Path, google: Google, microsoft: Microsoft) -> None:
    greeted(google)
    with Server(tmp_path, settings=environment(google, microsoft), warm=True) as server:
        assert "GOOD   Imports       the running app can import calendars" in server.command("doctor").stdout
        file = server.data / "oncall.db"
        file.rename(file.with_suffix(".kept"))
        server.wait_until_not_ready()
        done = server.command("doctor")
        file.with_suffix(".kept").rename(file)
    assert done.returncode == 2
    assert f"FAULT  Imports       {Reason.DATABASE_MISSING.sentence}" in done.stdout
    assert f"FAULT  Database      {Reason.DATABASE_MISSING.sentence}" in done.stdout


def test_a_mail_server_nobody_answers_at_is_a_fault(app: App, alice: Person, settings: Settings) -> None:
    found = one(told(settings, smtp_host="127.0.0.1", smtp_port=9, mail_from="oncall@example.org"))
    assert found.name == "Email"


def test_a_role_that_needs_other_processes_needs_a_database_they_share(tmp_path: Path) -> None:
    plain = Settings(_env_file=None, data_dir=tmp_path)
    alone, shared = {"role": "web"}, {"role": "worker", "database_url": "postgresql+psycopg://oncall@db/oncall"}
    fault = process.role(plain.model_copy(update=alone))
    assert fault.verdict is Verdict.FAULT and "set ONCALL_DATABASE_URL" in fault.text
    assert process.role(plain.model_copy(update=shared)).text.startswith("worker, imports")
