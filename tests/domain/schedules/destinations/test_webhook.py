"""Webhooks as receivers check them, and how long failing ones wait."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from oncall_ui.domain.imports.failures import Failure, MemberMustAct, TryLater
from oncall_ui.domain.schedules.destinations.answers import RefusedOne, check_status
from oncall_ui.domain.schedules.destinations.retrying import backoff
from oncall_ui.domain.schedules.destinations.webhook import body_of, headers_of, new_secret, signature

AT = datetime(2026, 12, 7, 9, tzinfo=UTC)


def test_the_signature_is_that_of_the_published_example() -> None:
    """From the specification of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_body_is_the_same_for_every_try_and_the_headers_say_when() -> None:
    facts = {"schedule": {"id": 1, "name": "Flight “ops”", "zone": "UTC"}, "data": {"role": "primary"}}
    body = body_of("e1", "handoff", AT, facts, url="https://o.example.org/schedules/1")
    assert body == body_of("e1", "handoff", AT, facts, url="https://o.example.org/schedules/1")
    told = json.loads(body)
    assert (told["id"], told["type"], told["timestamp"]) == ("e1", "handoff", "2026-12-07T09:00:00Z")
    assert told["schedule"]["url"] == "https://o.example.org/schedules/1"
    secret = new_secret()
    first, second = (headers_of(secret, "e1", AT + timedelta(minutes=each), body) for each in (0, 1))
    assert (first["webhook-id"], first["webhook-timestamp"]) == ("e1", str(int(AT.timestamp())))
    assert first["webhook-signature"] != second["webhook-signature"], "the time stamp is signed, too"


def test_a_wait_grows_from_a_minute_to_a_day() -> None:
    waits = [backoff(each) for each in range(1, 40)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=9)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=24)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None),
        (204, None),
        (301, MemberMustAct),
        (401, MemberMustAct),
        (404, MemberMustAct),
        (400, RefusedOne),
        (422, RefusedOne),
        (408, TryLater),
        (429, TryLater),
        (500, TryLater),
        (503, TryLater),
    ],
)
def test_a_status_says_who_can_act(status: int, kind: type[Exception] | None) -> None:
    if kind is None:
        check_status(status, "hooks.example.org", None)
        return
    with pytest.raises(kind) as raised:
        check_status(status, "hooks.example.org", timedelta(seconds=7))
    sentence = raised.value.sentence  # type: ignore[attr-defined]
    assert sentence.startswith("hooks.example.org ")
    if isinstance(raised.value, Failure) and status in (429, 503):
        assert getattr(raised.value, "retry_after", None) == timedelta(seconds=7)
