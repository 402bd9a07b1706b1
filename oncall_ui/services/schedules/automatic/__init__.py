"""Automatic mode: for managers who don't want to think of the next weeks. It never publishes what needs a decision."""
