"""Imports: claim what is due, fetch, apply the rules, record; previews, alert emails."""
