"""What strangers and members try from outside: headers, host names, other sites, addresses, floods of pages."""

import asyncio
from pathlib import Path

import httpx

from bench.attacks import csrf, files, headers, page_loads, ssrf, ssrf_import
from bench.attacks.row import Row, Scale, broken
from bench.attacks.target import MEMBER, OTHER, Target
from bench.attacks.tries import Tries
from oncall_ui.app import App, open_app
from oncall_ui.migrations import migrate
from oncall_ui.services.accounts.members import add_member
from oncall_ui.settings import Settings

KNOWN = {"ONCALL_ALLOWED_HOSTS": "oncall.lan, 192.168.77.5, oncall.example.org"}
MOST_MEGABYTES = 80


def proxy_headers(folder: Path, scale: Scale) -> Row:
    with Target(folder, warm=scale.short) as target:
        return _row("Forged proxy headers", headers.forwarded(target))


def foreign_hosts(folder: Path, scale: Scale) -> Row:
    with Target(folder, KNOWN, warm=scale.short) as target:
        refused = [f"{host}: {status}" for host, status in headers.own_hosts(target) if status != 200]
        row = _row("DNS rebinding, foreign host names", headers.foreign_hosts(target))
    return Row(row.attack, row.tries, row.through, broken=broken(own_names_work=", ".join(refused)))


def cookies(folder: Path, scale: Scale) -> Row:
    """Also what new browsers cost."""
    with Target(folder, warm=scale.short) as target:
        row = _row("Session cookies on files and health checks", headers.cookies(target))
        ratio = files.cost(target) / max(files.cost_of_small_answers(target), 0.001)
    seen = "" if ratio < 1 else f"{ratio:.1f} times as much"
    figures = f"a new browser's files cost {ratio:.2f} of as many `/healthz`"
    return Row(row.attack, row.tries, row.through, figures, broken(files_cost_less_than_small_answers=seen))


def cross_site(folder: Path, scale: Scale) -> Row:
    with Target(folder, warm=scale.short) as target, target.browser() as browser:
        target.log_in(browser)
        return _row("CSRF: every route that changes something", csrf.attack(target, browser.cookies["oncall_session"]))


def loads(folder: Path, scale: Scale) -> Row:
    with Target(folder, warm=scale.short) as target:
        number = scale.of(page_loads.LOADS, 100)
        mallory, alice = _cookies(target, OTHER), _cookies(target, MEMBER)
        flood = asyncio.run(page_loads.attack(target, mallory, alice, loads=number))
    seen = "" if flood.grown < MOST_MEGABYTES else f"{flood.grown:.0f} MB"
    figures = f"{flood.grown:.0f} MB more; {flood.opened} opened, {flood.refused + flood.busy} told to try again"
    return Row("Page loads without a browser", number, 0, figures, broken(it_takes_little_memory=seen))


def forgery(folder: Path, scale: Scale) -> Row:
    """Through both forms, by redirects, and as whatever CalDAV servers name: while connecting, and in imports."""
    settings = Settings(_env_file=None, data_dir=folder / "data")
    app = open_app(settings)
    try:
        migrate(app.db)
        member_id = add_member(app, name="Mallory", email=OTHER, password="correct horse battery", zone="UTC")  # noqa: S106
        tries = asyncio.run(_forged(app, member_id, scale))
    finally:
        app.close()
    return _row("SSRF: two forms, redirects, whatever CalDAV servers name", tries)


async def _forged(app: App, member_id: int, scale: Scale) -> Tries:
    tries = Tries()
    for product in ("ics", "caldav"):
        for route in ssrf.ROUTES if product == "caldav" else ("typed", "redirect"):
            tries += await ssrf.attack(app, member_id, product, route, every=scale.of(1, 10))
    for route in ssrf_import.ROUTES:
        tries += await ssrf.attack_imports(app, route, every=scale.of(1, 10))
    return tries


def _row(attack: str, tries: Tries) -> Row:
    first = tuple(f"{each} got through" for each in tries.through[:5])
    return Row(attack, tries.number, len(tries.through), broken=first)


def _cookies(target: Target, email: str) -> httpx.Cookies:
    with target.browser() as browser:
        target.log_in(browser, email)
        return browser.cookies
