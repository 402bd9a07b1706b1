"""Keeping and moving data: a backup taken while the app runs, its verified return, the move to another database.

For the one person who runs an installation, on the day its disk is gone. Nothing here may leave a file that looks like
a backup and isn't one, or touch what is there before what replaces it is known to be whole.
"""
