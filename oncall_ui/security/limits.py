"""What one conversation with a foreign server may cost."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The time counts from a client's first request to its last byte; sizes and redirects count for each answer."""

    total_seconds: float = 60
    connect_seconds: float = 10
    compressed_bytes: int = 16 * MEGABYTE
    decompressed_bytes: int = 64 * MEGABYTE
    redirects: int = 5
