"""What is said on the console, where only whoever runs this server reads it."""

import sys


def say_setup_link(link: str) -> None:
    """Scripts look for this line, so it stays as it is."""
    sys.stdout.write(f"Set up the first account: {link}\n")
    sys.stdout.flush()
