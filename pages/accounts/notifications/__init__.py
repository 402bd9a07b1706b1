"""/you/notifications: which messages a member gets, when and where."""
