"""One running installation: everything that services need, assembled once at start-up."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from oncall_ui.database.counts import DatabaseCounts
from oncall_ui.database.database import Database
from oncall_ui.database.leases import Leases
from oncall_ui.email.postbox import Postbox
from oncall_ui.hub import Hub
from oncall_ui.planner import Planner
from oncall_ui.reporting.outages import Outages
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, Limits, parse_ports
from oncall_ui.security.login_throttle import Throttle
from oncall_ui.security.oidc.metadata import DEFAULT_PORTS, may_speak_plainly
from oncall_ui.security.oidc.provider import OpenIdProvider
from oncall_ui.security.passwords import Passwords
from oncall_ui.security.rate_limits import RateLimiter
from oncall_ui.security.vault import Vault, load_keys
from oncall_ui.settings import OAuthClient, Settings
from oncall_ui.worker import Workers
from providers import PRODUCTS
from providers.base import Product
from providers.rotas import TOOLS, Tool

MEGABYTE = 1024 * 1024
CHECK_SECONDS = 60
"""For a request that a member is waiting for."""
IMPORT_SECONDS = 300
"""For an import, which runs in the background."""
PREVIEWS = 4
"""Previews at once: this bounds their memory, and leaves workers for imports."""


@dataclass(frozen=True, slots=True)
class App:
    """Shared by every page and job; holds no member's state."""

    settings: Settings
    db: Database
    vault: Vault
    http: GuardedHttp
    """For URLs that members type: public addresses, and those the operator allows."""
    operator_http: GuardedHttp
    """For endpoints in the settings, which may also be private addresses."""
    workers: Workers
    planner: Planner
    hub: Hub
    rate_limits: RateLimiter
    passwords: Passwords
    postbox: Postbox
    products: Sequence[Product] = PRODUCTS
    rota_tools: Sequence[Tool] = TOOLS
    """Whose schedules can be read as history."""
    throttle: Throttle = field(default_factory=Throttle)
    """For passwords, codes and links: use it through services/accounts/logging_in/rate_limits.py."""
    leases: Leases | None = None
    """What only one process may do at a time; None where there is only one, see services/one_at_a_time.py."""
    openid: OpenIdProvider | None = None
    """Single sign-on, where it is set up."""
    outages: Outages = field(default_factory=Outages)
    """Every failure that may repeat is logged through it."""
    concurrency: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    """By provider: limits how many requests all members' calendars together send at once."""
    refresh_locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """By connection: held while its token is refreshed, see services/one_at_a_time.py."""
    large_bodies: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held for every piece of a large answer of a calendar server: together they get one share of the event loop."""
    previewing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PREVIEWS))
    checks: Counter[int] = field(default_factory=Counter)
    """By member: how many accounts and addresses are being checked; only the event loop changes it."""
    preview_locks: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """By member: held during a preview, see services/one_at_a_time.py."""

    def product(self, key: str) -> Product | None:
        return next((product for product in self.products if product.key == key), None)

    def oauth_client(self, product: Product) -> OAuthClient | None:
        """This installation's registration for a product's sign-in; None for a product with a form."""
        return self.settings.oauth_clients[product.sign_in.authority] if product.sign_in else None

    def offers(self, product: Product) -> bool:
        """Whether members can connect the product on this server."""
        client = self.oauth_client(product)
        return client is None or client.is_set_up

    def concurrency_of(self, product: Product) -> asyncio.Semaphore | None:
        """The semaphore for requests to the product's provider; None where there is no limit."""
        sign_in = product.sign_in
        if sign_in is None or sign_in.max_concurrency is None:
            return None
        return self.concurrency.setdefault(sign_in.authority, asyncio.Semaphore(sign_in.max_concurrency))

    def close(self) -> None:
        """Closes the database, which ends what waits for it, and stops the workers. Running imports are lost."""
        try:
            self.db.close()
        finally:
            self.workers.stop()
            self.planner.stop()

    def limits(self, seconds: float) -> Limits:
        """Limits of one conversation with a calendar server."""
        size = self.settings.max_feed_mb * MEGABYTE
        return Limits(total_seconds=seconds, compressed_bytes=size, decompressed_bytes=size)


def open_app(
    settings: Settings,
    *,
    db: Database | None = None,
    keys: Sequence[str] = (),
    products: Sequence[Product] = PRODUCTS,
    workers: Workers | None = None,
    planner: Planner | None = None,
    passwords: Passwords | None = None,
) -> App:
    """Puts everything together, without a look at the database; commands use `starting.start_app`, which looks first.

    Without `keys` it takes those of the settings or the data folder, and creates the key file if it is missing.
    Raises ValueError with a sentence for the operator when a setting or key is invalid.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    outages = Outages()
    allowed = AllowedHosts.parse(settings.allowed_private_hosts)
    operator_http = GuardedHttp(AllowedHosts.parse(_operator_hosts(settings)))
    ports = parse_ports(settings.allowed_ports)
    db = db or Database(settings.database)
    counts = DatabaseCounts(db) if db.is_shared else None
    return App(
        settings=settings,
        db=db,
        vault=Vault(keys or load_keys(settings.data_dir, settings.secret_keys.get_secret_value() or None)),
        http=GuardedHttp(allowed, ports=ports),
        operator_http=operator_http,
        workers=workers or Workers(),
        planner=planner or Planner(settings.plan_seconds),
        hub=Hub(),
        rate_limits=RateLimiter(counts),
        throttle=Throttle(counts),
        leases=Leases(db) if db.is_shared else None,
        passwords=passwords or Passwords(),
        postbox=Postbox(settings, outages),
        outages=outages,
        products=products,
        openid=_openid(settings, allowed, operator_http),
    )


def _openid(settings: Settings, allowed: AllowedHosts, http: GuardedHttp) -> OpenIdProvider | None:
    client = settings.oidc
    if not client.is_set_up:
        return None
    if not may_speak_plainly(client, allowed):
        raise ValueError(
            "ONCALL_OIDC_DISCOVERY_URL must start with https://. http:// is possible on this machine, and for a host "
            "listed in ONCALL_ALLOWED_PRIVATE_HOSTS."
        )
    return OpenIdProvider(client, http)


def _operator_hosts(settings: Settings) -> str:
    """The hosts of every configured endpoint, as a list for AllowedHosts: a mirror may be on a private network.

    An OpenID provider's document names further hosts. Those may be public ones, or what the operator lists in
    ONCALL_ALLOWED_PRIVATE_HOSTS, see decision 0704.
    """
    urls = [urlsplit(url) for client in settings.oauth_clients.values() for url in client.endpoints]
    hosts = {url.netloc for url in urls if url.netloc}
    if settings.oidc.is_set_up:
        issuer = urlsplit(settings.oidc.issuer)
        hosts |= {issuer.netloc if issuer.port else f"{issuer.netloc}:{DEFAULT_PORTS[issuer.scheme]}"}
        hosts.add(settings.allowed_private_hosts)
    return ",".join(sorted(hosts))
