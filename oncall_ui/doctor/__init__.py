"""Checks of an installation, a file per subject: for `run.py doctor` all of them, for Admin those that are quick.

They fix nothing, create nothing but the data folder, and name no secrets.
"""
