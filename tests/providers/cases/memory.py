"""The provider without a network: not a product, so it is held to the contract alone."""

from datetime import timedelta

import pytest

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from tests.fakes import memory
from tests.providers.helpers.case import Case, Span


class MemoryCase(Case):
    product = memory.PRODUCT
    remote_id = "work"

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.credentials = {"name": "alice"}
        self._account = memory.ACCOUNTS["alice"] = memory.Account()
        self.hold()

    def hold(self, *events: Span) -> None:
        self._account.calendars["work"] = list(events)

    def lose_access(self) -> None:
        self._account.refusal = MemberMustAct(Cause.REFUSED, "The memory refused the password.")

    def vanish(self) -> None:
        self._account.calendars.clear()
        self._account.refusal = MemberMustAct(Cause.NOT_FOUND, "The memory is gone.")

    def be_busy(self, retry_after: timedelta) -> None:
        self._account.refusal = TryLater(Cause.BUSY, "The memory is busy.", retry_after=retry_after)

    def break_down(self) -> None:
        self._account.refusal = TryLater(Cause.SERVER_ERROR, "The memory is down.")
