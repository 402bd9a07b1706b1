"""A member's stored data: shown, exported, erased."""
