"""Programs in which how many points each person has is decided before who has which slot."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.model import Model, Squares, add_squares

WHOLE = 1 - 1e-3
EASY_NODES = 5
"""What can be found at all is mostly found at the root."""


def shared_slots(base: Mip, model: Model, worst: Fraction) -> tuple[Mip, Squares]:
    """The program with people who may share a slot, and whole totals.

    Its least sum of squares is a bound that knows who is away when, and is found far sooner than a roster.
    """
    mip = base.copy()
    squares = add_squares(mip, model.facts, model.n, worst)
    alone = {n for scale in squares.scales if scale.total is None for n, _ in scale.counts}
    for column in (*model.x.values(), *model.n.values()):
        mip.whole[column] = column in alone
    return mip, squares


def in_all(base: Mip, squares: Squares, values: Sequence[float], large: Mapping[int, int] | None = None) -> Mip:
    """The rosters in which everybody has as many points as in `values`, in all and in each role and type.

    `large` has the columns in `base` of counts that have others in `values`.
    """
    mip = base.copy()
    for scale in squares.scales:
        wanted = round(sum(weight * values[column] for column, weight in scale.counts))
        terms = [(large[n] if large else n, float(weight)) for n, weight in scale.counts]
        mip.row(terms, wanted, wanted)
    return mip


def keeping_whole(mip: Mip, model: Model, values: Sequence[float]) -> Mip:
    """Those of its rosters that keep the slots nobody shares in `values`: a small program, and mostly there is one."""
    kept = mip.copy()
    for column in model.x.values():
        if values[column] > WHOLE:
            kept.lower[column] = 1
    return kept
