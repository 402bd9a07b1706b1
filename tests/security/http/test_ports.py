"""Ports that what a member types may lead to."""

from collections.abc import Sequence

import pytest

from oncall_ui.domain.imports.failures import Cause
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp, parse_ports
from tests.security.http.failing import NOWHERE, failure_of
from tests.security.http.servers import here, ok, serve

PUBLIC = ("https://1.1.1.1:{port}/a.ics", "http://[2606:4700::1111]:{port}/a.ics", "http://cloud.example.org:{port}/")


@pytest.mark.parametrize("url", PUBLIC)
@pytest.mark.parametrize("port", [1, 22, 25, 3306, 5432, 6379, 8080, 11211, 65535])
async def test_other_ports_than_those_of_the_web_are_refused_with_a_sentence(url: str, port: int) -> None:
    async def public(host: str, port: int) -> Sequence[str]:
        return ["1.1.1.1"]

    failure = await failure_of(GuardedHttp(NOWHERE, resolve=public), url.format(port=port))
    assert failure.cause == Cause.ADDRESS_NOT_ALLOWED
    assert f":{port} uses a port that this server doesn’t connect to (it uses 80, 443 and 8443)." in failure.sentence


async def test_a_host_that_the_operator_names_may_be_on_any_port_or_on_the_one_that_is_named() -> None:
    async with serve(ok()) as server, serve(ok()) as other:
        one_port = GuardedHttp(AllowedHosts.parse(f"cloud.test:{server.port}"), resolve=here)
        async with one_port.client() as client:
            assert (await client.get(server.url())).text == "fine"
        assert (await failure_of(one_port, other.url())).cause == Cause.ADDRESS_NOT_ALLOWED
        async with GuardedHttp(AllowedHosts.parse("127.0.0.0/8"), resolve=here).client() as client:
            assert (await client.get(other.url())).text == "fine"


@pytest.mark.parametrize("text", ["", "http", "80;443", "0", "70000", "80,-1", "8²"])
def test_a_list_of_ports_that_is_none_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="ONCALL_ALLOWED_PORTS must be a list of ports"):
        parse_ports(text)


def test_ports_are_parsed() -> None:
    assert parse_ports(" 443, 8443 ") == {443, 8443}
