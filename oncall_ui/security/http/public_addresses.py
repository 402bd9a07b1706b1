"""Which network addresses are public, and which others the operator allows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# From the IANA special-purpose registries. Python's own `is_global` won't do: 3.11.7 accepts multicast, NAT64, 6to4.
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service is here
        "127.0.0.0/8",
        "168.63.129.16/32",  # looks public, but is Azure's metadata service
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4 wraps any IPv4 address
        "3fff::/20",
    )
)
# All routable IPv6 addresses; NAT64, private, link-local and multicast networks are outside.
_ROUTABLE_6 = IPv6Network("2000::/3")

_ENTRY = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)]|(?P<name>[^\s:/?#@\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
_HOST = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*")


def is_public(address: str) -> bool:
    """Whether anyone on the internet could reach this IP address. Raises ValueError for anything else."""
    ip = _unwrapped(address)
    if isinstance(ip, IPv6Address) and ip not in _ROUTABLE_6:
        return False
    return not any(ip in network for network in _NOT_PUBLIC)


def is_host(name: str) -> bool:
    """Whether this is an IP address, or could be a host name in lower-case ASCII."""
    return bool(_HOST.fullmatch(name)) or _as_address(name) is not None


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts that may be reached although they are not public. A port of None means every port."""

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[tuple[Network, int | None], ...] = ()

    @classmethod
    def parse(cls, text: str | None) -> "AllowedHosts":
        """From a comma list of `host`, `host:port`, addresses and networks. Raises ValueError with a clear sentence."""
        names: set[tuple[str, int | None]] = set()
        networks: list[tuple[Network, int | None]] = []
        for entry in _entries(text or ""):
            place, port = _parsed(entry)
            if isinstance(place, str):
                names.add((place, port))
            else:
                networks.append((place, port))
        return cls(frozenset(names), tuple(networks))

    def allows(self, host: str, port: int, address: str) -> bool:
        """`host` is the requested name, `address` one of those it resolved to."""
        name = host.lower().rstrip(".")
        if (name, None) in self.names or (name, port) in self.names:
            return True
        ip = _unwrapped(address)
        return any(ip in network and only in (None, port) for network, only in self.networks)


def _unwrapped(address: str) -> Address:
    ip = ip_address(address)
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _as_address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _entries(text: str) -> Iterator[str]:
    return (entry for part in text.split(",") if (entry := part.strip()))


def _parsed(entry: str) -> tuple[str | Network, int | None]:
    try:
        return ip_network(entry), None
    except ValueError:
        pass
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise _bad(entry)
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise _bad(entry)
    if (address := _as_address(match["six"] or match["name"])) is not None:
        return ip_network(address), port
    if match["six"]:
        raise _bad(entry)
    return _ascii_name(entry, match["name"]), port


def _ascii_name(entry: str, name: str) -> str:
    try:
        ascii_name = httpx.URL(scheme="http", host=name).raw_host.decode("ascii").rstrip(".")
    except httpx.InvalidURL:
        raise _bad(entry) from None
    if not is_host(ascii_name):
        raise _bad(entry)
    return ascii_name


def _bad(entry: str) -> ValueError:
    return ValueError(
        f"ONCALL_ALLOWED_PRIVATE_HOSTS: “{entry}” is not a host, a host:port or a network. "
        "Examples: nas.lan, nas.lan:8443, 192.168.1.0/24"
    )
