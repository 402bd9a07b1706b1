"""The server under attack, a member who only wants to work there, and what the attack costs both."""

import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.e2e.server import Server

PASSWORD = "correct horse battery"  # noqa: S105 - of a member in a throw-away folder
MEMBER = "alice@example.org"
OTHER = "bob@example.org"
PATIENCE = 60.0
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Seen:
    """What the member saw of their page, load by load."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def errors(self) -> int:
        return sum(status != 200 for status in self.statuses)


class Target(Server):
    """`python run.py` with two members. Use it like Server, in a `with`."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        database_url: str | None = None,
        warm: bool = False,
        full_cost: bool = False,
    ) -> None:
        super().__init__(folder, settings=settings, database_url=database_url, warm=warm, full_cost=full_cost)
        self.notes = ""
        self.through = 0
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.add_member(MEMBER, "Alice Moreno", PASSWORD, admin=True)
        self.add_member(OTHER, "Bob Tanaka", PASSWORD)

    def browser(self, address: str = "127.0.0.1") -> httpx.Client:
        """A browser with no cookies, at one of this machine's own addresses (127.0.0.0/8)."""
        return httpx.Client(
            base_url=self.base_url,
            timeout=PATIENCE,
            headers={"Sec-Fetch-Site": "same-origin"},
            transport=httpx.HTTPTransport(local_address=address),
            trust_env=False,
        )

    def log_in(self, browser: httpx.Client, email: str = MEMBER, password: str = PASSWORD) -> httpx.Response:
        return browser.post("/login", data={"email": email, "password": password})

    def member(self) -> httpx.Client:
        """A browser in which the member is logged in."""
        browser = self.browser("127.0.0.9")
        answer = self.log_in(browser)
        assert answer.headers.get("location") == "/", f"the member couldn't log in: {answer.status_code}"
        return browser

    def megabytes(self) -> float:
        """Resident memory of the app itself, now."""
        return _memory(self.pid, "VmRSS")

    def peak_megabytes(self) -> float:
        """The most it ever had."""
        return _memory(self.pid, "VmHWM")


def look(browser: httpx.Client, loads: int, seen: Seen | None = None) -> Seen:
    """Loads the member's page so often, one after the other."""
    seen = seen or Seen()
    for _ in range(loads):
        began = time.perf_counter()
        status = browser.get("/you").status_code
        seen.seconds.append(time.perf_counter() - began)
        seen.statuses.append(status)
    return seen


@contextmanager
def looking(browser: httpx.Client, pause: float = 0.05) -> Iterator[Seen]:
    """Loads the member's page again and again while the block runs, at least once."""
    seen, over = Seen(), threading.Event()

    def watch() -> None:
        while True:
            look(browser, 1, seen)
            if over.wait(pause):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join(PATIENCE)


def _memory(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    raise AssertionError(f"no {name} of process {pid}")
