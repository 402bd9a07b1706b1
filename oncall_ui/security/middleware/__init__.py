"""ASGI middleware around every page."""
