"""What columns of several tables have in common."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, ForeignKey, Integer


def now() -> datetime:
    return datetime.now(UTC)


def owned_by(table: str) -> Any:
    """A column that points at its owner and goes with it."""
    return Column(Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, index=True)


def one_of(kind: type[StrEnum], length: int = 16) -> Any:
    """A column type that stores the words of `kind` and returns its members."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [each.value for each in members]
    )
