"""An outage of what everything needs, while the app runs: what /readyz, pages and the log say, and what follows."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import httpx

from bench.due.team import PASSWORD, email_of
from bench.faults.stage.outcome import Outcome, broken
from bench.faults.stage.watch import LIMIT, Watch
from bench.faults.stage.world import World
from oncall_ui.models import now

LINES = 10
"""Log lines that an outage of half a minute may cost; 13,173 were once counted."""
PAGE_LIMIT = 15.0


@dataclass(frozen=True, slots=True)
class Outage:
    """What happens; `begin` and `end` are called once a try."""

    name: str
    begin: Callable[[], object]
    end: Callable[[], object]
    seconds: float
    """How long it lasts."""
    red_within: float = LIMIT
    """Seconds until /readyz must be red; 0: it needn't be."""
    recovered_within: float = 45
    pages: Sequence[str] = ("/", "/calendars")


def play(world: World, outage: Outage, tries: int = 1) -> Outcome:
    """In a running world. Everything becomes due while the outage lasts."""
    most, stuck, lines, wrong, pages, told = 0.0, 0, 0, dict[str, str](), list[str](), ""
    # A connection each: which of the two ends an idle one first would be luck.
    single = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=world.app.base_url, trust_env=False, timeout=PAGE_LIMIT, limits=single) as browser:
        form = {"email": email_of(0), "password": PASSWORD}
        browser.post("/login", data=form, headers={"Origin": world.app.base_url})
        for _ in range(tries):
            for fed in world.calendars:
                fed.feed.say_more()
            world.make_due(moment=now() + timedelta(seconds=1))
            before = len(world.app.log_text())
            with Watch(world.app.base_url) as watch:
                began = time.monotonic()
                outage.begin()
                try:
                    if outage.red_within:
                        wrong |= _only_wrong(watch.complaints(began, within=world.patiently(outage.red_within)))
                    pages = [_page(browser, path) for path in outage.pages]
                    time.sleep(max(0.0, began + outage.seconds - time.monotonic()))
                    told = watch.told(began)
                    lines = max(lines, _about_nothing_single(world.app.log_text()[before:]))
                finally:
                    outage.end()
                over = time.monotonic()
                green = watch.wait(red=False, since=over, within=world.patiently(outage.recovered_within))
                _, left = world.read_all(within=outage.recovered_within)
                most, stuck = max(most, time.monotonic() - over), max(stuck, left)
                wrong |= _only_wrong({"readyz_turns_green_again": "" if green else watch.told(over)})
    damage = world.damage()
    wrong |= _only_wrong(
        {
            "the_log_stays_short": f"{lines} lines in {outage.seconds:.0f} s" if lines > LINES else "",
            "pages_answer": ", ".join(pages) if any("no answer" in page for page in pages) else "",
        }
    )
    return Outcome(
        outage.name,
        tries,
        damage.lost,
        damage.doubled,
        stuck,
        most if not stuck else None,
        "; ".join(filter(None, (f"pages {', '.join(pages)}" if pages else "", world.troubles()))),
        f"{told}; {lines} log lines in {outage.seconds:.0f} s",
        broken(**wrong),
    )


def _about_nothing_single(log: str) -> int:
    """How many lines are not about one calendar, whose import may leave a line each."""
    return sum("calendar=" not in line for line in log.splitlines())


def _only_wrong(found: dict[str, str]) -> dict[str, str]:
    return {promise: seen for promise, seen in found.items() if seen}


def _page(browser: httpx.Client, path: str) -> str:
    began = time.monotonic()
    answer = None
    with suppress(httpx.TransportError):
        answer = browser.get(path).status_code
    return f"{answer or 'no answer'} in {time.monotonic() - began:.1f} s"
