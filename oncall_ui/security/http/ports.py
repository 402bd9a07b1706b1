"""The ports on which calendars may be: a member's address must not reach whatever else a server offers."""

import re

DEFAULT_PORTS = frozenset({80, 443, 8443})
LARGEST = 65_535
_PORT = re.compile(r"[0-9]{1,5}")


def parse_ports(text: str) -> frozenset[int]:
    """From a comma list. Raises ValueError with a sentence for the operator."""
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if not entries or not all(
        entry.isascii() and entry.isdigit() and 1 <= int(entry[:6]) <= LARGEST for entry in entries
    ):
        raise ValueError("ONCALL_ALLOWED_PORTS must be a list of ports from 1 to 65535, for example 80,443,8443")
    return frozenset(map(int, entries))


def in_words(ports: frozenset[int]) -> str:
    """`80, 443 and 8443`."""
    *first, last = (str(port) for port in sorted(ports))
    return f"{', '.join(first)} and {last}" if first else last
