"""Which host names are ours."""

import pytest

from oncall_ui.security.middleware.allowed_hosts import allowed_names, is_loopback


@pytest.mark.parametrize(
    ("base_url", "listening", "setting", "names"),
    [
        ("https://oncall.example.org", "127.0.0.1", "", {"oncall.example.org", "127.0.0.1"}),
        ("https://OnCall.example.org:8443/", "0.0.0.0", "", {"oncall.example.org"}),
        (
            "http://localhost:8080",
            "192.168.1.5",
            " oncall.lan , [fd00::5],",
            {"localhost", "192.168.1.5", "oncall.lan", "fd00::5"},
        ),
        ("http://[fd00::1]:8080", "::", "ONCALL.lan.", {"fd00::1", "oncall.lan"}),
    ],
)
def test_names_come_from_the_settings(base_url: str, listening: str, setting: str, names: set[str]) -> None:
    assert allowed_names(base_url, listening, setting) == names


@pytest.mark.parametrize("setting", ["https://oncall.lan", "oncall.lan:8080", "*.example.org", "a b"])
def test_an_entry_that_is_no_name_stops_the_start_with_a_sentence(setting: str) -> None:
    with pytest.raises(ValueError, match=r"ONCALL_ALLOWED_HOSTS: “.*” is not a host name"):
        allowed_names("http://localhost:8080", "127.0.0.1", setting)


@pytest.mark.parametrize("name", ["localhost", "oncall.localhost", "127.0.0.1", "127.3.4.5", "::1"])
def test_names_of_this_machine(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["localhost.example", "notlocalhost", "0.0.0.0", "127.1", "10.0.0.1", "::", ""])
def test_names_that_may_be_another_machine(name: str) -> None:
    assert not is_loopback(name)
