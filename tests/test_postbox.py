"""The postbox: email that nothing waits for, sent in order, tried again, and never twice."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from oncall_ui.email import postbox
from oncall_ui.email.postbox import Postbox
from oncall_ui.reporting.outages import Outages
from oncall_ui.settings import Settings
from tests.fakes.smtp import MailServer
from tests.services.helpers.post import post, until, with_email

__all__ = ["post"]

TO = "alice@example.org"


@pytest.fixture
def settings(tmp_path: Path, post: MailServer) -> Settings:
    return with_email(Settings(_env_file=None, data_dir=tmp_path), post)


@pytest.fixture
def box(settings: Settings) -> Iterator[Postbox]:
    box = Postbox(settings, Outages(), pause_seconds=0.05)
    yield box
    until(lambda: not box.is_working)


def test_messages_are_sent_in_order(box: Postbox, post: MailServer) -> None:
    for number in range(5):
        box.post(TO, f"Subject {number}", "text\n")
    until(lambda: len(post.taken) == 5)
    assert [each["Subject"] for each in post.taken] == [f"Subject {number}" for number in range(5)]


def test_posting_does_not_wait_for_a_slow_server(box: Postbox, post: MailServer) -> None:
    post.is_silent.set()
    box.post(TO, "Slow", "text\n")
    assert post.heard.wait(30)
    began = time.monotonic()
    box.post(TO, "Next", "text\n")
    assert time.monotonic() - began < 1, "the server is silent until the next line"
    post.is_silent.clear()
    until(lambda: [each["Subject"] for each in post.taken] == ["Slow", "Next"])


def test_a_server_that_is_away_for_a_moment_gets_it_later(settings: Settings) -> None:
    with MailServer() as later:
        port = later.port
    outages = Outages()
    box = Postbox(settings.model_copy(update={"smtp_port": port}), outages, pause_seconds=0.2)
    server = MailServer()
    server.port = port
    server._controller.port = port
    box.post(TO, "Later", "text\n")
    until(lambda: outages.current)
    with server:
        until(lambda: [each["Subject"] for each in server.taken] == ["Later"])


def test_after_three_tries_it_gives_up_and_says_so(settings: Settings) -> None:
    with MailServer() as gone:
        port = gone.port
    box = Postbox(settings.model_copy(update={"smtp_port": port}), Outages(), pause_seconds=0)
    with capture_logs() as lines:
        box.post(TO, "Never", "text\n")
        until(lambda: not box.is_working)
    assert [each["event"] for each in lines if "email" in each["event"]] == [
        "email not sent: the mail server can't be reached"
    ]
    assert TO not in str(lines)


def test_a_refused_message_does_not_hold_up_the_next(box: Postbox, post: MailServer) -> None:
    post.refuses["nobody@example.org"] = "550 no such user"
    box.post("nobody@example.org", "Refused", "text\n")
    box.post("a\nb@example.org", "Not an address", "text\n")
    box.post(TO, "Next", "text\n")
    until(lambda: post.to == [TO])


def test_it_keeps_no_more_than_it_can(box: Postbox, post: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postbox, "MOST_WAITING", 2)
    post.is_silent.set()
    box.post(TO, "First", "text\n")
    assert post.heard.wait(30)
    for number in range(4):
        box.post(TO, f"Subject {number}", "text\n")
    post.is_silent.clear()
    until(lambda: not box.is_working)
    assert [each["Subject"] for each in post.taken] == ["First", "Subject 0", "Subject 1"]


def test_without_a_server_nothing_is_kept(settings: Settings) -> None:
    box = Postbox(settings.model_copy(update={"smtp_host": ""}), Outages())
    box.post(TO, "Nothing", "text\n")
    assert not box.is_set_up and not box.is_working
