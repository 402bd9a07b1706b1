"""What the app derives from a product's data."""

from dataclasses import replace

import pytest

from providers.base import Field, FieldKind
from tests.fakes import memory

FORM = (
    Field("where", "URL", FieldKind.ADDRESS),
    Field("name", "User name", FieldKind.USER),
    Field("key", "Password", FieldKind.PASSWORD),
)


@pytest.mark.parametrize(
    ("credentials", "login"),
    [
        ({"where": "x", "name": "alice", "key": "s3cret"}, ("alice", "s3cret")),
        ({"where": "x", "name": "alice"}, ("alice", "")),
        ({"where": "x", "name": "", "key": "s3cret"}, None),
        ({"where": "x", "user": "alice", "password": "s3cret"}, None),
    ],
)
def test_the_login_is_told_by_the_kind_of_a_field_not_by_its_key(
    credentials: dict[str, str], login: tuple[str, str] | None
) -> None:
    assert replace(memory.PRODUCT, fields=FORM).login(credentials) == login


def test_a_product_that_asks_for_no_login_has_none() -> None:
    assert memory.PRODUCT.login({"name": "alice", "user": "alice", "password": "s3cret"}) is None
