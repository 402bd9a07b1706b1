"""Connects to checked addresses only."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import httpcore

from oncall_ui.security.http.errors import not_allowed, port_not_allowed, too_slow, unknown_host
from oncall_ui.security.http.ports import DEFAULT_PORTS
from oncall_ui.security.http.public_addresses import AllowedHosts, is_public
from oncall_ui.security.http.stream import WatchedStream

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class NetworkBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once per connection and refuses it unless every address may be reached.

    It connects to the address it checked, never to the name, so DNS rebinding gains nothing. Other ports than `ports`
    are refused, except where `allowed` names the host.
    """

    def __init__(self, allowed: AllowedHosts, resolve: Resolve, ports: frozenset[int] = DEFAULT_PORTS) -> None:
        self._allowed = allowed
        self._ports = ports
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(  # the signature is httpcore's
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout) as clock:
                addresses = await self._checked_addresses(host, port)
                return WatchedStream(await self._connect(port, addresses, clock.when(), socket_options), host)
        except TimeoutError:
            raise too_slow(host) from None

    async def _checked_addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise unknown_host(host) from None
        if not addresses:
            raise unknown_host(host)
        unlisted = [address for address in addresses if not self._allowed.allows(host, port, address)]
        if not all(is_public(address) for address in unlisted):
            raise not_allowed(host)
        if unlisted and port not in self._ports:
            raise port_not_allowed(host, port, self._ports)
        return addresses

    async def _connect(
        self,
        port: int,
        addresses: Sequence[str],
        deadline: float | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        """Tries the addresses in turn, each with a fair share of the time: the first may be IPv6 without a route."""
        failure: Exception = httpcore.ConnectError()
        for tried, address in enumerate(addresses):
            left = None if deadline is None else deadline - asyncio.get_running_loop().time()
            share = None if left is None else left / (len(addresses) - tried)
            try:
                return await self._network.connect_tcp(address, port, timeout=share, socket_options=socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
