"""The guarded HTTP client: every request to a URL that a member typed goes through it."""
