"""Names in titles, as PagerDuty, Opsgenie, GoAlert and people write them, and who they are."""

import pytest

from oncall_ui.domain.schedules.rota_import.people import NOBODY, Known, suggested
from oncall_ui.domain.schedules.rota_import.rota import named
from oncall_ui.domain.schedules.rota_import.titles import names_in, role_in

ROLES = ("primary", "secondary")


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["On Call - Alice Moreno - Platform", "On Call - Bob Tanaka - Platform"], ["Alice Moreno", "Bob Tanaka"]),
        (["On Call - Alice Miller - Alpha", "On Call - Bob Miller - Alpha"], ["Alice Miller", "Bob Miller"]),
        (["On Call - Hello Kitty - Alpha"], ["Hello Kitty"]),
        (["On-Call (GoAlert: Sched)"], ["Sched"]),
        (["Alice On-Call (GoAlert: Sched) Begins*", "Bob On-Call (GoAlert: Sched)"], ["Alice", "Bob"]),
        (["Platform_rotation: alice@example.org", "Platform_rotation: bob@example.org"],
         ["alice@example.org", "bob@example.org"]),
        (["Alice is on call", "Bob is on-call"], ["Alice", "Bob"]),
        (["Oncall: Ana", "oncall: Bo"], ["Ana", "Bo"]),
        (["Ana (primary)", "Bo (secondary)"], ["Ana", "Bo"]),
        (["Moreno, Alice", "Tanaka, Bob"], ["Moreno, Alice", "Tanaka, Bob"]),
        (["Anne-Marie's shift", "Zoë’s shift"], ["Anne-Marie", "Zoë"]),
        (["On call", ""], ["On call", ""]),
        (["Ana"], ["Ana"]),
    ],
)  # fmt: skip
def test_what_every_title_says_is_no_name(titles: list[str], names: list[str]) -> None:
    assert list(names_in(titles, ROLES).values()) == names


@pytest.mark.parametrize(
    ("title", "role"),
    [("Ana (Primary)", "primary"), ("Platform secondary: Bo", "secondary"), ("Ana", ""), ("primary, secondary", ""),
     ("subprimary", "")],
)  # fmt: skip
def test_roles_are_whole_words(title: str, role: str) -> None:
    assert role_in(title, ROLES) == role


PEOPLE = [
    Known(1, "Alice Moreno", frozenset({"alice@example.org", "am@example.org"})),
    Known(2, "Bob Tanaka", frozenset({"bob@example.org"})),
    Known(3, "Dana Weiß", frozenset({"d@example.org"})),
    Known(4, "Bob Moreno"),
]


@pytest.mark.parametrize(
    ("name", "email", "who"),
    [
        ("", "AM@example.org", 1),
        ("alice m.", "", 1),
        ("ALICE  MORENO", "", 1),
        ("Moreno, Alice", "", 1),
        ("D. Weiss", "", 3),
        ("Bob", "", None),
        ("bob t", "", 2),
        ("Sam", "", None),
        ("", "dana.weiss@elsewhere.org", 3),
        ("", "bob@elsewhere.org", None),
        ("A", "", None),
        ("Nobody in particular", "bob@example.org", 2),
    ],
)
def test_people_are_found_by_email_then_by_name(name: str, email: str, who: int | None) -> None:
    written = named(name, email)
    assert suggested([written], PEOPLE, {}) == {written.key: who}


def test_what_was_chosen_before_counts_first() -> None:
    sam, alice = named("Sam"), named("Alice Moreno")
    assert suggested([sam, alice], PEOPLE, {"sam": 2, "alice moreno": NOBODY}) == {"sam": 2, "alice moreno": NOBODY}
    assert suggested([sam], PEOPLE, {"sam": 99}) == {"sam": None}, "somebody of another schedule"
