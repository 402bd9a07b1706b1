"""A row for each table that the demo leaves empty, in the words of the schema it is for."""

import sqlite3
from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any

THEN, DAY = "2026-11-22 08:00:00.000000", "2026-11-23"
HASH = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
SEALED = "SELECT sealed FROM connection ORDER BY id LIMIT 1"
"""Of a connection: a key that opens one credential opens all."""
CHANGES = '[{"start": "2026-11-30T09:00:00Z", "end": "2026-12-01T09:00:00Z", "role": "primary"}]'

Row = Mapping[str, Any]
SAMPLES: Mapping[str, Row] = {
    "api_token": {"name": "Script", "token_hash": HASH},
    "authorization_request": {"state_hash": HASH, "product": "google"},
    "channel": {"kind": "ntfy", "name": "Phone", "account": "ntfy.sh", "kinds": "[]", "state": "in_step"},
    "channel_delivery": {"event_id": "e1", "state": "delivered", "attempts": 1},
    "conflict": {"kind": "left", "about": "[]", "closed_at": THEN, "how": "over"},
    "delivery": {"event_id": "e1", "kind": "test", "body": "{}", "state": "delivered", "attempts": 1},
    "destination": {
        "kind": "webhook", "name": "Wiki", "account": "example.org", "options": "{}", "state": "off", "result": "{}",
    },
    "destination_item": {"remote_id": "o1", "role": "primary", "intent": ""},
    "email_change": {"email": "new@example.org", "token_hash": HASH},
    "email_choice": {"kind": "handoffs", "is_wanted": 0},
    "feed_address": {"token_hash": HASH},
    "guide_remark": {"guide": "connect-a-calendar", "has_helped": 1, "text": "Clear."},
    "guide_vote": {"guide": "connect-a-calendar", "yes": 3, "no": 1},
    "identity": {"issuer": "https://id.example.org", "subject": "1f0c", "email": "alice@example.org"},
    "import_hour": {"hour": THEN, "ended": 12, "failed": 1, "longest_wait": 4},
    "invitation": {"email": "carol@example.org", "is_admin": 0, "token_hash": HASH},
    "known_browser": {"id": HASH},
    "lease": {"name": "backup", "holder": "h"},
    "login_request": {"state_hash": HASH},
    "login_rules": {"second_factor": "administrators", "creates_accounts": 0},
    "login_session": {"id": HASH, "user_agent": "Firefox", "method": "password"},
    "manual_entry": {"action": "block", "first_day": DAY, "last_day": DAY, "weekly": 0},
    "message": {
        "kind": "day_before", "key": "day_before-1", "payload": '{"shifts": []}', "sent_at": THEN, "attempts": 1,
        "handed_at": THEN,
    },
    "message_link": {"action": "answer", "token_hash": HASH, "used_at": THEN},
    "muted_email": {"kind": "shift_changes"},
    "one_off": {"type": "Release", "fills": "{}", "valid_to": THEN},
    "passkey": {"credential_id": "c1", "name": "Laptop", "transports": "[]", "sign_count": 7},
    "passkey_challenge": {"id": HASH},
    "pending_login": {"id": HASH, "method": "password", "wrong_codes": 1},
    "quiet_hours": {"is_on": 1, "begin": 22, "end": 7, "lets_urgent_through": 1},
    "recovery_code": {"code_hash": HASH},
    "request": {"kind": "cover", "state": "withdrawn", "role": "primary", "note": "", "pace": "one", "closed_at": THEN},
    "request_answer": {"rank": 0, "asked_at": THEN, "answer": "no", "answered_at": THEN, "via": "page"},
    "reset_link": {"token_hash": HASH, "used_at": THEN},
    "rota_import": {"source": "csv", "slots": 2, "undone_at": THEN},
    "rota_name": {"known_as": "Alice"},
    "server_secret": {"name": "sample"},
    "setup_link": {"token_hash": HASH},
    "shift_email": {"occasion": "published", "changes": CHANGES},
    "shift_feed_address": {"kind": "mine", "token_hash": HASH},
    "team": {"block_tags": '["away"]', "prefer_tags": '["free"]'},
    "totp": {"confirmed_at": THEN, "last_step": 5},
    "try_count": {"key": "sample", "numbers": "[]"},
    "trusted_address": {"address": "alice@example.net"},
}  # fmt: skip
USUAL: Mapping[str, Any] = {
    "INTEGER": 1, "FLOAT": 0.5, "BOOLEAN": 0, "DATETIME": THEN, "DATE": DAY, "JSON": "{}", "BLOB": b"\x00\xffkey",
}  # fmt: skip
"""For a column that has to have a value, by its type; text is empty."""


def fill(file: sqlite3.Connection) -> list[str]:
    """Adds a row to each table that has none. Returns their names; raises KeyError for one without a sample."""
    filled = []
    for table in _in_order(file):
        if not file.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
            row = _row(file, table, SAMPLES[table])
            columns, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            file.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', tuple(row.values()))
            filled.append(table)
    return filled


def _in_order(file: sqlite3.Connection) -> list[str]:
    """Each table after those it refers to."""
    found = file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    )
    tables = {name: set(_parents(file, name).values()) - {name} for (name,) in found.fetchall()}
    return list(TopologicalSorter(tables).static_order())


def _parents(file: sqlite3.Connection, table: str) -> dict[str, str]:
    """The table that a column refers to."""
    return {column: parent for _, _, parent, column, *_ in file.execute(f'PRAGMA foreign_key_list("{table}")')}


def _row(file: sqlite3.Connection, table: str, sample: Row) -> dict[str, Any]:
    row: dict[str, Any] = {}
    parents = _parents(file, table)
    for _, name, kind, is_needed, default, is_key in file.execute(f'PRAGMA table_info("{table}")').fetchall():
        if name in parents and (is_needed or is_key or name in sample):
            (row[name],) = file.execute(f'SELECT min(rowid) FROM "{parents[name]}"').fetchone()
            if parents[name] == "login_session":
                row[name] = HASH
        elif name == "sealed":
            (row[name],) = file.execute(SEALED).fetchone()
        elif name in sample:
            row[name] = sample[name]
        elif is_needed and (default is None or kind == "DATETIME"):
            row[name] = USUAL.get(kind, "")
    return row
