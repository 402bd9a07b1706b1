"""Where what is done comes from: kept per task, copied into threads, and safe to store."""

import asyncio

from oncall_ui.origin import LONGEST_USER_AGENT, NOWHERE, Origin, come_from, coming_from, current_origin, origin_of


def test_it_holds_inside_the_block_only() -> None:
    assert current_origin() == NOWHERE
    with coming_from(Origin("192.0.2.7", "Firefox")):
        assert current_origin() == Origin("192.0.2.7", "Firefox")
    assert current_origin() == NOWHERE


async def test_two_requests_at_once_keep_theirs_also_in_threads() -> None:
    async def request(address: str) -> str:
        come_from(Origin(address))
        await asyncio.sleep(0)
        return (await asyncio.to_thread(current_origin)).address

    first, second = await asyncio.gather(request("192.0.2.1"), request("192.0.2.2"))
    assert (first, second) == ("192.0.2.1", "192.0.2.2")


def test_what_a_browser_sends_is_one_short_line() -> None:
    made = origin_of("192.0.2.1\n", "Mozilla\r\n\x1b[31mforged" + "x" * 1000)
    assert made.address == "192.0.2.1"
    assert made.user_agent.startswith("Mozilla") and made.user_agent.isprintable()
    assert len(made.user_agent) == LONGEST_USER_AGENT
