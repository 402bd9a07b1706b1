"""Tools that page, as ours writes to them: strict, with memory."""
