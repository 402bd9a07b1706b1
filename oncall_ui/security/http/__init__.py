"""The one guarded HTTP client: every address a member types goes through it."""
