"""/schedules/{id}/import: an old rota becomes opening balances."""
