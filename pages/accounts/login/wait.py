"""What a slowed-down log-in shows: for how long, and what works right away. static/login_wait.js counts the seconds."""

from collections.abc import Sequence

from nicegui import html

WHY = "This protects the account from guessing."


def wait_alert(seconds: int, works: Sequence[str] = ()) -> None:
    """Put it inside the form. Hidden while there is nothing to wait for; the script shows it before a log-in is sent.

    `works` are the ways to log in that aren't slowed down, as words of a sentence: `a passkey`, `a reset link`.
    """
    with html.div().classes("oc-calm").props(f"role=alert data-oc-wait{'' if seconds else ' hidden'}"):
        html.i().classes("oc-i oc-i-clock").props("aria-hidden=true")
        with html.div():
            with html.b():
                html.span("Too many attempts. Try again in ")
                # Said once: the seconds tick in silence.
                html.span(str(seconds)).props("aria-live=off data-oc-seconds")
                html.span(" s.")
            html.span(" ".join([WHY, *_sentence(works)])).props("id=wait")


def _sentence(works: Sequence[str]) -> list[str]:
    if not works:
        return []
    *others, last = works
    listed = f"{', '.join(others)} and {last}" if others else last
    return [f"{listed[0].upper()}{listed[1:]} {'work' if others else 'works'} right away."]
