import pytest

from oncall_ui.security.http.public_addresses import AllowedHosts, is_public

PUBLIC = """
1.1.1.1 93.184.216.34 172.15.255.255 172.32.0.0 100.63.255.255 100.128.0.0 223.255.255.255 192.0.1.1
198.17.255.255 198.20.0.0 2606:4700::1111 2a00:1450:4001::1 ::ffff:1.1.1.1
"""
SPECIAL = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.0.9
168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1
192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 5f00::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""
MEANINGLESS = """
http://nas.lan nas.lan/dav *.lan nas.lan:0 nas.lan:99999 nas.lan:https 10.0.0.9/8 10.0.0.0/33
user@nas.lan [nas.lan]:80 fd00::9:x nas..lan １27.lan/
"""


@pytest.mark.parametrize(
    "address",
    PUBLIC.split(),
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    SPECIAL.split(),
)
def test_an_address_with_a_special_purpose_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", ["localhost", "2130706433", "0x7f.1", "127.1", "", "1.1.1.1:80"])
def test_only_addresses_can_be_judged(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        is_public(text)


@pytest.mark.parametrize(
    ("allowed", "host", "port", "address"),
    [
        ("nas.lan", "nas.lan", 80, "10.0.0.9"),
        ("nas.lan", "NAS.Lan", 8443, "10.0.0.9"),
        ("NAS.LAN", "nas.lan.", 443, "10.0.0.9"),
        ("nas.lan:8443", "nas.lan", 8443, "10.0.0.9"),
        ("nas.lan:80", "nas.lan", 80, "10.0.0.9"),
        (" a.lan , ,nas.lan,", "nas.lan", 80, "10.0.0.9"),
        ("bücher.lan", "xn--bcher-kva.lan", 80, "10.0.0.9"),
        ("10.0.0.0/8", "nas.lan", 80, "10.0.0.9"),
        ("10.0.0.0/8", "nas.lan", 80, "::ffff:10.0.0.9"),
        ("10.0.0.9", "nas.lan", 80, "10.0.0.9"),
        ("10.0.0.9:8443", "nas.lan", 8443, "10.0.0.9"),
        ("fd00::/8", "nas.lan", 80, "fd00::9"),
        ("[fd00::9]:8443", "nas.lan", 8443, "fd00::9"),
    ],
)
def test_the_operator_can_allow(allowed: str, host: str, port: int, address: str) -> None:
    assert AllowedHosts.parse(allowed).allows(host, port, address)


@pytest.mark.parametrize(
    ("allowed", "host", "port", "address"),
    [
        (None, "nas.lan", 80, "10.0.0.9"),
        ("", "nas.lan", 80, "10.0.0.9"),
        ("nas.lan", "evil.nas.lan", 80, "10.0.0.9"),
        ("nas.lan", "nas.lan.evil.org", 80, "10.0.0.9"),
        ("nas.lan:8443", "nas.lan", 80, "10.0.0.9"),
        ("nas.lan:80", "nas.lan", 443, "10.0.0.9"),
        ("10.0.0.0/24", "nas.lan", 80, "10.0.1.9"),
        ("10.0.0.9:8443", "nas.lan", 22, "10.0.0.9"),
        ("[fd00::9]:8443", "nas.lan", 80, "fd00::9"),
    ],
)
def test_nothing_is_allowed_beside_what_the_operator_wrote(
    allowed: str | None, host: str, port: int, address: str
) -> None:
    assert not AllowedHosts.parse(allowed).allows(host, port, address)


@pytest.mark.parametrize(
    "entry",
    MEANINGLESS.split(),
)
def test_an_entry_that_means_nothing_is_refused_in_words(entry: str) -> None:
    with pytest.raises(ValueError, match=r"ONCALL_ALLOWED_PRIVATE_HOSTS: “.*” is not a host, a host:port or a network"):
        AllowedHosts.parse(f"good.lan,{entry}")
