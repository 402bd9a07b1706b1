"""Shadow roles in the `plan` format."""

from collections.abc import Callable, Collection

from oncall_ui.domain.schedules.plan_format.fields import Fields, UnusableInput, day, known
from oncall_ui.domain.schedules.shadows.shadow import Shadow


def read_shadows(value: object, path: str, roles: Collection[str]) -> dict[str, Shadow]:
    """By role, in the order of roles. Refuses a shadow of a shadow, and of itself."""
    fields = Fields(value, path)
    found = {role: fields.take(role, _reader(roles)) for role in roles if fields.has(role)}
    fields.close()
    for role, shadow in found.items():
        if shadow.beside in found:
            raise UnusableInput(f"{path}.{role}.beside", f"{shadow.beside!r} is a shadow, too")
    return found


def _reader(roles: Collection[str]) -> Callable[[object, str], Shadow]:
    def read(value: object, path: str) -> Shadow:
        fields = Fields(value, path)
        found = Shadow(fields.take("beside", known(roles, "role")), fields.get("until", day, None))
        fields.close()
        return found

    return read
