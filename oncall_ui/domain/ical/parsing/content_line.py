"""A content line: name, parameters, value (RFC 5545 section 3.1)."""

import re

_QUOTED = re.compile(rb'(?:[^":]|"[^"]*")*')
_PARAMETER = re.compile(rb'[;:][ \t]*([A-Za-z0-9-]+)[ \t]*=[ \t]*("[^"]*"(?:,"[^"]*")*|[^;]*)')


def split(rest: bytes) -> tuple[bytes, bytes]:
    """What follows a property's name → its parameters (with their semicolons) and its value."""
    if rest.startswith(b":"):
        return b"", rest[1:]
    found = _QUOTED.match(rest)
    end = found.end() if found else 0
    if rest[end : end + 1] != b":":
        end = rest.find(b":")
        if end < 0:
            return rest, b""
    return rest[:end], rest[end + 1 :]


def split_time(rest: bytes) -> tuple[bytes, bytes]:
    """The same where the value holds no colon: a parameter may hold one, unquoted as well."""
    parameters, _, value = rest.rpartition(b":")
    if len(value) < 6 and b"T" in parameters:  # 2026-12-02T09:00:00, which no calendar should write
        return split(rest)
    return parameters, value


def parameter(parameters: bytes, name: bytes) -> bytes:
    """The value of one parameter without its quotes; empty where it is missing."""
    if not parameters:
        return b""
    for found, value in _PARAMETER.findall(parameters):
        if found.upper() == name:
            return bytes(value.strip().strip(b'"'))
    return b""
