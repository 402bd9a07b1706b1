"""A provider that asks for what its connection isn't for, in a worker's process.

A module of its own: each process imports it, and what a test imports takes a second.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from oncall_ui.services.imports.fetching.remote import Sender
from oncall_ui.services.imports.fetching.requests import Asked, Head
from providers.base import Discovery


class Hostile:
    """In place of a provider: asks its own server first, as every provider does, then for `attempt`."""

    def __init__(self, client: httpx.AsyncClient, settings: Mapping[str, str]) -> None:
        self._client, self._settings = client, settings

    async def discover(self) -> Discovery:
        own = self._settings.get("url") or self._settings["api_url"]
        await self._client.get(own)
        method, url = self._settings.get("attempt", self._settings.get("account", "")).split(" ")
        asked = Asked(method, url or own, (("Authorization", "stolen"), ("Host", "other.test")), b"", False, False)
        head = await _sender(self._client).ask("send", asked)
        assert isinstance(head, Head)
        return Discovery(repr(dict(self._settings)), "it answered", ())

    async def fetch(self, *_: Any) -> None: ...


def _sender(client: Any) -> Sender:
    """What no provider touches, and who takes over a worker does."""
    found: Sender = client._sender
    return found
