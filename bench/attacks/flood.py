"""Log-ins in parallel, from a process of its own, so that the attacker doesn't slow down who measures.

`flood(port, tries=200, parallel=200)` starts it, waits, and returns how the server answered.
"""

import asyncio
import base64
import binascii
import json
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

_COOKIE = re.compile(rb"^set-cookie: oncall_session=([A-Za-z0-9+/=_-]+)", re.IGNORECASE | re.MULTILINE)
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Flood:
    """`tries` log-ins with wrong passwords; from so many addresses of 127.0.0.0/8, `parallel` at any moment.

    Each address tries again after its answer, until all tries are made and `seconds` are over.
    """

    port: int
    tries: int
    parallel: int
    addresses: int = 1
    seconds: float = 0
    email: str = "alice@example.org"
    """With `{}` in it, another account for each try."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How often the password was checked, the try refused, and anything else answered, by status."""

    checked: int
    refused: int
    others: dict[str, int]
    seconds: float

    @property
    def tries(self) -> int:
        return self.checked + self.refused + sum(self.others.values())


def flood(spec: Flood) -> Answers:
    """Raises CalledProcessError if the attacker broke down."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.attacks.flood", json.dumps(asdict(spec))],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return Answers(**json.loads(done.stdout))


async def _play(spec: Flood) -> Answers:
    counts: Counter[str] = Counter()
    began = time.monotonic()
    left = iter(range(spec.tries))

    async def attacker(number: int) -> None:
        source = number % spec.addresses
        address = f"127.0.{1 + source // 250}.{1 + source % 250}"
        while True:
            number = next(left, -1)
            if number < 0 and time.monotonic() - began >= spec.seconds:
                return
            counts[await _try(spec.port, address, spec.email.format(abs(number)))] += 1

    await asyncio.gather(*(attacker(number) for number in range(spec.parallel)))
    checked, refused = counts.pop("checked", 0), counts.pop("refused", 0)
    return Answers(checked, refused, dict(counts), time.monotonic() - began)


async def _try(port: int, address: str, email: str) -> str:
    body = urlencode({"email": email, "password": "a wrong password"}).encode()
    head = (
        f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            writer.write(head.encode() + body)
            answer = await reader.read()
            writer.close()
    except (TimeoutError, OSError) as error:
        return type(error).__name__
    return _kind(answer)


def _kind(answer: bytes) -> str:
    """What the answer says; it is in the session's cookie, for the page that is shown next."""
    status = answer.split(b" ", 2)[1:2]
    found = _COOKIE.search(answer)
    try:
        kept = base64.b64decode(found[1]) if found else b""
    except binascii.Error:
        kept = b""
    if b"Wrong email" in kept:
        return "checked"
    if status == [b"429"] or b"Too many" in kept or b'"wait"' in kept:
        return "refused"
    return status[0].decode(errors="replace") if status else "no answer"


if __name__ == "__main__":
    answers = asyncio.run(_play(Flood(**json.loads(sys.argv[1]))))
    sys.stdout.write(json.dumps(asdict(answers)))
