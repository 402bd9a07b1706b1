"""From an address to bytes: places, the provider in its process, the requests it asks the app for."""
