"""Emails over a real conversation with a mail server."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from oncall_ui.email import mail
from oncall_ui.email.mail import MaybeSent, NotSent, ServerUnavailable, check, send
from oncall_ui.settings import Settings
from tests.fakes.smtp import MailServer
from tests.security.http.certificates import presenting, trusting

SENDER = "On-Call Optimizer <oncall@example.org>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def settings_for(server: MailServer, **more: Any) -> Settings:
    usual: dict[str, Any] = {
        "smtp_host": server.host,
        "smtp_port": server.port,
        "smtp_security": "none",
        "mail_from": SENDER,
        "base_url": "https://oncall.example.org",
    }
    return Settings(_env_file=None, **(usual | more))


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the server's certificate, whose authority this process trusts as an operator would make it."""
    (authority,) = trusting().get_ca_certs(binary_form=True)
    bundle = tmp_path / "authority.pem"
    bundle.write_text(ssl.DER_cert_to_PEM_cert(authority))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    return tmp_path


def test_a_letter_arrives_whole_and_says_that_a_machine_wrote_it(server: MailServer) -> None:
    send(settings_for(server), "alice@example.org", "1 calendar can’t be read", "Grüße\n.\nzweite Zeile\n")
    (email,) = server.taken
    assert (email["From"], email["To"], email["Subject"]) == (
        SENDER,
        "alice@example.org",
        "1 calendar can’t be read",
    )
    assert email["Auto-Submitted"] == "auto-generated"
    assert email["Message-ID"].endswith("@example.org>") and email["Date"]
    assert email.get_content().replace("\r\n", "\n") == "Grüße\n.\nzweite Zeile\n"


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("bob@example.org\r\nBcc: mallory@example.org", "Hello"),
        ("bob@example.org", "Hello\r\nBcc: mallory@example.org"),
        ("bob@example.org, mallory@example.org", "Hello"),
        ("nobody@", "Hello"),
        ("", "Hello"),
    ],
)
def test_nothing_can_be_smuggled_into_the_head(server: MailServer, to: str, subject: str) -> None:
    with pytest.raises(NotSent):
        send(settings_for(server), to, subject, "text")
    assert server.taken == []


@pytest.mark.parametrize("sender", ["nobody", "a@b\nBcc: c@d", "On-Call <oncall@>", "@example.org"])
def test_a_sender_that_is_no_address_is_refused_before_anything_starts(sender: str) -> None:
    with pytest.raises(ValidationError, match="ONCALL_MAIL_FROM must be an email address"):
        Settings(_env_file=None, mail_from=sender)


def test_the_line_is_secured_and_the_certificate_checked(trusted: Path) -> None:
    with MailServer(user="oncall", password="geheim", tls=presenting(trusted, "localhost")) as server:
        good = settings_for(server, smtp_security="starttls", smtp_user="oncall", smtp_password="geheim")
        assert check(good) is None
        send(good, "alice@example.org", "Hello", "text")
        assert server.to == ["alice@example.org"]
        said = check(good.model_copy(update={"smtp_password": Settings(smtp_password="other").smtp_password}))
        assert said == "localhost refused the user name or password (535)."


def test_a_certificate_for_somebody_else_is_no_secure_line(trusted: Path) -> None:
    with MailServer(tls=presenting(trusted, "mail.example.com")) as server:
        said = check(settings_for(server, smtp_security="starttls"))
    assert said is not None and said.startswith("No secure connection to localhost: ")


def test_a_server_that_cannot_secure_the_line_gets_no_password(server: MailServer) -> None:
    settings = settings_for(server, smtp_security="starttls", smtp_user="oncall", smtp_password="geheim")
    said = check(settings)
    assert said is not None and "ONCALL_SMTP_SECURITY" in said and "geheim" not in said
    with pytest.raises(ServerUnavailable):
        send(settings, "alice@example.org", "Hello", "text")


def test_without_a_server_the_check_says_what_to_set() -> None:
    assert (
        check(Settings(_env_file=None))
        == "No email is sent. To change that, set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM."
    )


def test_a_server_out_of_reach_is_named(server: MailServer) -> None:
    settings = settings_for(server, smtp_port=1)
    assert check(settings) == "The connection to localhost:1 failed: Connection refused."
    with pytest.raises(ServerUnavailable):
        send(settings, "alice@example.org", "Hello", "text")


def test_refused_letters_were_not_sent(server: MailServer) -> None:
    server.refuses["gone@example.org"] = "550 no such user gone@example.org"
    with pytest.raises(NotSent, match=r"localhost refused the email \(550\)\.$"):
        send(settings_for(server), "gone@example.org", "Hello", "text")
    server.refuses_content = "554 not today"
    with pytest.raises(NotSent, match="554"):
        send(settings_for(server), "alice@example.org", "Hello", "text")


def test_a_server_that_falls_silent_after_the_letter_leaves_it_open(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE_SECONDS", 1.5)
    server.is_silent.set()
    with pytest.raises(MaybeSent, match="it took too long"):
        send(settings_for(server), "alice@example.org", "Hello", "text")
    assert server.heard.is_set()
