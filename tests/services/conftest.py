"""Services are tested on both databases: the same tests, SQLite and PostgreSQL."""

from tests.databases import settings

__all__ = ["settings"]
