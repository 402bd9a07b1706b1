"""Admin: how the installation is doing, what needs an administrator, and what they can try at once."""
