"""No address that a member types, or that a server answers, leads into the server's own network."""

import pytest

from bench.attacks import ssrf, ssrf_import
from oncall_ui.app import App
from tests.conftest import Person


def test_there_are_enough_vectors() -> None:
    assert len(ssrf.vectors(4711)) >= 300


async def test_the_canary_sings_when_it_is_reached(app: App, mallory: Person) -> None:
    """Or silence would mean nothing: here the vectors are allowed."""
    import httpx

    with ssrf.canary() as trap:
        for host in ("127.0.0.1", "[::1]"):
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(f"http://{host}:{trap.port}/canary")
        assert trap.asked == ["/canary", "/canary"]


@pytest.mark.parametrize("product", ["ics", "caldav"])
@pytest.mark.parametrize("route", ["typed", "redirect"])
async def test_nothing_that_is_typed_or_redirected_to_reaches_the_canary(
    app: App, mallory: Person, product: str, route: str
) -> None:
    tries = await ssrf.attack(app, mallory.id, product, route)
    assert tries.number >= 300
    assert not tries.through


@pytest.mark.parametrize("route", list(ssrf.PROPERTIES))
async def test_nothing_that_a_caldav_server_names_reaches_the_canary(app: App, mallory: Person, route: str) -> None:
    """Every sixth vector: each takes several requests, and `python -m bench.attacks ssrf` tries them all."""
    tries = await ssrf.attack(app, mallory.id, "caldav", route, every=6)
    assert tries.number >= 50
    assert not tries.through


@pytest.mark.parametrize("route", ssrf_import.ROUTES)
async def test_nothing_that_a_caldav_server_names_during_an_import_reaches_the_canary(app: App, route: str) -> None:
    """Calendars, entries, and where to go instead: listed, answered to a report, and redirected to."""
    tries = await ssrf.attack_imports(app, route, every=12)
    assert tries.number >= 30
    assert not tries.through
