"""/metrics says how the installation is doing, to this machine or for a token, and nothing about anybody."""

import json
import logging
import re

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from oncall_ui.app import App
from oncall_ui.reporting.log import configure
from oncall_ui.settings import Settings
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.services.helpers.imports import connected, import_due
from tests.test_repository import ROOT

Labels = frozenset[tuple[str, str]]


def samples(text: str) -> dict[tuple[str, Labels], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_it_counts_what_ended_and_measures_what_is(
    browser: Browser, app: App, alice: Person, feeds: FeedServer
) -> None:
    user = await browser(alice)
    before = samples((await user.http_client.get("/metrics")).text)
    await connected(app, alice, feeds.serve("/secret-path.ics", calendar(event("Secret title"))))
    await import_due(app)
    answer = await user.http_client.get("/metrics")
    after = samples(answer.text)
    stored = ("oncall_import_seconds_count", frozenset({("product", "ics"), ("outcome", "stored")}))
    assert after[stored] - before.get(stored, 0) == 1
    assert after["oncall_calendars", frozenset({("state", "up_to_date")})] == 1
    assert after["oncall_calendars", frozenset({("state", "waiting")})] == 0
    assert after["oncall_imports_due", frozenset()] == 0
    assert 0 <= after["oncall_oldest_data_seconds", frozenset()] < 60
    assert after["oncall_open_pages", frozenset()] >= 0
    assert after["oncall_worker_calls", frozenset({("kind", "plan")})] == 0
    assert after["oncall_workers_lost", frozenset({("kind", "import")})] >= 0
    assert after["oncall_disk_free_bytes", frozenset()] > 0
    assert after["oncall_plans_due", frozenset()] == after["oncall_sendings_due", frozenset()] == 0
    named = {name.removesuffix("_count").removesuffix("_bucket").removesuffix("_sum") for name, _ in after}
    listed = set(re.findall(r"`(oncall_\w+)", (ROOT / "docs" / "monitoring.md").read_text("utf-8")))
    assert {name for name in named if name.startswith("oncall_")} - {f"{each}_created" for each in listed} <= listed | {
        "oncall_emails_created"
    }
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for said in ("secret", "Secret", "example.org", "127.0.0.1"):
        assert said not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_without_a_token_a_proxy_of_this_machine_gets_nothing(browser: Browser, header: str) -> None:
    user = await browser()
    answer = await user.http_client.get("/metrics", headers={header: "203.0.113.7"})
    assert (answer.status_code, "oncall_calendars" in answer.text) == (403, False)


class TestWithAToken:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"metrics_token": SecretStr("s3cret")})

    @pytest.mark.parametrize(
        ("sent", "status"), [("Bearer s3cret", 200), ("Bearer s3cre", 403), ("Bearer ", 403), ("", 403)]
    )
    async def test_only_who_sends_it_may_read(self, browser: Browser, sent: str, status: int) -> None:
        user = await browser()
        headers = {"Authorization": sent, "X-Forwarded-For": "203.0.113.7"}
        assert (await user.http_client.get("/metrics", headers=headers)).status_code == status


def test_the_log_can_be_a_json_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    handlers = [(handler, handler.formatter) for handler in logging.getLogger().handlers]
    try:
        configure(as_json=True)
        structlog.get_logger().warning("import failed", calendar=7, host="exa\nmple.org")
        line = json.loads(capsys.readouterr().err)
    finally:
        for handler, formatter in handlers:
            handler.setFormatter(formatter)
    assert (line["event"], line["level"], line["calendar"]) == ("import failed", "warning", 7)
    assert "\n" not in line["host"]
