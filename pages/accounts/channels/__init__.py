"""A member's own channels on /you/notifications: the list, the dialog, and which message goes where."""
