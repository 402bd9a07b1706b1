"""A message in a few lines, for Slack, Teams and ntfy: the words of the email, so that both say the same.

Without what only an email needs: the greeting, why it came and how to stop it. Links that work without a login never
come here, since others may read a channel, too.
"""

from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.schedules.destinations.messages import Message
from oncall_ui.domain.schedules.messages.kinds import MessageKind

MOST_LINES = 12
OPENS = "Open"
URGENT = {MessageKind.ON_CALL, MessageKind.GAP_SOON}


def brief_of(kind: MessageKind, email: Email, home: str) -> Message:
    """`home` is the address of this app. The message leads to the one page the email names, or else to the schedules.

    Whatever else looks like a link is text: somebody typed it.
    """
    _greeting, *body, _foot = email.text.rstrip("\n").split("\n\n")
    lines: list[str] = []
    urls: list[str] = []
    for line in (each.strip() for paragraph in body for each in paragraph.split("\n")):
        if line.startswith(f"{home}/"):
            urls.append(line)
            lines[-1:] = _without_pointer(lines[-1:])
        elif line:
            lines.append(line)
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(f"and {len(lines) - MOST_LINES} more lines")
    url = urls[0] if len(set(urls)) == 1 else f"{home}/schedules"
    return Message(email.subject, tuple(shown), url, kind in URGENT, OPENS)


def _without_pointer(lines: list[str]) -> list[str]:
    """Without the sentence that introduces a link, as in `Give it to somebody here:`."""
    if not lines or not lines[0].endswith(":"):
        return lines
    kept, dot, _ = lines[0].rpartition(". ")
    return [f"{kept}."] if dot else []
