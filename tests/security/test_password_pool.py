"""Passwords are checked a few at a time, members first, and the rest is refused at once."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from oncall_ui.errors import TooManyAttempts
from oncall_ui.security.password_pool import PasswordPool

WHERE: ContextVar[str] = ContextVar("where", default="nowhere")


class Busy:
    """A pool with one thread, which works until told to go on."""

    def __init__(self) -> None:
        self.pool = PasswordPool(threads=1, queue=2, own_queue=1)
        self.may_go_on = threading.Event()
        began = threading.Event()

        def work() -> None:
            began.set()
            self.may_go_on.wait()

        self.pool.submit(work)
        assert began.wait(10)


@pytest.fixture
def busy() -> Iterator[Busy]:
    busy = Busy()
    yield busy
    busy.may_go_on.set()


def test_a_full_queue_refuses_at_once_and_says_for_how_long(busy: Busy) -> None:
    busy.pool.submit(int)
    assert not busy.pool.is_full
    busy.pool.submit(int)
    assert busy.pool.is_full
    with pytest.raises(TooManyAttempts) as refusal:
        busy.pool.submit(int)
    assert refusal.value.sentence == "Too many attempts. Try again in 2 s."


def test_members_have_places_of_their_own_and_go_first(busy: Busy) -> None:
    order: list[str] = []
    waiting = [busy.pool.submit(order.append, "stranger") for _ in range(2)]
    waiting.append(busy.pool.submit_first(order.append, "member"))
    with pytest.raises(TooManyAttempts):
        busy.pool.submit_first(order.append, "one too many")
    busy.may_go_on.set()
    for each in waiting:
        each.result(10)
    assert order == ["member", "stranger", "stranger"]


def test_one_thread_runs_one_job_at_a_time_and_hashes_within_it() -> None:
    pool = PasswordPool(threads=2, queue=50)
    at_once: list[int] = []
    running: set[int] = set()

    def hashed() -> None:
        running.add(threading.get_ident())
        at_once.append(len(running))
        running.discard(threading.get_ident())

    for job in [pool.submit(pool.call, hashed) for _ in range(50)]:
        job.result(10)
    assert len(at_once) == 50
    assert max(at_once) <= 2


def test_an_error_reaches_who_waits_and_the_pool_goes_on() -> None:
    pool = PasswordPool(threads=1)
    with pytest.raises(ZeroDivisionError):
        pool.call(lambda: 1 / 0)
    assert pool.call(lambda: "still there") == "still there"


def test_a_job_knows_where_it_was_asked_from() -> None:
    WHERE.set("203.0.113.7")
    assert PasswordPool().submit(WHERE.get).result(10) == "203.0.113.7"
