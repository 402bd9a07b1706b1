"""Attacks on the app as people run it: each in a process of its own, over real sockets."""
