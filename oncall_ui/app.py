"""One running installation: everything a service needs, put together once at the start."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from oncall_ui.db import Database
from oncall_ui.hub import Hub
from oncall_ui.security.http.client import AllowedHosts, Limits, Outbound
from oncall_ui.security.rate_limits import Attempts
from oncall_ui.security.vault import Vault, load_keys
from oncall_ui.settings import Authority, Settings
from oncall_ui.worker import Workers
from providers import PRODUCTS
from providers.base import Product

MEGABYTE = 1024 * 1024
CHECK_SECONDS = 60
"""A member waits for the check of an address."""
IMPORT_SECONDS = 300
"""Nobody waits for an import."""
PREVIEWS = 4
"""So many at once: what they hold in memory has a limit, and imports don't wait long for a worker."""


@dataclass(frozen=True, slots=True)
class App:
    """Shared by every page and job; holds no state of any member."""

    settings: Settings
    db: Database
    vault: Vault
    outbound: Outbound
    """For addresses that members type."""
    vendors: Outbound
    """For those the operator configured, wherever they are."""
    workers: Workers
    hub: Hub
    attempts: Attempts
    products: Sequence[Product] = PRODUCTS
    slots: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    """By vendor: how many requests at once it takes from all of us together."""
    refreshing: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """By connection: who refreshes its token, so that nobody else does."""
    previewing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PREVIEWS))
    previews: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """By member: who previews a calendar, so that nobody takes all the room."""

    def product(self, key: str) -> Product | None:
        return next((product for product in self.products if product.key == key), None)

    def authority(self, product: Product) -> Authority | None:
        """Where its members sign in; None for a product with a form."""
        return self.settings.authorities[product.sign_in.authority] if product.sign_in else None

    def offers(self, product: Product) -> bool:
        """Whether a member can connect it on this server."""
        authority = self.authority(product)
        return authority is None or authority.is_set_up

    def slots_of(self, product: Product) -> asyncio.Semaphore | None:
        if product.sign_in is None or product.sign_in.at_once is None:
            return None
        return self.slots.setdefault(product.sign_in.authority, asyncio.Semaphore(product.sign_in.at_once))

    def previewing_of(self, member_id: int) -> asyncio.Lock:
        return self.previews.setdefault(member_id, asyncio.Lock())

    def close(self) -> None:
        """Ends the workers and the database's connections. What ran is lost, which is what leases are for."""
        self.workers.stop()
        self.db.close()

    def limits(self, seconds: float) -> Limits:
        """Caps of one conversation with a calendar's server."""
        size = self.settings.max_feed_mb * MEGABYTE
        return Limits(total_seconds=seconds, compressed_bytes=size, decompressed_bytes=size)


def open_app(settings: Settings, *, products: Sequence[Product] = PRODUCTS, workers: Workers | None = None) -> App:
    """Raises ValueError with an operator's sentence when a setting or a key can't work."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowed = AllowedHosts.parse(settings.allowed_private_hosts)
    keys = load_keys(settings.data_dir, settings.secret_keys.get_secret_value() or None)
    return App(
        settings=settings,
        db=Database(settings.database),
        vault=Vault(keys),
        outbound=Outbound(allowed),
        vendors=Outbound(AllowedHosts.parse(_vendors(settings))),
        workers=workers or Workers(),
        hub=Hub(),
        attempts=Attempts(),
        products=products,
    )


def _vendors(settings: Settings) -> str:
    """The places of every configured endpoint, as a list of hosts that may be reached although they aren't public."""
    urls = [urlsplit(url) for authority in settings.authorities.values() for url in authority.addresses]
    return ",".join(sorted({url.netloc for url in urls if url.netloc}))
