"""The links between the pages of one area."""

import httpx
from nicegui import core, ui

from pages.widgets.subnav import ADMINISTRATION, admin_subnav
from tests.pages.helpers.seeing import elements, links, words
from tests.pages.simulation import PatientUser, simulation


async def test_it_has_a_name_all_links_and_one_that_says_where_you_are() -> None:
    async with simulation():
        ui.page("/somewhere")(lambda: admin_subnav("/members"))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url="http://test")
        user = PatientUser(client)
        await user.open("/somewhere")
        (nav,) = (each for each in elements(user) if each.tag == "nav")
        assert nav.props["aria-label"] == "Administration"
        assert links(nav) == list(ADMINISTRATION)
        here = [words(each) for each in nav.descendants() if each.props.get("aria-current") == "page"]
        assert here == ["Members"]
        await client.aclose()
