"""Attacks on a running installation: `python run.py` in a process of its own, real sockets, counted and timed."""
