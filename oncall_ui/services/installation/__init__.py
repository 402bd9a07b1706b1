"""What administrators see of the installation, and may try on it: its state, a test email, a backup now."""
