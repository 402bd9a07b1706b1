"""Closed lists about plans and about what was published."""

from enum import StrEnum


class PlanKind(StrEnum):
    """Why a plan was made."""

    EXTEND = "extend"
    REDO = "redo"
    REPAIR = "repair"
    WHAT_IF = "what_if"


class PlanStatus(StrEnum):
    """How far a plan is."""

    PLANNING = "planning"
    DRAFT = "draft"
    FAILED = "failed"
    PUBLISHED = "published"
    DROPPED = "dropped"


class SlotHow(StrEnum):
    """How a slot of a plan got its holder."""

    SOLVER = "solver"
    FIXED = "fixed"
    HAND = "hand"
    KEPT = "kept"


class AssignmentCause(StrEnum):
    """Why somebody has a published slot."""

    PLAN = "plan"
    SWAP = "swap"
    COVER = "cover"
    HAND = "hand"
    REPAIR = "repair"
    LEFT = "left"


class LedgerKind(StrEnum):
    """Where a line of the ledger comes from."""

    SHIFT = "shift"
    MOVED = "moved"
    IMPORT = "import"
    ADJUST = "adjust"
