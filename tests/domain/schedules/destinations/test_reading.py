"""Answers of PagerDuty and GoAlert: what they document is read, everything else is a failure and nothing worse."""

import json
import pickle
from typing import Any

import pytest

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.domain.schedules.destinations import reading

OVERRIDE = {"id": "P1", "start": "2026-12-07T04:00:00-05:00", "end": "2026-12-08T09:00:00Z", "user": {"id": "PA"}}
HOSTILE: list[Any] = [
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"overrides": ' + b"9" * 5000 + b"}",
    [],
    {"overrides": {}},
    {"overrides": [1]},
    {"overrides": [OVERRIDE | {"id": "../../users/P1"}]},
    {"overrides": [OVERRIDE | {"user": None}]},
    {"overrides": [OVERRIDE | {"start": "2026-12-07T04:00:00"}]},
    {"overrides": [OVERRIDE | {"start": "9999-12-31T23:59:59+00:00"}]},
    {"overrides": [OVERRIDE | {"end": 5}]},
    {"overrides": [OVERRIDE] * 5001},
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_isnt_documented_is_a_failure(answer: object) -> None:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    with pytest.raises(TryLater) as failed:
        reading.overrides(body)
    assert failed.value.cause is Cause.UNREADABLE
    assert pickle.loads(pickle.dumps(failed.value)).cause is Cause.UNREADABLE


def test_what_is_documented_is_read() -> None:
    (found,) = reading.overrides(json.dumps({"overrides": [OVERRIDE]}).encode())
    assert (found.id, found.held.user, found.held.start.isoformat()) == ("P1", "PA", "2026-12-07T09:00:00+00:00")
    people = {"users": [{"id": "P1", "email": "X.alice@example.org"}, {"id": "P2", "email": "Alice@Example.org"}]}
    assert reading.user_with_email(json.dumps(people).encode(), "alice@example.org") == "P2"
    nodes = {"data": {"users": {"nodes": [{"id": "u-1", "email": "alice@example.org"}] * 2}}}
    assert reading.user_with_email(json.dumps(nodes).encode(), "alice@example.org") == "", "two have it"
    assert reading.fixed_spans(b'{"data": {"schedule": null}}') is None
    for answer, code in (
        (b'{"data": {}}', ""),
        (b'{"errors": [{"extensions": {"code": "invalid_query"}}]}', "invalid_query"),
        (b'{"errors": [{"message": "<script>", "extensions": {"code": "a b"}}]}', "error"),
        (b"{}", "no data"),
    ):
        assert reading.graphql(answer, reading.done) == (code, None)
