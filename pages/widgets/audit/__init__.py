"""Lines of the audit log, in words."""
