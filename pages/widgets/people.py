"""The mark of a person: initials on a colour that stays theirs on every page."""

COLOURS = 16


def mark_classes(member_id: int) -> str:
    """CSS classes of a member's mark, see static/people.css; the second half of the colours is also square."""
    number = (member_id - 1) % COLOURS
    return f"oc-p is-p{number + 1}" + (" square" if number >= COLOURS // 2 else "")


def initials(name: str) -> str:
    """`AM` for Alice Moreno, `A` for Alice."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def first_name(name: str) -> str:
    """`Alice` for Alice Moreno."""
    return name.split(maxsplit=1)[0] if name.split() else name
