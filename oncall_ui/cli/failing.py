"""How a command ends that fails."""


class CommandFailed(Exception):
    """Ends a command; the message is the line on standard error."""
