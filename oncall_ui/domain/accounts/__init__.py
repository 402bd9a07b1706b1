"""Accounts: how members log in, and what the audit log names."""
