"""One running installation: everything a service needs, put together once at the start."""

from collections.abc import Sequence
from dataclasses import dataclass

from oncall_ui.db import Database
from oncall_ui.events import Hub
from oncall_ui.security.attempts import Attempts
from oncall_ui.security.outbound import AllowedHosts, Limits, Outbound
from oncall_ui.security.vault import Vault, load_keys
from oncall_ui.settings import Settings
from oncall_ui.worker import Workers
from providers import PRODUCTS
from providers.base import Product

MEGABYTE = 1024 * 1024
CHECK_SECONDS = 60
"""A member waits for the check of an address."""
IMPORT_SECONDS = 300
"""Nobody waits for an import."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Shared by every page and job; holds no state of any member."""

    settings: Settings
    db: Database
    vault: Vault
    outbound: Outbound
    workers: Workers
    hub: Hub
    attempts: Attempts
    products: Sequence[Product] = PRODUCTS

    def product(self, key: str) -> Product | None:
        return next((product for product in self.products if product.key == key), None)

    def close(self) -> None:
        """Ends the workers and the database's connections. What ran is lost, which is what leases are for."""
        self.workers.stop()
        self.db.close()

    def limits(self, seconds: float) -> Limits:
        """Caps of one conversation with a calendar's server."""
        size = self.settings.max_feed_mb * MEGABYTE
        return Limits(total_seconds=seconds, compressed_bytes=size, decompressed_bytes=size)


def open_installation(
    settings: Settings, *, products: Sequence[Product] = PRODUCTS, workers: Workers | None = None
) -> Installation:
    """Raises ValueError with an operator's sentence when a setting or a key can't work."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = load_keys(settings.data_dir, settings.secret_keys.get_secret_value() or None)
    return Installation(
        settings=settings,
        db=Database(settings.database),
        vault=Vault(keys),
        outbound=Outbound(AllowedHosts.parse(settings.allowed_private_hosts)),
        workers=workers or Workers(),
        hub=Hub(),
        attempts=Attempts(),
        products=products,
    )
