"""The bytes of a webhook and their signature, as receivers can check it: https://www.standardwebhooks.com."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def body_of(event_id: str, kind: str, created_at: datetime, facts: Mapping[str, Any], *, url: str) -> bytes:
    """The same bytes for every try. `url` is the schedule's page."""
    schedule = {**facts["schedule"], "url": url}
    told = {
        "id": event_id,
        "type": kind,
        "timestamp": created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schedule": schedule,
        "data": facts["data"],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(secret: str, event_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """`at` is when it is sent: receivers refuse what is older than a few minutes, so that nobody can replay it."""
    timestamp = str(int(at.timestamp()))
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature(secret, event_id, timestamp, body)}",
    }


def signature(secret: str, event_id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([event_id.encode(), timestamp.encode(), body])
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
