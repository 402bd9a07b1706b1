"""What strangers write into headers: proxies' headers, foreign host names, cookies."""

from bench.attacks import files, headers
from bench.attacks.wire import ask
from tests.e2e.server import Server


def test_a_strangers_proxy_headers_are_ignored(server: Server) -> None:
    tries = headers.forwarded(server)
    assert tries.number > 150
    assert not tries.through


def test_other_host_names_get_nothing(server: Server) -> None:
    tries = headers.foreign_hosts(server)
    assert tries.number > 250
    assert not tries.through


def test_the_log_names_the_setting_to_the_operator_and_the_answer_does_not(server: Server) -> None:
    answer = ask(server.port, "/login", host="some-other-name.example")
    assert (answer.status, answer.text) == (421, "This server doesn’t answer to this name.\n")
    assert "ONCALL_ALLOWED_HOSTS" in server.log_text()


def test_own_names_and_those_of_this_machine_work(server: Server) -> None:
    assert {host: status for host, status in headers.own_hosts(server) if status != 200} == {}


def test_files_and_programs_paths_have_no_cookie_and_files_are_public(server: Server) -> None:
    tries = headers.cookies(server)
    assert tries.number > 30
    assert not tries.through


def test_files_cost_a_new_browser_less_than_as_many_of_the_smallest_answers(server: Server) -> None:
    """Read and compressed for every browser they cost three times as much."""
    loaded, answered = files.cost(server), files.cost_of_small_answers(server)
    assert loaded < answered
