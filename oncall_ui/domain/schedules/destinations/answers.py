"""What the status of another program's answer means: by who can act."""

from datetime import timedelta

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater


class RefusedOne(Exception):
    """The receiver doesn't want this one event; others may be welcome. `sentence` is for the manager."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def check_status(status: int, host: str, retry_after: timedelta | None, *, where: str = "address") -> None:
    """Raises a Failure or RefusedOne unless the answer is a success. `where`: what to check after a refusal."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise redirects(host)
    if status in (401, 403):
        sentence = f"{host} refused us ({status}). Edit this and check the {where}."
        raise MemberMustAct(Cause.REFUSED, sentence, detail=f"{host}: {status}")
    if status in (404, 410):
        sentence = f"{host} doesn’t know this address any more ({status}). Edit this and enter the current one."
        raise MemberMustAct(Cause.NOT_FOUND, sentence, detail=f"{host}: {status}")
    if status == 429:
        sentence = f"{host} asks us to wait (429)."
        raise TryLater(Cause.BUSY, sentence, detail=f"{host}: 429", retry_after=retry_after)
    if status in (408, 425) or status >= 500:
        sentence = f"{host} answered with an error ({status})."
        raise TryLater(Cause.SERVER_ERROR, sentence, detail=f"{host}: {status}", retry_after=retry_after)
    raise RefusedOne(f"{host} refused it ({status}).")


def redirects(host: str) -> Failure:
    """A POST isn't sent on: it might arrive as something else, or somewhere else."""
    sentence = f"{host} redirects to another address. Edit this and enter that one."
    return MemberMustAct(Cause.REDIRECTS, sentence, detail=f"{host}: redirect")
